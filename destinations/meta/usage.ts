import { HOUR, MINUTE, SECOND } from '../durations.ts';
import { asArray, asObject, parseObject } from '../json-body.ts';

const numberIn = (usage: unknown, field: string): number => {
  const value = Number(asObject(usage)?.[field]);
  return Number.isFinite(value) ? value : 0;
};

/**
 * How long Meta asks to wait, from its usage headers (Meta: "Rate limiting"): the business one names minutes, the ad
 * account's seconds, the app's only how much of a rolling hour is used. Undefined where none of them asks for a wait.
 */
export const waitAskedMs = (headers: Record<string, string>): number | undefined => {
  const business = Object.values(parseObject(headers['x-business-use-case-usage'] ?? '') ?? {}).flatMap(asArray);
  const account = parseObject(headers['x-ad-account-usage'] ?? '');
  const app = parseObject(headers['x-app-usage'] ?? '');
  const appIsFull = ['call_count', 'total_time', 'total_cputime'].some((field) => numberIn(app, field) >= 100);
  const waitMs = Math.max(
    0,
    ...business.map((usage) => numberIn(usage, 'estimated_time_to_regain_access') * MINUTE),
    numberIn(account, 'reset_time_duration') * SECOND,
  );
  return waitMs || (appIsFull ? HOUR : undefined);
};
