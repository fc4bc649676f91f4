import { expired, misconfigured, rejected, retry, unauthorised, type Verdict } from '../verdict.ts';

/**
 * Snapchat publishes no list of error codes: `status` is VALID or INVALID, and the words of `reason` and `errors.error_msgs`
 * say why (Snap: "Verify Set Up", Response fields; business-sdk-v3: EventResponse). The first row that fits decides; a wrong
 * token was seen with HTTP 400 as well as 401.
 */
export const byWords: readonly { words: RegExp; verdict: Verdict }[] = [
  { words: /rate.?limit|too many requests|throttl/i, verdict: retry('too many requests') },
  { words: /internal (server )?error|try again|temporar|unavailable|time[d ]?-?out/i, verdict: retry('Snapchat failed for a moment') },
  { words: /\b(access.?)?token\b|unauthori[sz]ed|unauthenticated|authenticat|credential/i, verdict: unauthorised('the access token is missing, wrong or revoked') },
  { words: /permission|not (authori[sz]ed|allowed)|forbidden|(pixel|asset|app)[ _]?id/i, verdict: misconfigured('there is no such pixel, or the token may not send events to it') },
  { words: /(time|timestamp).*(out of range|too old|older|past|37 days)|(too old|older than).*(time|days)/i, verdict: expired('the event is older than 37 days') },
  { words: /timestamp|event_time/i, verdict: rejected('Snapchat refuses the event: its time is wrong') },
  { words: /insufficient|at least one/i, verdict: rejected('Snapchat refuses the event: too little is known of the visitor') },
  { words: /unhashed|hash/i, verdict: rejected('Snapchat refuses the event: a field is not hashed as it must be') },
  { words: /unrecogni[sz]ed event|event_(name|type)/i, verdict: rejected('Snapchat refuses the event: it does not know its name') },
  { words: /price|currency/i, verdict: rejected('Snapchat refuses the event: a PURCHASE needs a value and a currency') },
  { words: /required|missing|invalid/i, verdict: rejected('Snapchat refuses the event: a field is missing or wrong') },
];

export const verdictOfWords = (text: string): Verdict | undefined => byWords.find(({ words }) => words.test(text))?.verdict;
