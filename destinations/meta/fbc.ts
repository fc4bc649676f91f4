import type { BuildContext, OutboundClick } from '../contract.ts';
import { DAY } from '../durations.ts';

/** fb.<subdomain index>.<creation time, ms>.<fbclid>; Meta's parameter builder may append `.Bg` and the like, which stays. */
const FBC = /^fb\.\d\.(\d{13})\.[\w.~%+/=:-]+$/;
/** fb.<subdomain index>.<creation time, ms>.<random number>. */
const FBP = /^fb\.\d\.\d{13}\.\d+(\.\w+)?$/;

/** Meta matches a click for 90 days. */
const FBC_AGE_MAX_MS = 90 * DAY;

export const fbcShape = (text: string): string | null => (FBC.test(text) ? text : null);
export const browserId = (text: string): string | null => (FBP.test(text) ? text : null);

/** Index 1: the cookie belongs to example.com rather than to .com or www.example.com. */
const fbcOf = (fbclid: string, seenAtMs: number): string => `fb.1.${seenAtMs}.${fbclid}`;

/**
 * The click id for Meta: the `_fbc` cookie as it came, else made of the landing's fbclid and the time of that landing, never
 * of the conversion's (Meta: "ClickID and the fbp and fbc parameters"). A click older than 90 days, or stamped after the
 * event, or of an unknown time, or what is no click id at all, costs the field and nothing else. fbclid is case-sensitive
 * and stays as it came.
 */
export const clickIdFor = (click: OutboundClick | null, occurredAtMs: number, ctx?: Pick<BuildContext, 'warn'>): string | undefined => {
  if (!click) return undefined;
  const fbc = click.ids['fbc']?.trim();
  const fbclid = click.ids['fbclid']?.trim();
  const seenAtMs = click.landedAtMs || click.clickedAtMs;
  const made = fbclid && seenAtMs !== null ? fbcOf(fbclid, seenAtMs) : undefined;
  const usable = [fbc, made].find((candidate) => candidate !== undefined && isFresh(candidate, occurredAtMs));
  if (!usable && (fbc || fbclid)) ctx?.warn?.('fbc is left out: the click is older than 90 days or stamped after the event, its time is not known, or it is no click id.');
  return usable;
};

const isFresh = (fbc: string, occurredAtMs: number): boolean => {
  const clickedAtMs = Number(FBC.exec(fbc)?.[1] ?? Number.NaN);
  // Compared in seconds, as event_time goes out: a click in the second of its event is not after it.
  const ageSeconds = Math.floor(occurredAtMs / 1000) - Math.floor(clickedAtMs / 1000);
  return ageSeconds >= 0 && ageSeconds * 1000 <= FBC_AGE_MAX_MS;
};
