import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';
import { normaliseEmailForGoogle } from '../email.ts';
import { hashedAs, idsOf, one, personOf, plainAs } from '../fields.ts';
import { phoneWithPlus } from '../phone.ts';
import { countryCodeOf } from '../countries.ts';
import { publicIp } from '../visitor.ts';

/** Lower-case letters; digits and symbols out. */
const lettersOnly = (text: string): string | null => text.toLowerCase().replace(/[^\p{L}\p{M}\s]/gu, '').replace(/\s+/g, ' ').trim() || null;

/** Google Analytics: "Send user-provided data". Places go out in clear, names, e-mail address and phone number (with its plus) hashed. */
export const person: Destination['person'] = {
  email: hashedAs(normaliseEmailForGoogle),
  phone: hashedAs(phoneWithPlus),
  firstName: hashedAs(lettersOnly),
  lastName: hashedAs(lettersOnly),
  city: plainAs(lettersOnly),
  region: plainAs(lettersOnly),
  postalCode: plainAs((text) => text.replace(/[.~]/g, '').trim() || null),
  country: plainAs(countryCodeOf),
  ip: plainAs(publicIp),
};

const COOKIE_GA = /^GA\d+\.[\d-]+\.(\d+\.\d+)$/;
const OPAQUE = /^[\w.:-]+$/;
/** What a script writes where it has no id: everybody would be one visitor. */
const NOTHING = /^(null|undefined|nan|\[object object\])$/i;

/** The client id itself, or the whole `_ga` cookie `GA1.1.<client id>`, of which the last two numbers are the client id. */
export const clientId = (text: string): string | null => {
  const cookie = COOKIE_GA.exec(text);
  if (cookie) return cookie[1]!;
  return OPAQUE.test(text) && !/^GA\d+\./.test(text) && !NOTHING.test(text) ? text : null;
};

/** The session's number itself, or the whole `_ga_<stream>` cookie: `GS1.1.<session>.3...`, since 2025 `GS2.1.s<session>$o3$...`. */
export const sessionId = (text: string): string | null => /^(?:GS1\.\d+\.|GS2\.\d+\.s)?(\d+)(?:[.$].*)?$/.exec(text)?.[1] ?? null;

const userId = (text: string): string | null => (text.length <= 256 && !/[{}\p{Cc}]/u.test(text) && !NOTHING.test(text) ? text : null);

/** `client_id`, `session_id` and `user_id` are the platform's own keys. */
export const ids: Destination['ids'] = { ga_client_id: clientId, client_id: clientId, ga_session_id: sessionId, session_id: sessionId, user_id: userId };

export const knownIds = (event: OutboundEvent, ctx?: Pick<BuildContext, 'warn'>) => {
  const own = idsOf(event, ids, ctx);
  return {
    clientId: own['client_id'] ?? own['ga_client_id'],
    sessionId: own['session_id'] ?? own['ga_session_id'],
    userId: own['user_id'],
  };
};

/** `user_data` of an event and the visitor's address; what a visitor refused to have used for advertising stays here. */
export const personalData = (event: OutboundEvent, ctx?: Pick<BuildContext, 'warn'>) => {
  const known = personOf(event, person, ctx);
  const address = {
    sha256_first_name: one(known.firstName),
    sha256_last_name: one(known.lastName),
    city: one(known.city),
    region: one(known.region),
    postal_code: one(known.postalCode),
    country: one(known.country),
  };
  const isAddress = Object.entries(address).some(([key, value]) => key !== 'country' && value !== undefined);
  const userData = {
    sha256_email_address: known.email,
    sha256_phone_number: known.phone,
    address: isAddress ? [address] : undefined,
  };
  const isRefused = event.click?.consent.adUserData === false;
  const isEmpty = Object.values(userData).every((value) => value === undefined);
  return { userData: isRefused || isEmpty ? undefined : userData, ip: one(known.ip) };
};
