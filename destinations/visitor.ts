import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { OutboundEvent } from './contract.ts';

interface Device {
  ip: string | null;
  userAgent: string | null;
}

/** Of a proxy, of a test or of a mistaken set-up, never of a visitor: at a platform such an address would match nobody. */
const NOT_PUBLIC = new Set(['loopback', 'private', 'linkLocal', 'uniqueLocal', 'unspecified', 'carrierGradeNat', 'multicast', 'broadcast']);

const isPublic = (ip: string): boolean => ipaddr.isValid(ip) && !NOT_PUBLIC.has(ipaddr.process(ip).range());

const deviceIn = (source: { ip?: string | null; userAgent?: string | null }): Device => {
  const ip = source.ip?.trim() ?? '';
  return { ip: isIP(ip) && isPublic(ip) ? ip : null, userAgent: source.userAgent?.trim() || null };
};

/**
 * The visitor's address and browser, both of the click or both of the report, never mixed: a pair of two devices matches
 * nobody or somebody else.
 */
export const deviceOf = ({ click, user }: OutboundEvent): Device => {
  const clicked = deviceIn(click ?? {});
  return clicked.ip || clicked.userAgent ? clicked : deviceIn(user);
};

/** The buyer's country as two capital letters: what the network reports, else where the click came from. */
export const countryOf = ({ user, country, click }: OutboundEvent): string | null => {
  for (const candidate of [user.country, country, click?.country]) {
    const code = candidate?.trim().toUpperCase();
    if (code && /^[A-Z]{2}$/.test(code)) return code;
  }
  return null;
};

const webAddress = (text: string | null | undefined): string | null =>
  text && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : null;

/** The page that the visitor was on: where they clicked, else where they landed. */
export const pageOf = ({ click }: OutboundEvent): string | null => webAddress(click?.pageUrl) ?? webAddress(click?.landingUrl);

export const referrerOf = ({ click }: OutboundEvent): string | null => webAddress(click?.referrer);

/** The id that stands for the visitor at a platform: our click id, else the network's own id of the buyer. */
export const externalIdOf = ({ click, user }: OutboundEvent): string | null => click?.clickId ?? user.externalId ?? null;
