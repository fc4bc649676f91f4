import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';
import { normaliseEmail } from '../email.ts';
import { hashedAs, idsOf, one, oneOrList, personOf, plainAs, verbatim } from '../fields.ts';
import { lowerCountry, lowerName, packedName, postalCode, regionCode } from '../names.ts';
import { phoneWithPlus } from '../phone.ts';
import { hasForeignId, pageOf, publicIp } from '../visitor.ts';

/**
 * TikTok: "Events API 2.0, user parameters". Hashed: email, phone (E.164 with the plus), names, zip code, external_id (in
 * lower case, as the pixel and TikTok's partners hash it). Plain: address, browser, language and places.
 */
export const person: Destination['person'] = {
  email: hashedAs(normaliseEmail),
  phone: hashedAs(phoneWithPlus),
  firstName: hashedAs(packedName),
  lastName: hashedAs(packedName),
  postalCode: hashedAs((text, { country }) => postalCode(text, country)),
  externalId: hashedAs(lowerName),
  city: plainAs(packedName),
  region: plainAs((text, { country }) => regionCode(text, country)),
  country: plainAs(lowerCountry),
  ip: plainAs(publicIp),
  userAgent: plainAs(verbatim),
  locale: plainAs(verbatim),
};

/** Click and cookie ids as they came, devices of apps, and the ids of leads from TikTok's own forms (`lead`). */
export const ids: Destination['ids'] = {
  ttclid: verbatim,
  ttp: verbatim,
  idfa: verbatim,
  gaid: verbatim,
  lead_id: verbatim,
  lead_event_source: verbatim,
};

/** `user` of an event. What cannot be read costs its own field. */
export const userOf = (event: OutboundEvent, ctx?: BuildContext) => {
  const known = personOf(event, person, ctx);
  const own = idsOf(event, ids, ctx);
  return {
    email: oneOrList(known.email),
    phone: oneOrList(known.phone),
    external_id: oneOrList(known.externalId),
    first_name: one(known.firstName),
    last_name: one(known.lastName),
    zip_code: one(known.postalCode),
    ttclid: own['ttclid'] ?? parameterOf(event.click?.landingUrl ?? null) ?? parameterOf(pageOf(event)),
    ttp: own['ttp'],
    ip: one(known.ip),
    user_agent: one(known.userAgent),
    locale: one(known.locale),
    city: one(known.city),
    state: one(known.region),
    country: one(known.country),
    idfa: own['idfa'],
    gaid: own['gaid'],
  };
};

/** `lead` of an event: which lead of a TikTok form it is about. */
export const leadOf = (event: OutboundEvent) => {
  const { lead_id, lead_event_source } = idsOf(event, ids);
  return lead_id ? { lead_id, lead_event_source } : undefined;
};

const parameterOf = (url: string | null): string | undefined =>
  (url && URL.canParse(url) && new URL(url).searchParams.get('ttclid')) || undefined;

/** Whether TikTok can find anybody by it: a name, places or an address alone are too many people at once. */
export const isMatchable = (event: OutboundEvent): boolean => {
  const user = userOf(event);
  return Boolean(
    user.ttclid || user.ttp || user.email || user.phone || user.idfa || user.gaid || leadOf(event) ||
    (user.ip && user.user_agent) || (user.external_id && hasForeignId(event)),
  );
};
