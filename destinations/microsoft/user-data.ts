import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';
import { hashedAs, idsOf, one, personOf, plainAs, verbatim } from '../fields.ts';
import { hasForeignId, publicIp } from '../visitor.ts';
import { clickId, hashedEmail, hashedPhone } from './person.ts';

/** Microsoft Advertising: "Conversions API (CAPI)", userData. A real user id is never sent ("apply a hash"); one that the sender gives as `externalId` goes in clear. */
export const person: Destination['person'] = {
  email: hashedEmail,
  phone: hashedPhone,
  externalId: hashedAs(verbatim),
  ip: plainAs(publicIp),
  userAgent: plainAs(verbatim),
};

const filledIn = (text: string): string | null => (/[{}\s]/.test(text) ? null : text);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const ids: Destination['ids'] = {
  msclkid: clickId,
  anonymousId: filledIn,
  externalId: filledIn,
  idfa: filledIn,
  gaid: filledIn,
  pageLoadId: (text) => (UUID.test(text) ? text : null),
};

export const userDataOf = (event: OutboundEvent, ctx?: Pick<BuildContext, 'warn'>) => {
  const known = personOf(event, person, ctx);
  const own = idsOf(event, ids, ctx);
  return {
    msclkid: own['msclkid'],
    em: one(known.email),
    ph: one(known.phone),
    anonymousId: own['anonymousId'],
    externalId: own['externalId'] ?? one(known.externalId),
    clientIpAddress: one(known.ip),
    clientUserAgent: one(known.userAgent),
    idfa: own['idfa'],
    gaid: own['gaid'],
  };
};

/** The page load that an event belongs to; it stands beside the user data. */
export const pageLoadIdOf = (event: OutboundEvent): string | undefined => idsOf(event, { pageLoadId: ids['pageLoadId']! })['pageLoadId'];

/** Microsoft asks for one of these; an address and a browser alone are refused, and our own click id is known to nobody there. */
export const isMatchable = (event: OutboundEvent): boolean => {
  const { msclkid, em, ph, anonymousId, externalId, idfa, gaid } = userDataOf(event);
  const isForeign = hasForeignId(event) || event.click?.ids['externalId'] !== undefined;
  return [msclkid, em, ph, anonymousId, idfa, gaid].some((id) => id !== undefined) || (externalId !== undefined && isForeign);
};
