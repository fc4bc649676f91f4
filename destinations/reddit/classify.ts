import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { SECOND } from '../durations.ts';
import { asArray, asObject, asText, parseObject } from '../json-body.ts';
import { ofAtomic, outcomeOfNonJson, retry, toOutcome } from '../verdict.ts';
import { verdictOf } from './errors.ts';
import { faultsOf } from './faults.ts';

/** Reddit takes all events of a request or none. */
export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] => {
  const body = parseObject(response.body);
  if (!body) {
    return ofAtomic(request.sent, outcomeOfNonJson(response, verdictOf([response.body.trim()], response.status)));
  }
  const faults = faultsOf(body, request.sent, response);
  const [first] = faults.values();
  return ofAtomic(request.sent, first ?? outcomeOf(body, response, request.sent.length), faults);
};

/** The words of an answer, whatever its shape: `{message}`, `{error: {code, message}}`, `{error: {reason, explanation}}`. */
const wordsOf = (body: Record<string, unknown>): string[] => {
  const error = asObject(body['error']);
  const invalid = asArray(body['invalid_events']).map((one) => asObject(one)?.['error_message']);
  const fields = asArray(error?.['fields']).map((field) => asObject(field)?.['message']);
  return [error?.['explanation'], error?.['message'], body['message'], ...invalid, ...fields, error?.['reason'], body['error']]
    .map(asText)
    .filter((part) => part !== null);
};

const outcomeOf = (body: Record<string, unknown>, { status, headers }: PlatformResponse, count: number): Outcome => {
  const isError = 'error' in body || 'invalid_events' in body || body['success'] === false || status >= 300;
  if (!isError) return confirmation(body, count, headers);
  const words = wordsOf(body);
  const error = asObject(body['error']);
  const code = asText(error?.['reason']) ?? asText(error?.['code']) ?? `http_${status}`;
  const said = words.length > 0 ? [...new Set(words)].join(' | ') : null;
  return toOutcome(verdictOf(words, status), { code, said, waitMs: resetMs(headers) }, headers);
};

/** "Successfully processed 2 conversion events." names how many. */
const confirmation = (body: Record<string, unknown>, count: number, headers: Record<string, string>): Outcome => {
  const said = asText(asObject(body['data'])?.['message']) ?? asText(body['message']);
  const processed = /processed (\d+)/i.exec(said ?? '')?.[1];
  if (processed !== undefined && Number(processed) === count) return { kind: 'delivered' };
  return toOutcome(retry('Reddit did not confirm the event'), { code: 'unconfirmed', said }, headers);
};

/** Seconds until the limit starts anew. */
const resetMs = (headers: Record<string, string>): number | undefined => {
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  return Number.isFinite(reset) && reset > 0 && reset < 1_000_000_000 ? reset * SECOND : undefined;
};
