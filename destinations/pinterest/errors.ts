import { MINUTE } from '../durations.ts';
import { duplicate, expired, misconfigured, rejected, retry, unauthorised, type Verdict, verdictOfStatus } from '../verdict.ts';

/** 5,000 calls a minute for an ad account. */
export const tooMany = retry('too many requests', MINUTE);

/** Pinterest API v5: "Send conversions", Responses. The code of the body decides, whatever the HTTP status. */
export const byCode: Record<string, Verdict> = {
  '2': unauthorised('the access token is missing, wrong or revoked'),
  '3': unauthorised('the access token is not accepted'),
  '8': tooMany,
  '29': misconfigured('the token may not send events to this ad account'),
  '4196': rejected('Pinterest refuses the request'),
  '4197': retry('Pinterest takes no events for a time'),
};

/** What `error_message` of a failed event says. Pinterest has no codes there; the first row that fits decides. */
export const byWords: readonly { words: RegExp; verdict: Verdict }[] = [
  { words: /duplicate/i, verdict: duplicate('Pinterest has it already') },
  { words: /(time|timestamp).*(old|past|7 days|seven days)|(older than|too old|7 days|seven days)/i, verdict: expired('the event is older than seven days') },
  { words: /internal|try again|temporar|unavailable|time[d ]?-?out/i, verdict: retry('Pinterest failed for a moment') },
];

const refused = rejected('Pinterest refuses the event');

export const verdictOfWords = (text: string, otherwise = refused): Verdict => byWords.find(({ words }) => words.test(text))?.verdict ?? otherwise;

/** What an answer about the whole request means: its code, else the HTTP status; a refusal is read for its reason. */
export const verdictOf = (code: string | null, said: string | null, status: number): Verdict => {
  const verdict = (code === null ? undefined : byCode[code]) ?? (status === 429 ? tooMany : verdictOfStatus(status));
  return verdict.kind === 'rejected' ? verdictOfWords(said ?? '', verdict) : verdict;
};
