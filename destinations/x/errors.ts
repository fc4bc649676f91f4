import { rowOf } from '../row.ts';
import { MINUTE } from '../durations.ts';
import { expired, misconfigured, rejected, retry, unauthorised, type Verdict } from '../verdict.ts';

/** X Ads API: "Error codes and responses"; "Web conversions", Error handling. */

const malformed = (what: string): Verdict => rejected(`X refuses the event: ${what}`);
const noAccess = misconfigured('these credentials may not send conversions of this pixel');
const noPixel = misconfigured('X knows no such pixel, or the address is wrong: look at the pixel id and the API version');

/** X counts requests by 15 minutes; used where its headers do not say when the next quarter begins. */
export const RATE_PERIOD_MS = 15 * MINUTE;
export const limited = retry('the rate limit of the ad account is used up', RATE_PERIOD_MS);

export const byCode: Record<string, Verdict> = {
  INVALID_PARAMETER: malformed('a field is wrong'),
  MISSING_PARAMETER: malformed('a field is missing'),
  EXCLUSIVE_PARAMETERS: malformed('two fields exclude each other'),
  INCLUSIVE_PARAMETERS: malformed('a field needs another one'),
  ILLEGAL_CHARACTERS: malformed('a field has characters that X does not take'),
  INVALID_TIME_WINDOW: malformed('its time is outside of what X takes'),
  REQUEST_TOO_COMPLEX: malformed('the request is too large'),
  UNAUTHORIZED_ACCESS: unauthorised('the token or the OAuth signature was refused'),
  UNAUTHORIZED_CLIENT_APPLICATION: misconfigured('the app has no access to the Ads API'),
  READONLY_CLIENT_APPLICATION: misconfigured('the app may only read'),
  INSUFFICIENT_USER_AUTHORIZED_PERMISSION: misconfigured('the access token is older than the app\'s rights: make a new one'),
  FEATURE_NOT_AVAILABLE: misconfigured('the account has no access to the Conversion API'),
  ACTION_NOT_ALLOWED: noAccess,
  ACCOUNT_NOT_FOUND: noAccess,
  ACCOUNT_LOCKED_OUT: misconfigured('the account is locked'),
  CURRENT_USER_SUSPENDED: misconfigured('the user of the access token is suspended'),
  USER_NOT_FOUND: noAccess,
  NOT_FOUND: noPixel,
  ROUTE_NOT_FOUND: noPixel,
  WEB_EVENT_TAG_NOT_FOUND: noPixel,
  METHOD_NOT_ALLOWED: noPixel,
  TOO_MANY_REQUESTS: limited,
  CANCELLED_REQUEST: retry('X gave up on the request'),
  LOCK_ACQUISITION_TIMEOUT: retry('X was busy with the same pixel'),
  INTERNAL_ERROR: retry('X failed inside'),
  SERVICE_UNAVAILABLE: retry('X is temporarily unavailable'),
  OVER_CAPACITY: retry('X has too much to do'),
};

/** Where only the words tell. */
export const byWords: { words: RegExp; verdict: Verdict }[] = [
  { words: /older than|too old|\b90 days\b/i, verdict: expired('the event is older than X takes') },
  { words: /at least one user identifier/i, verdict: malformed('nothing identifies the visitor') },
  { words: /not a valid SHA-?256/i, verdict: malformed('a hash is none') },
  { words: /not a single event tag/i, verdict: malformed('X knows no such event: set its id under "Event ids"') },
  { words: /event id was not found/i, verdict: malformed('it has no event id') },
];

export const verdictOf = (code: string | null, said: string): Verdict | undefined =>
  byWords.find(({ words }) => words.test(said))?.verdict ?? rowOf(byCode, code);
