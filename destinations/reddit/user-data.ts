import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';
import { normaliseEmailForReddit } from '../email.ts';
import { hashedAs, idsOf, one, personOf, plainAs, verbatim } from '../fields.ts';
import { isSha256 } from '../hashing.ts';
import { regionCode } from '../names.ts';
import { phoneWithPlus } from '../phone.ts';
import { countryOf, hasForeignId, publicIp } from '../visitor.ts';

/** Reddit: "Conversions API: Match keys". Reddit hashes what is not hashed; we do it before it leaves. */
export const person: Destination['person'] = {
  email: hashedAs(normaliseEmailForReddit),
  phone: hashedAs(phoneWithPlus),
  externalId: hashedAs((id) => id),
  ip: plainAs(publicIp),
  userAgent: plainAs(verbatim),
};

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The `_rdt_uuid` cookie is `<time>.<uuid>`; a uuid that is none costs Reddit the whole request. */
const uuidOfCookie = (text: string): string | null => (/^(\d+\.)?[0-9a-f-]{36}$/i.test(text) ? (UUID.exec(text)?.[0] ?? null) : null);

const advertisingId = (inCase: (text: string) => string) => (text: string): string | null => {
  if (isSha256(text)) return text.toLowerCase();
  return UUID.test(text) && text.length === 36 ? inCase(text) : null;
};

/** `rdt_cid` is the URL parameter, `rdt_uuid` the cookie; IDFAs are written in capitals, AAIDs in small letters. */
export const ids: Destination['ids'] = {
  rdt_cid: verbatim,
  rdt_uuid: uuidOfCookie,
  idfa: advertisingId((text) => text.toUpperCase()),
  aaid: advertisingId((text) => text.toLowerCase()),
};

/** The click id and `user` of an event. What cannot be read costs its own field. */
export const matchKeysOf = (event: OutboundEvent, ctx?: BuildContext) => {
  const known = personOf(event, person, ctx);
  const own = idsOf(event, ids, ctx);
  const user = {
    email: one(known.email),
    phone_number: one(known.phone),
    external_id: one(known.externalId),
    ip_address: one(known.ip),
    user_agent: one(known.userAgent),
    uuid: own['rdt_uuid'],
    idfa: own['idfa'],
    aaid: own['aaid'],
    data_processing_options: event.click?.consent.limitedDataUse ? limitedDataUse(event) : undefined,
  };
  return { clickId: own['rdt_cid'], user };
};

/** Limited Data Use with the country and, of the United States, the state as ISO 3166-2 (`US-CA`), where they are known. */
const limitedDataUse = (event: OutboundEvent) => {
  const country = countryOf(event) ?? undefined;
  const region = typeof event.user.region === 'string' ? regionCode(event.user.region, country ?? null) : '';
  return { modes: ['LDU'], country, region: country === 'US' && /^[a-z]{2}$/.test(region) ? `US-${region.toUpperCase()}` : undefined };
};

/** Each of these can find one person by itself. */
const IDENTIFYING = ['email', 'phone_number', 'uuid', 'idfa', 'aaid'] as const;

export const isMatchable = (event: OutboundEvent): boolean => {
  const { clickId, user } = matchKeysOf(event);
  return Boolean(clickId || IDENTIFYING.some((key) => user[key]) || (user.ip_address && user.user_agent) || (user.external_id && hasForeignId(event)));
};
