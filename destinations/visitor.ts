import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { OutboundEvent } from './contract.ts';
import { countryCodeOf } from './countries.ts';

interface Device {
  ip: string | null;
  userAgent: string | null;
}

/** Of a proxy, of a test or of a mistaken set-up, never of a visitor: at a platform such an address would match nobody. */
const NOT_PUBLIC = new Set(['loopback', 'private', 'linkLocal', 'uniqueLocal', 'unspecified', 'carrierGradeNat', 'multicast', 'broadcast']);

const isPublic = (ip: string): boolean => ipaddr.isValid(ip) && !NOT_PUBLIC.has(ipaddr.process(ip).range());

/** An address as it came if it is one of the public internet, else null. */
export const publicIp = (text: string): string | null => {
  const ip = text.trim();
  return isIP(ip) && isPublic(ip) ? ip : null;
};

const deviceIn = (source: { ip?: unknown; userAgent?: unknown }): Device => ({
  ip: typeof source.ip === 'string' ? publicIp(source.ip) : null,
  userAgent: typeof source.userAgent === 'string' ? source.userAgent.trim() || null : null,
});

/**
 * The visitor's address and browser, both of the click or both of the report, never mixed: a pair of two devices matches
 * nobody or somebody else.
 */
export const deviceOf = ({ click, user }: OutboundEvent): Device => {
  const clicked = deviceIn(click ?? {});
  return clicked.ip || clicked.userAgent ? clicked : deviceIn(user);
};

/** The buyer's country as two capital letters: what the report says, else where the click came from. */
export const countryOf = ({ user, country, click }: OutboundEvent): string | null => {
  for (const candidate of [user.country, country, click?.country]) {
    const code = typeof candidate === 'string' ? countryCodeOf(candidate) : null;
    if (code) return code;
  }
  return null;
};

const webAddress = (text: string | null | undefined): string | null =>
  text && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : null;

/** The page that the visitor was on: where they clicked, else where they landed. */
export const pageOf = ({ click }: OutboundEvent): string | null => webAddress(click?.pageUrl) ?? webAddress(click?.landingUrl);

export const referrerOf = ({ click }: OutboundEvent): string | null => webAddress(click?.referrer);

/** The id that stands for the visitor at a platform: our click id, else the network's own id of the buyer. */
export const externalIdOf = ({ click, user }: OutboundEvent): string | readonly string[] | null => click?.clickId || user.externalId || null;

/** Whether the report brought an id of the buyer that a platform may know: our own click id is known only where the pixel said it too. */
export const hasForeignId = ({ click, user }: OutboundEvent): boolean => !click?.clickId && Boolean(user.externalId);
