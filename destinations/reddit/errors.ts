import { MINUTE, SECOND } from '../durations.ts';
import { expired, misconfigured, rejected, retry, unauthorised, type Verdict, verdictOfStatus } from '../verdict.ts';

/** 1,000 requests and 10,000 events a second. */
const tooMany = retry('too many requests', SECOND);

/**
 * Reddit: "Conversions API: Error handling", and answers seen. Reddit's `reason` is UNAUTHORIZED for wrong tokens and for wrong
 * JSON alike, so the words come first; the first row that fits decides.
 */
export const byWords: readonly { words: RegExp; verdict: Verdict }[] = [
  // A type error inside an HTTP 403.
  { words: /JSON error|unexpected type|cannot unmarshal/i, verdict: rejected('Reddit refuses the event: a field has the wrong type') },
  { words: /must be less than \S+ old|older than|too old/i, verdict: expired('the event is older than seven days') },
  { words: /Missing adsconversions scope/i, verdict: misconfigured('the app of the token lacks the scope adsconversions') },
  { words: /not authorized to post conversions/i, verdict: misconfigured('the token may not send events to this pixel') },
  { words: /No bearer token provided|Authorization Required|could not verify that you are authorized/i, verdict: unauthorised('the access token is missing, wrong or revoked') },
  { words: /user agent was automatically ratelimited/i, verdict: retry('Reddit slows this user agent down', MINUTE) },
  { words: /Too many requests/i, verdict: tooMany },
  { words: /service is currently unavailable/i, verdict: retry('Reddit is unavailable for a moment') },
  { words: /invalid conversion events|^Bad Request$/i, verdict: rejected('Reddit refuses the event') },
  { words: /^UNAUTHORIZED$/i, verdict: unauthorised('the access token is missing, wrong or revoked') },
];

/** The meaning of the first of these words that is known, else of the HTTP status. */
export const verdictOf = (texts: readonly string[], status: number): Verdict =>
  texts.map(verdictOfWords).find((verdict) => verdict !== undefined) ?? (status === 429 ? tooMany : verdictOfStatus(status));

const verdictOfWords = (text: string): Verdict | undefined => byWords.find(({ words }) => words.test(text))?.verdict;

/** What is said of one event: its age, or anything else that Reddit will not take. */
export const verdictOfEvent = (text: string): Verdict => {
  const known = verdictOfWords(text);
  return known?.kind === 'expired' ? known : rejected('Reddit refuses the event');
};
