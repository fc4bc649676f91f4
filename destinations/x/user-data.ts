import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';
import { normaliseEmail } from '../email.ts';
import { hashedAs, idsOf, one, personOf, plainAs, verbatim } from '../fields.ts';
import { phoneWithPlus } from '../phone.ts';
import { publicIp } from '../visitor.ts';

/** X: "Web conversions", Customer matching fields: e-mail and phone (E.164, with its plus) hashed, address and browser in clear. */
export const person: Destination['person'] = {
  email: hashedAs(normaliseEmail),
  phone: hashedAs(phoneWithPlus),
  ip: plainAs(publicIp),
  userAgent: plainAs(verbatim),
};

/** A macro that nobody filled in is no click id, and neither is the word that a script writes for nothing. */
const clickId = (text: string): string | null =>
  /^[^\s{}[\]<>%$"]+$/.test(text) && !/^(null|undefined|nan)$/i.test(text) ? text : null;

export const ids: Destination['ids'] = { twclid: clickId };

type Identifier = Record<string, string>;

/**
 * `identifiers`: one object for each, address and browser of one device together. Those two find nobody without another one
 * beside them (X: "If using IP address or user agent, a second identifier must be sent").
 */
export const identifiersOf = (event: OutboundEvent, ctx?: BuildContext): Identifier[] => {
  const known = personOf(event, person, ctx);
  const { twclid } = idsOf(event, ids, ctx);
  const finding: Identifier[] = [
    ...(twclid ? [{ twclid }] : []),
    ...(known.email ?? []).map((hashed_email) => ({ hashed_email })),
    ...(known.phone ?? []).map((hashed_phone_number) => ({ hashed_phone_number })),
  ];
  const ip = one(known.ip);
  const agent = one(known.userAgent);
  const device: Identifier = { ...(ip && { ip_address: ip }), ...(agent && { user_agent: agent }) };
  return finding.length > 0 && Object.keys(device).length > 0 ? [...finding, device] : finding;
};
