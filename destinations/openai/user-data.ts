import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';
import { countryCodeOf } from '../countries.ts';
import { normaliseEmail } from '../email.ts';
import { type FieldRule, hashedAs, idsOf, one, personOf, plainAs, verbatim } from '../fields.ts';
import { isSha256 } from '../hashing.ts';
import { phoneDigits } from '../phone.ts';
import { hasForeignId, publicIp } from '../visitor.ts';

/** Lower-case, without whitespace and ASCII punctuation; every other letter stays: `O'Connor` -> `oconnor`, `José` -> `josé`. */
const plainName: FieldRule['normalise'] = (text) => text.toLowerCase().replace(/[\s\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]/g, '');

/** Places go in clear, at most so long; a hash is none. */
const place = (max: number, shape = /./): FieldRule['normalise'] => (text) =>
  text.length <= max && shape.test(text) && !isSha256(text) ? text : null;

/** OpenAI Ads: "Conversions API", Send user data: e-mail, phone, own id and names hashed; places, address and browser in clear. */
export const person: Destination['person'] = {
  email: hashedAs(normaliseEmail),
  phone: hashedAs(phoneDigits),
  externalId: hashedAs(verbatim),
  firstName: hashedAs(plainName),
  lastName: hashedAs(plainName),
  region: plainAs(place(128)),
  postalCode: plainAs(place(32, /^[a-z0-9 -]+$/i)),
  city: plainAs(place(128)),
  country: plainAs(countryCodeOf),
  ip: plainAs(publicIp),
  userAgent: plainAs(verbatim),
};

/** Zeros only are the id of a device that refused one. */
const advertisingId = (text: string): string | null =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) && /[1-9a-f]/i.test(text) ? text : null;

/** A macro that nobody filled in is no id, and neither is the word that a script writes for nothing. */
const filledIn = (text: string): string | null => (/[{}]|^(null|undefined|nan|\[object object\])$/i.test(text) ? null : verbatim(text));

/** `oppref` belongs to the event, `obref` (the pixel's cookie `__obref`) and the Android id to its user; all three go out as they came. */
export const ids: Destination['ids'] = { oppref: filledIn, obref: filledIn, android_advertising_id: advertisingId };

/** OpenAI looks at the first three of each list. */
const LIST_MAX = 3;
const list = (values: string[] | undefined): string[] | undefined => values?.slice(0, LIST_MAX);

/** `user` of an event; undefined where nothing is known. */
export const userOf = (event: OutboundEvent, ctx?: BuildContext) => {
  const known = personOf(event, person, ctx);
  const own = idsOf(event, ids);
  const user = {
    obref: own['obref'],
    emails_sha256: list(known.email),
    phone_numbers_sha256: list(known.phone),
    external_ids_sha256: list(known.externalId),
    first_names_sha256: list(known.firstName),
    last_names_sha256: list(known.lastName),
    regions: list(known.region),
    postal_codes: list(known.postalCode),
    cities: list(known.city),
    countries: list(known.country),
    android_advertising_id: own['android_advertising_id'],
    ip_address: one(known.ip),
    user_agent: one(known.userAgent),
  };
  return Object.values(user).some((value) => value !== undefined) ? user : undefined;
};

/** Whether OpenAI can find anybody by it: places, a name or an address alone are too many people at once, and our own click id is nobody's id there. */
export const isMatchable = (event: OutboundEvent): boolean => {
  const user = userOf(event);
  if (idsOf(event, ids)['oppref']) return true;
  if (!user) return false;
  const byName = user.first_names_sha256 && user.last_names_sha256 && (user.postal_codes ?? user.cities);
  return Boolean(
    user.obref || user.emails_sha256 || user.phone_numbers_sha256 || user.android_advertising_id || byName ||
      (user.ip_address && user.user_agent) || (user.external_ids_sha256 && hasForeignId(event)),
  );
};
