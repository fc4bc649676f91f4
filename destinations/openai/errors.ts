import { rowOf } from '../row.ts';
import { MINUTE } from '../durations.ts';
import { expired, misconfigured, rejected, retry, unauthorised, type Verdict } from '../verdict.ts';

/** OpenAI: "Error codes"; OpenAI Ads: "Conversions API". */

const wrongKey = unauthorised('the key was refused');
const malformed = rejected('OpenAI refuses the event');

/** `error.code`, else `error.type`. */
export const byCode: Record<string, Verdict> = {
  invalid_api_key: wrongKey,
  invalid_authentication: wrongKey,
  authentication_error: wrongKey,
  missing_scope: unauthorised('the key may not send events: it must be a Conversions API key'),
  insufficient_permissions: misconfigured('the key may not send events of this pixel'),
  permission_error: misconfigured('the key may not send events of this pixel'),
  permission_denied: misconfigured('the key may not send events of this pixel'),
  pixel_not_found: misconfigured('OpenAI knows no such pixel'),
  not_found_error: misconfigured('OpenAI knows no such pixel'),
  not_found: misconfigured('OpenAI knows no such pixel'),
  rate_limit_exceeded: retry('too many requests', MINUTE),
  rate_limit_error: retry('too many requests', MINUTE),
  server_error: retry('OpenAI failed'),
  api_error: retry('OpenAI failed'),
  overloaded_error: retry('OpenAI has too much to do'),
  service_unavailable: retry('OpenAI is temporarily unavailable'),
  invalid_request_error: malformed,
  validation_error: malformed,
};

/** Where only the words tell: they come before the code, which is `invalid_request_error` for nearly everything. */
export const byWords: { words: RegExp; verdict: Verdict }[] = [
  { words: /missing scopes?/i, verdict: unauthorised('the key may not send events: it must be a Conversions API key') },
  { words: /(last|past|than) (7|seven) days|too old/i, verdict: expired('the event is older than seven days') },
  { words: /timestamp_ms.*(future|ahead)/i, verdict: rejected('OpenAI refuses the event: its time lies in the future') },
  { words: /(pixel|\bpid\b).{0,40}(not found|does not exist)|(invalid|unknown) (pixel|pid)\b/i, verdict: misconfigured('OpenAI knows no such pixel') },
];

export const verdictOf = (codes: readonly (string | null)[], said: string): Verdict | undefined =>
  byWords.find(({ words }) => words.test(said))?.verdict ??
  codes.map((code) => rowOf(byCode, code)).find((verdict) => verdict !== undefined);
