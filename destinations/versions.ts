import type { ApiVersion, Destination } from './contract.ts';
import { DAY } from './durations.ts';

/** How long before an API version ends people are told. */
export const WARN_BEFORE_MS = 90 * DAY;

/** A sentence from 90 days before the API version in use ends; null before that, or where no end is announced. */
export function versionWarning({ title, versions }: Pick<Destination, 'title' | 'versions'>, apiVersion: unknown, nowMs: number): string | null {
  const known = versions?.find(({ version }) => version === apiVersion);
  const endsMs = known?.until ? Date.parse(known.until) : Number.NaN;
  if (!known || Number.isNaN(endsMs) || endsMs - nowMs > WARN_BEFORE_MS) return null;
  const newest = versions?.[0]?.version;
  return `${title}: API version ${known.version} ${nowMs >= endsMs ? 'ended' : 'ends'} on ${known.until}${newest && newest !== known.version ? `: set apiVersion to ${newest}` : ''}.`;
}

/** The version that a new destination uses: the newest one. */
export const newestOf = (versions: readonly [ApiVersion, ...ApiVersion[]]): string => versions[0].version;
