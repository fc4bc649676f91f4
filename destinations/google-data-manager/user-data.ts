import type { OutboundEvent } from '../contract.ts';
import { normaliseEmailForGoogle } from '../email.ts';
import { hashed } from '../hashing.ts';
import { packedName } from '../names.ts';
import { toE164 } from '../phone.ts';
import { countryOf } from '../visitor.ts';
import type { DataManagerSettings } from './settings.ts';

/** Google's ids of a click, best first. One of them per event: together they are refused. */
export const CLICK_IDS = ['gclid', 'gbraid', 'wbraid'] as const;

export const adIdentifiersOf = ({ click }: OutboundEvent): Record<string, string> => {
  const name = CLICK_IDS.find((id) => click?.ids[id]);
  return name ? { [name]: click?.ids[name] as string } : {};
};

/**
 * `userData.userIdentifiers` (Data Manager API: "Format user data"): e-mail, phone as E.164 with the plus, and an address
 * only as a whole. Nothing where the visitor refused the use of their data.
 */
export const userIdentifiersOf = (event: OutboundEvent, settings: DataManagerSettings) => {
  const { user, click } = event;
  if (!settings.sendUserData || click?.consent.adUserData === false) return [];
  const country = countryOf(event);
  const emailAddress = hashed(user.email, normaliseEmailForGoogle);
  const phoneNumber = hashed(user.phone, (phone) => toE164(phone, country));
  const givenName = hashed(user.firstName, packedName);
  const familyName = hashed(user.lastName, packedName);
  const postalCode = user.postalCode?.trim();
  return [
    ...(emailAddress ? [{ emailAddress }] : []),
    ...(phoneNumber ? [{ phoneNumber }] : []),
    ...(givenName && familyName && country && postalCode ? [{ address: { givenName, familyName, regionCode: country, postalCode } }] : []),
  ];
};

/** An address by itself is no identifier that Google matches reliably. */
export const isMatchable = (event: OutboundEvent, settings: DataManagerSettings): boolean =>
  Object.keys(adIdentifiersOf(event)).length > 0 || userIdentifiersOf(event, settings).some((id) => !('address' in id));
