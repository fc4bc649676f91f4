import { rowOf } from '../row.ts';
import { MINUTE } from '../durations.ts';
import { expired, misconfigured, rejected, retry, staleToken, unauthorised, type Verdict } from '../verdict.ts';

/** LinkedIn: "Error handling", "Conversions API: API error details", "Rate limits", "Versioning". */

const wrongVersion = misconfigured('this version of the API has ended or does not exist: set a newer one');
const wrongRule = misconfigured('the conversion rule cannot be used: its source must be "Conversions API"');

/** 600 requests a minute, and a number a day that begins anew at midnight UTC. */
export const limited = retry('the rate limit is used up', MINUTE);
export const limitedForToday = (untilMidnightMs: number): Verdict => retry('the rate limit of the day is used up', untilMidnightMs);

/** `code`, else `serviceErrorCode`. */
export const byCode: Record<string, Verdict> = {
  INVALID_ACCESS_TOKEN: staleToken('the access token is invalid or expired'),
  '65600': staleToken('the access token is invalid or expired'),
  REVOKED_ACCESS_TOKEN: unauthorised('the access token was revoked'),
  '65601': unauthorised('the access token was revoked'),
  EXPIRED_ACCESS_TOKEN: staleToken('the access token has expired'),
  '65602': staleToken('the access token has expired'),
  EMPTY_ACCESS_TOKEN: unauthorised('the access token is missing'),
  '65604': unauthorised('the access token is missing'),
  ACCESS_DENIED: misconfigured('the access token may not send conversions (it needs rw_conversions)'),
  NONEXISTENT_VERSION: wrongVersion,
  VERSION_MISSING: wrongVersion,
  TOO_MANY_REQUESTS: limited,
};

/** Where only the words tell. */
export const byWords: { words: RegExp; verdict: Verdict }[] = [
  { words: /version header is deprecated|version .*(is not active|sunset)/i, verdict: wrongVersion },
  { words: /method should be CONVERSIONS_API|incorrect conversions information/i, verdict: wrongRule },
  { words: /no ad accounts found/i, verdict: misconfigured('there is no such conversion rule, or the access token may not use its ad account') },
  { words: /\b90 days\b|ninety days|too old|older than/i, verdict: expired('the event is older than 90 days') },
];

export const byStatus: Record<number, Verdict> = {
  // A token of a developer app runs out after two months, so a bare 401 first asks for a fresh one.
  401: staleToken('the access token was refused'),
  403: misconfigured('the access token may not use this conversion rule or its ad account'),
  422: rejected('LinkedIn refuses the event'),
  426: wrongVersion,
  429: limited,
};

export const verdictOf = (codes: readonly (string | null)[], said: string): Verdict | undefined =>
  codes.map((code) => rowOf(byCode, code)).find((verdict) => verdict !== undefined) ??
  byWords.find(({ words }) => words.test(said))?.verdict;
