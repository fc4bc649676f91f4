import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';
import { idsOf, plainAs, verbatim } from '../fields.ts';
import { CLICK_IDS, clickId, clickIdOf, clickIds } from '../google/click-ids.ts';
import { finds, type GoogleIdentifier, identifiersOf, person as buyer } from '../google/user-data.ts';
import { deviceOf, publicIp } from '../visitor.ts';
import type { DataManagerSettings } from './settings.ts';

/** Data Manager API: UserData.user_identifiers, at most ten of an event. */
const IDENTIFIERS_MAX = 10;
/** AdIdentifiers.session_attributes: Base64 of at most 4000 characters. */
const SESSION_ATTRIBUTES = /^[\w+/=-]{1,4000}$/;

export const person: Destination['person'] = { ...buyer, ip: plainAs(publicIp), userAgent: plainAs(verbatim) };

export const ids: Destination['ids'] = {
  ...clickIds,
  dclid: clickId,
  sessionAttributes: (text) => (SESSION_ATTRIBUTES.test(text) ? text : null),
  mobileDeviceId: verbatim,
};

/** What is repeated with a correction. */
export const AD_IDENTIFIERS = [...CLICK_IDS, 'dclid', 'sessionAttributes', 'mobileDeviceId'] as const;

/** `adIdentifiers`: one id of the click, the display click's only where no other is known, since an account takes one kind. */
export const adIdentifiersOf = (event: OutboundEvent, ctx?: BuildContext): Record<string, string> => {
  const { dclid, sessionAttributes, mobileDeviceId } = idsOf(event, ids, ctx);
  const click = clickIdOf(event);
  return {
    ...click,
    ...(Object.keys(click).length === 0 && dclid && { dclid }),
    ...(sessionAttributes && { sessionAttributes }),
    ...(mobileDeviceId && { mobileDeviceId }),
  };
};

const laidOut = (identifier: GoogleIdentifier) => {
  if ('email' in identifier) return { emailAddress: identifier.email };
  if ('phone' in identifier) return { phoneNumber: identifier.phone };
  const { givenName, familyName, country, postalCode } = identifier;
  return { address: { givenName, familyName, regionCode: country, postalCode } };
};

/** A correction goes out whatever the visitor says later, but not with their data. */
const mayUse = ({ click }: OutboundEvent, { sendUserData }: DataManagerSettings): boolean => sendUserData && click?.consent.adUserData !== false;

const known = (event: OutboundEvent, settings: DataManagerSettings, ctx?: BuildContext): GoogleIdentifier[] =>
  mayUse(event, settings) ? identifiersOf(event, IDENTIFIERS_MAX, ctx) : [];

/** `userData` (Data Manager API: "Format user data"). */
export const userDataOf = (event: OutboundEvent, settings: DataManagerSettings, ctx?: BuildContext) => {
  const userIdentifiers = known(event, settings, ctx).map(laidOut);
  return userIdentifiers.length > 0 ? { userIdentifiers } : undefined;
};

/** `eventDeviceInfo`: browser and address of the visitor. */
export const deviceInfoOf = (event: OutboundEvent, settings: DataManagerSettings, ctx?: BuildContext) => {
  if (!mayUse(event, settings)) return undefined;
  const { ip, userAgent } = deviceOf(event);
  if (!ip && (event.click?.ip || event.user.ip)) ctx?.warn?.('ip is left out: it is no address of the public internet.');
  return ip || userAgent ? { userAgent: userAgent ?? undefined, ipAddress: ip ?? undefined } : undefined;
};

export const isMatchable = (event: OutboundEvent, settings: DataManagerSettings): boolean =>
  Object.keys(adIdentifiersOf(event)).length > 0 || finds(known(event, settings));
