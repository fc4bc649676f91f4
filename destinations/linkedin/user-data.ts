import { isIPv4 } from 'node:net';
import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';
import { countryCodeOf } from '../countries.ts';
import { normaliseEmail } from '../email.ts';
import { type FieldRule, hashedAs, idsOf, one, personOf, plainAs, verbatim } from '../fields.ts';
import { isSha256 } from '../hashing.ts';
import { hasForeignId, publicIp } from '../visitor.ts';

/** Names go in clear; a hash is none. */
const plainText: FieldRule['normalise'] = (text) => (isSha256(text) ? null : verbatim(text));

/** LinkedIn: "Conversions API Schema": the e-mail hashed; name, country, own id and address (IPv4 only, LinkedIn hashes it itself) in clear; no phone number. */
export const person: Destination['person'] = {
  email: hashedAs(normaliseEmail),
  firstName: plainAs(plainText),
  lastName: plainAs(plainText),
  country: plainAs(countryCodeOf),
  externalId: plainAs(verbatim),
  ip: plainAs((text) => (isIPv4(text) ? publicIp(text) : null)),
};

/** LinkedIn's name for an id; where it is not our own name of it, that is LinkedIn's name too. */
export const ID_TYPES = {
  li_fat_id: 'LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID',
  ACXIOM_ID: 'ACXIOM_ID',
  ORACLE_MOAT_ID: 'ORACLE_MOAT_ID',
  GOOGLE_AID: 'GOOGLE_AID',
} as const;

/** A macro that nobody filled in is no id, and neither is the word that a script writes for nothing. */
const clickId = (text: string): string | null =>
  /^[^\s{}[\]<>%$"]+$/.test(text) && !/^(null|undefined|nan)$/i.test(text) ? text : null;

/** A device that refused its advertising id says zeros only. */
const advertisingId = (text: string): string | null =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) && /[1-9a-f]/i.test(text) ? text : null;

const ID_RULES = {
  li_fat_id: clickId,
  ACXIOM_ID: clickId,
  ORACLE_MOAT_ID: clickId,
  GOOGLE_AID: advertisingId,
  /** The answer to one of LinkedIn's own lead forms. */
  lead: (text: string) => (/^urn:li:leadGenFormResponse:\S+$/.test(text) ? text : null),
  companyName: verbatim,
  title: verbatim,
};

export const ids: Destination['ids'] = ID_RULES;

/** Keys of `user` that may stand among the event's own keys too, and win there. */
export const CUSTOM_KEYS = ['companyName', 'title', 'lead'] as const;

const customOf = ({ custom }: OutboundEvent, ctx?: BuildContext): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const key of CUSTOM_KEYS) {
    const given = custom[key];
    if (given === undefined || given === null) continue;
    const value = typeof given === 'string' ? ID_RULES[key](given.trim()) : null;
    if (value === null) ctx?.warn?.(`${key} is left out: it has not the form that LinkedIn wants.`);
    else found[key] = value;
  }
  return found;
};

/** `user`. `userIds` is there even where it is empty: LinkedIn refuses the event without it. */
export const userOf = (event: OutboundEvent, ctx?: BuildContext) => {
  const known = personOf(event, person, ctx);
  const own = { ...idsOf(event, ids, ctx), ...customOf(event, ctx) };
  const userIds = [
    ...(known.email ?? []).map((idValue) => ({ idType: 'SHA256_EMAIL', idValue })),
    ...Object.entries(ID_TYPES).flatMap(([name, idType]) => (own[name] ? [{ idType, idValue: own[name] }] : [])),
    ...(known.ip ?? []).map((idValue) => ({ idType: 'PLAINTEXT_IP_ADDRESS', idValue })),
  ];
  return { userIds, userInfo: userInfoOf(known, own, ctx), externalIds: known.externalId?.slice(0, 1), lead: own['lead'] };
};

/** LinkedIn takes `userInfo` only with both names. */
const userInfoOf = (known: ReturnType<typeof personOf>, own: Record<string, string>, ctx?: BuildContext) => {
  const firstName = one(known.firstName);
  const lastName = one(known.lastName);
  if (firstName && lastName) return { firstName, lastName, title: own['title'], companyName: own['companyName'], countryCode: one(known.country) };
  if (firstName || lastName) ctx?.warn?.('userInfo is left out: LinkedIn wants both the first and the last name.');
  return undefined;
};

/** Whether LinkedIn can find anybody by it: our own click id is nobody's id there. */
export const isMatchable = (event: OutboundEvent): boolean => {
  const { userIds, userInfo, externalIds, lead } = userOf(event);
  return userIds.length > 0 || userInfo !== undefined || lead !== undefined || (externalIds !== undefined && hasForeignId(event));
};
