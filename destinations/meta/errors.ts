import { HOUR, MINUTE } from '../durations.ts';
import { expired, misconfigured, rejected, retry, unauthorised, type Verdict } from '../verdict.ts';

/** Meta: "Handling errors", "Rate limiting" and "Conversions API: error codes". The body decides; token errors were seen with HTTP 400, 401 and 500. */

const limited = (whose: string): Verdict => retry(`the rate limit of ${whose} is used up`, 5 * MINUTE);
const malformed = (what: string): Verdict => rejected(`Meta refuses the event: ${what}`);
const noPermission = misconfigured('the access token may not send events to this pixel');

/** `code`, or `code/subcode` where the subcode tells more. */
export const byCode: Record<string, Verdict> = {
  '1': retry('Meta failed for an unknown reason'),
  '2': retry('Meta is temporarily unavailable'),
  '3': misconfigured('the app lacks this capability'),
  '4': limited('the app'),
  '10': noPermission,
  '17': limited('the user'),
  '32': limited('the page'),
  '34': malformed('a parameter is wrong'),
  '38': malformed('a parameter is wrong'),
  '100': malformed('a parameter is wrong'),
  '100/33': misconfigured('the pixel does not exist, or the access token may not use it'),
  '100/2804001': malformed('a parameter is wrong'),
  '100/2804003': expired('the event is older than seven days'),
  '100/2804004': malformed('its time lies in the future'),
  '100/2804007': malformed('a parameter is wrong'),
  '100/2804009': malformed('a Purchase needs a value'),
  '100/2804016': malformed('a parameter is wrong'),
  '100/2804017': malformed('a parameter is wrong'),
  '100/2804019': malformed('a parameter is wrong'),
  '100/2804048': malformed('a parameter is wrong'),
  '100/2804050': malformed('too little is known of the visitor'),
  '102': unauthorised('the access token has no valid session'),
  '104': unauthorised('the access token is missing'),
  '190': unauthorised('the access token is invalid or expired'),
  '190/460': unauthorised('the access token ended when its owner changed the password'),
  '190/463': unauthorised('the access token has expired'),
  '190/467': unauthorised('the access token is invalid'),
  '341': limited('the app'),
  '368': retry('Meta has blocked this action for a time, for a policy', HOUR),
  '613': limited('the account'),
  '2500': misconfigured('there is no such address: look at the API version and the pixel id'),
  '2635': misconfigured('this API version has ended: set a newer one'),
  '5000': retry('Meta failed inside'),
  '21009': retry('the data set is not ready for a moment'),
};

/** Runs of codes that mean the same. */
export const byRange: { from: number; to: number; verdict: Verdict }[] = [
  { from: 200, to: 299, verdict: noPermission },
  { from: 80000, to: 80014, verdict: limited('the business') },
];

/** Code 100 also covers a wrong or missing proof; only the words tell. */
export const byWords: { words: RegExp; verdict: Verdict }[] = [
  { words: /appsecret_proof/i, verdict: misconfigured('the app secret is missing or wrong') },
];

export const verdictOf = (code: number, subcode: number | null, message: string): Verdict | undefined =>
  byWords.find(({ words }) => words.test(message))?.verdict ??
  (subcode !== null ? byCode[`${code}/${subcode}`] : undefined) ??
  byCode[String(code)] ??
  byRange.find(({ from, to }) => code >= from && code <= to)?.verdict;
