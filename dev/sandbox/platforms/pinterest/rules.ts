/** What Pinterest demands of one event of the right shape. Breaking it fails this event alone. */
import { isIP } from 'node:net';
import { areHashes, day, isCurrency, isObject, isText, isUnixSeconds, looksHashed, minute } from '../../checks.ts';
import type { Json } from '../../checks.ts';

const actionSources = ['app_android', 'app_ios', 'web', 'offline'];
const standardNames = ['add_to_cart', 'checkout', 'custom', 'lead', 'page_visit', 'search', 'signup', 'view_category', 'watch_video'];
const hashedKeys = ['em', 'ph', 'ge', 'db', 'ln', 'fn', 'ct', 'st', 'zp', 'country', 'external_id', 'hashed_maids'];
const plainKeys = ['click_id', 'partner_id', 'client_ip_address', 'client_user_agent'];
const ageMaxDays = 7;

export function* problems(event: Json, nowMs: number): Generator<string> {
  for (const key of ['event_name', 'event_id']) if (!isText(event[key])) yield `'${key}' is empty`;
  if (!actionSources.includes(String(event.action_source))) yield `'action_source' must be one of ${actionSources.join(', ')}`;
  yield* timeProblems(event.event_time, nowMs);
  const user = event.user_data as Json;
  // Pinterest only warns of an external_id in clear; here it fails like the others.
  for (const key of hashedKeys) if (user[key] !== undefined && !areHashes(user[key])) yield `'${key}' is not in sha256 hashed format`;
  for (const key of plainKeys) if (looksHashed(user[key])) yield `'${key}' must not be hashed`;
  if (isText(user.client_ip_address) && !isIP(user.client_ip_address)) yield "'client_ip_address' is not a valid IP address";
  const custom = isObject(event.custom_data) ? event.custom_data : {};
  if (typeof custom.value === 'string' && !/^\d+(\.\d+)?$/.test(custom.value)) yield "'value' cannot be parsed into a double";
  if (isText(custom.currency) && !isCurrency(custom.currency)) yield "'currency' is not an ISO-4217 currency code";
}

function* timeProblems(seconds: unknown, nowMs: number): Generator<string> {
  if (!isUnixSeconds(seconds) || seconds * 1000 > nowMs + minute) return yield "'event_time' is in the future. It must be a Unix timestamp in seconds";
  if (nowMs - seconds * 1000 > ageMaxDays * day) yield `'event_time' is more than ${ageMaxDays} days ago`;
}

/** Names of the advertiser's own are taken, but untracked until they are mapped to a standard event: developers.pinterest.com, "Define custom events". */
export const isTracked = (event: Json): boolean => standardNames.includes(String(event.event_name));
