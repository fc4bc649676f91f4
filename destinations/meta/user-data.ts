import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';
import { normaliseEmail } from '../email.ts';
import { hashedAs, idsOf, one, oneOrList, personOf, plainAs, verbatim } from '../fields.ts';
import { isDecimal, numberOf } from '../json-body.ts';
import { binaryGenderCode, compactDate, lowerCountry, packedName, plainName, postalCode, regionCode } from '../names.ts';
import { phoneDigits } from '../phone.ts';
import { hasForeignId, publicIp } from '../visitor.ts';
import { browserId, clickIdFor, fbcShape } from './fbc.ts';

/** Meta: "Customer Information Parameters". Hashed: em, ph (digits only, country code first), names, places, external_id. */
export const person: Destination['person'] = {
  email: hashedAs(normaliseEmail),
  phone: hashedAs(phoneDigits),
  firstName: hashedAs(plainName),
  lastName: hashedAs(plainName),
  gender: hashedAs(binaryGenderCode),
  dateOfBirth: hashedAs(compactDate),
  city: hashedAs(packedName),
  region: hashedAs((text, { country }) => regionCode(text, country)),
  postalCode: hashedAs((text, { country }) => postalCode(text, country)),
  country: hashedAs(lowerCountry),
  externalId: hashedAs((id) => id),
  ip: plainAs(publicIp),
  userAgent: plainAs(verbatim),
};

const wholeNumber = (text: string): string | null => (/^\d+$/.test(text) ? text : null);

/** Other identifiers of Meta's own, never hashed, under Meta's names. */
const OWN_KEYS = [
  'subscription_id', 'page_id', 'page_scoped_user_id', 'ctwa_clid', 'ig_account_id', 'ig_sid', 'madid', 'anon_id', 'partner_id', 'partner_name',
] as const;
const OWN_NUMBERS = ['fb_login_id', 'lead_id'] as const;

export const ids: Destination['ids'] = {
  fbclid: verbatim,
  fbc: fbcShape,
  fbp: browserId,
  ...Object.fromEntries(OWN_KEYS.map((key) => [key, verbatim])),
  ...Object.fromEntries(OWN_NUMBERS.map((key) => [key, wholeNumber])),
};

/** `user_data` of an event. What cannot be read costs its own field. */
export const userDataOf = (event: OutboundEvent, ctx?: BuildContext) => {
  const known = personOf(event, person, ctx);
  const own = idsOf(event, ids, ctx);
  return {
    em: oneOrList(known.email),
    ph: oneOrList(known.phone),
    fn: oneOrList(known.firstName),
    ln: oneOrList(known.lastName),
    ge: oneOrList(known.gender),
    db: oneOrList(known.dateOfBirth),
    ct: oneOrList(known.city),
    st: oneOrList(known.region),
    zp: oneOrList(known.postalCode),
    country: oneOrList(known.country),
    external_id: oneOrList(known.externalId),
    client_ip_address: one(known.ip),
    client_user_agent: one(known.userAgent),
    fbc: clickIdFor(event.click, event.occurredAtMs, ctx),
    fbp: own['fbp'],
    ...Object.fromEntries(OWN_KEYS.map((key) => [key, own[key]])),
    ...Object.fromEntries(OWN_NUMBERS.map((key) => [key, own[key] !== undefined && isDecimal(own[key]) ? numberOf(own[key]) : undefined])),
  };
};

type UserData = ReturnType<typeof userDataOf> & Record<string, unknown>;

/** Each of these can find one person by itself. */
const IDENTIFYING = ['fbc', 'fbp', 'em', 'ph', 'subscription_id', 'fb_login_id', 'lead_id', 'page_scoped_user_id', 'ctwa_clid', 'ig_sid', 'madid', 'anon_id'];

/** Whether Meta can find anybody by it: places, a name or an address alone are too many people at once. */
export const isMatchable = (event: OutboundEvent): boolean => {
  const data: UserData = userDataOf(event);
  const byName = data.fn && data.ln && (data.zp || data.ct);
  return Boolean(IDENTIFYING.some((key) => data[key] !== undefined) || (data.client_ip_address && data.client_user_agent) || byName || (data.external_id && hasForeignId(event)));
};
