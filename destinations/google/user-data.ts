import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';
import { countryCodeOf } from '../countries.ts';
import { normaliseEmailForGoogle } from '../email.ts';
import { hashedAs, personOf, plainAs, verbatim } from '../fields.ts';
import { phoneWithPlus } from '../phone.ts';

const PREFIX = /^(?:mr|mrs|ms|miss|mx|dr|prof)\.?\s+/;
const SUFFIX = /[\s,]+(?:jr|sr|ii|iii|iv|md|phd|esq)\.?$/;

/** Lower-case without the spaces around it, without Mr and Jr (Data Manager API: "Format user data"). */
export const nameForGoogle = (text: string): string => text.toLowerCase().trim().replace(PREFIX, '').replace(SUFFIX, '').trim();

/** Hashed: e-mail, phone (E.164 with the plus) and names. Plain: country, as two capital letters, and postal code. */
export const person: Destination['person'] = {
  email: hashedAs(normaliseEmailForGoogle),
  phone: hashedAs(phoneWithPlus),
  firstName: hashedAs(nameForGoogle),
  lastName: hashedAs(nameForGoogle),
  country: plainAs(countryCodeOf),
  postalCode: plainAs(verbatim),
};

export type GoogleIdentifier =
  | { email: string }
  | { phone: string }
  | { givenName: string; familyName: string; country: string; postalCode: string };

/** What is known of the buyer, hashed, at most `max` of it: e-mail addresses and phone numbers, and an address only as a whole. */
export const identifiersOf = (event: OutboundEvent, max: number, ctx?: BuildContext): GoogleIdentifier[] => {
  const { email = [], phone = [], firstName, lastName, country, postalCode } = personOf(event, person, ctx);
  const [givenName, familyName, countryCode, code] = [firstName?.[0], lastName?.[0], country?.[0], postalCode?.[0]];
  const all: GoogleIdentifier[] = [
    ...email.map((hash) => ({ email: hash })),
    ...phone.map((hash) => ({ phone: hash })),
    ...(givenName && familyName && countryCode && code ? [{ givenName, familyName, country: countryCode, postalCode: code }] : []),
  ];
  if (all.length > max) ctx?.warn?.(`Only ${max} identifiers of the buyer are sent: Google takes no more.`);
  return all.slice(0, max);
};

/** A name with an address by itself is no identifier that Google matches reliably. */
export const finds = (identifiers: readonly GoogleIdentifier[]): boolean => identifiers.some((identifier) => !('givenName' in identifier));
