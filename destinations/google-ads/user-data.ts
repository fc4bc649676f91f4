import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';
import { clickIdOf, clickIds } from '../google/click-ids.ts';
import { finds, type GoogleIdentifier, identifiersOf, person } from '../google/user-data.ts';
import type { GoogleAdsSettings } from './settings.ts';

export { person };
export const ids: Destination['ids'] = clickIds;

/** ClickConversion.user_identifiers: "The maximum number of user identifiers for each conversion is 5." */
const IDENTIFIERS_MAX = 5;

const laidOut = (identifier: GoogleIdentifier) => {
  const userIdentifierSource = 'FIRST_PARTY';
  if ('email' in identifier) return { hashedEmail: identifier.email, userIdentifierSource };
  if ('phone' in identifier) return { hashedPhoneNumber: identifier.phone, userIdentifierSource };
  const { givenName, familyName, country, postalCode } = identifier;
  return { addressInfo: { hashedFirstName: givenName, hashedLastName: familyName, countryCode: country, postalCode }, userIdentifierSource };
};

const known = (event: OutboundEvent, { sendUserData }: GoogleAdsSettings, ctx?: BuildContext): GoogleIdentifier[] =>
  sendUserData ? identifiersOf(event, IDENTIFIERS_MAX, ctx) : [];

export const userIdentifiersOf = (event: OutboundEvent, settings: GoogleAdsSettings, ctx?: BuildContext) => {
  const identifiers = known(event, settings, ctx).map(laidOut);
  return identifiers.length > 0 ? identifiers : undefined;
};

export const isMatchable = (event: OutboundEvent, settings: GoogleAdsSettings): boolean =>
  Object.keys(clickIdOf(event)).length > 0 || finds(known(event, settings));
