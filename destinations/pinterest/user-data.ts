import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';
import { normaliseEmail } from '../email.ts';
import { hashedAs, idsOf, one, personOf, plainAs, verbatim } from '../fields.ts';
import { compactDate, genderCode, lowerCountry, lowerName, packedName, postalCode, regionCode } from '../names.ts';
import { phoneDigits } from '../phone.ts';
import { publicIp } from '../visitor.ts';

/** `zp` is "only digits": a code with letters is none that Pinterest could match. */
const digitCode = (text: string, country: string | null): string | null => {
  const code = postalCode(text, country);
  return /^\d+$/.test(code) ? code : null;
};

/** Pinterest API v5: "Send conversions", user_data. All of a person but the address and the browser is hashed. */
export const person: Destination['person'] = {
  email: hashedAs(normaliseEmail),
  phone: hashedAs(phoneDigits),
  firstName: hashedAs(lowerName),
  lastName: hashedAs(lowerName),
  gender: hashedAs(genderCode),
  dateOfBirth: hashedAs(compactDate),
  city: hashedAs(packedName),
  region: hashedAs((text, { country }) => regionCode(text, country)),
  postalCode: hashedAs((text, { country }) => digitCode(text, country)),
  country: hashedAs(lowerCountry),
  externalId: hashedAs((id) => id),
  ip: plainAs(publicIp),
  userAgent: plainAs(verbatim),
};

const ADVERTISING_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An advertising id of a device goes out as its hash. */
const hashedAdvertisingId = hashedAs((text) => (ADVERTISING_ID.test(text) ? text.toLowerCase() : null));

/** `epik` is the URL parameter and the `_epik` cookie; the others are Pinterest's own keys. */
export const ids: Destination['ids'] = {
  epik: verbatim,
  partner_id: verbatim,
  hashed_maids: hashedAdvertisingId,
};

/** `user_data` of an event. What cannot be read costs its own field. */
export const userDataOf = (event: OutboundEvent, ctx?: BuildContext) => {
  const known = personOf(event, person, ctx);
  const own = idsOf(event, ids, ctx);
  return {
    em: known.email,
    ph: known.phone,
    ge: known.gender,
    db: known.dateOfBirth,
    fn: known.firstName,
    ln: known.lastName,
    ct: known.city,
    st: known.region,
    zp: known.postalCode,
    country: known.country,
    external_id: known.externalId,
    hashed_maids: own['hashed_maids'] === undefined ? undefined : [own['hashed_maids']],
    client_ip_address: one(known.ip),
    client_user_agent: one(known.userAgent),
    click_id: own['epik'],
    partner_id: own['partner_id'],
  };
};

/** Pinterest demands one of these; a click id or a phone number alone is not enough for it. */
export const isMatchable = (event: OutboundEvent): boolean => {
  const data = userDataOf(event);
  return Boolean(data.em || data.hashed_maids || (data.client_ip_address && data.client_user_agent));
};
