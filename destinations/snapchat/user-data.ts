import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';
import { normaliseEmail } from '../email.ts';
import { hashedAs, idsOf, one, personOf, plainAs, verbatim } from '../fields.ts';
import { binaryGenderCode, lowerCountry, packedName, plainName, postalCode, regionCode } from '../names.ts';
import { phoneDigits } from '../phone.ts';
import { publicIp } from '../visitor.ts';

/** Snap: "Conversions API: Parameters", User Data. Phone numbers are digits with the country code, without 00 or plus before it. */
export const person: Destination['person'] = {
  email: hashedAs(normaliseEmail),
  phone: hashedAs(phoneDigits),
  firstName: hashedAs(plainName),
  lastName: hashedAs(plainName),
  gender: hashedAs(binaryGenderCode),
  city: hashedAs(packedName),
  region: hashedAs((text, { country }) => regionCode(text, country)),
  postalCode: hashedAs((text, { country }) => postalCode(text, country)),
  country: hashedAs(lowerCountry),
  externalId: hashedAs((id) => id),
  ip: plainAs(publicIp),
  userAgent: plainAs(verbatim),
};

/** `ScCid` is the URL parameter, `sc_cookie1` the `_scid` cookie; the others are Snapchat's own keys. */
export const ids: Destination['ids'] = {
  ScCid: verbatim,
  sc_cookie1: verbatim,
  madid: verbatim,
  idfv: verbatim,
  lead_id: verbatim,
};

/** `user_data` of an event. What cannot be read costs its own field. */
export const userDataOf = (event: OutboundEvent, ctx?: BuildContext) => {
  const known = personOf(event, person, ctx);
  const own = idsOf(event, ids, ctx);
  return {
    em: known.email,
    ph: known.phone,
    fn: known.firstName,
    ln: known.lastName,
    ge: known.gender,
    ct: known.city,
    st: known.region,
    zp: known.postalCode,
    country: known.country,
    external_id: known.externalId,
    client_ip_address: one(known.ip),
    client_user_agent: one(known.userAgent),
    sc_click_id: own['ScCid'],
    sc_cookie1: own['sc_cookie1'],
    madid: own['madid'],
    idfv: own['idfv'],
    lead_id: own['lead_id'],
  };
};

/** Snapchat refuses an event without one of these ("Insufficient PII"); a click id alone is not enough for it. */
export const isMatchable = (event: OutboundEvent): boolean => {
  const data = userDataOf(event);
  return Boolean(data.em || data.ph || data.madid || (data.client_ip_address && data.client_user_agent));
};
