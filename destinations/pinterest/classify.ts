import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { SECOND } from '../durations.ts';
import { asArray, asObject, asText, parseObject } from '../json-body.ts';
import { answeredAtMs } from '../retry-after.ts';
import { ofAtomic, outcomeOfNonJson, retry, toOutcome } from '../verdict.ts';
import { tooMany, verdictOf, verdictOfWords } from './errors.ts';

/**
 * Pinterest says of each event, in order, whether it was processed, with HTTP 200 and with HTTP 422 (not all were). A 422 may
 * wrap that in an error (`details`). An answer without such a list is about the whole request.
 */
export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] => {
  const body = parseObject(response.body);
  if (!body) return ofAtomic(request.sent, outcomeOfNonJson(response, verdictOf(null, null, response.status)));
  const rows = rowsOf(body, request.sent.length);
  if (rows) return rows.map((row) => outcomeOfEvent(row, response));
  return ofAtomic(request.sent, outcomeOfRequest(body, response, request.sent.length));
};

/** The list of outcomes, if it is about as many events as went out. */
const rowsOf = (body: Record<string, unknown>, count: number): Record<string, unknown>[] | null => {
  const details = body['details'];
  const candidates = [body['events'], asObject(details)?.['events'], details];
  for (const candidate of candidates) {
    const rows = asArray(candidate).map(asObject);
    if (count > 0 && rows.length === count && rows.every((row) => row !== null && 'status' in row)) return rows as Record<string, unknown>[];
  }
  return null;
};

const outcomeOfEvent = (row: Record<string, unknown>, { status, headers }: PlatformResponse): Outcome => {
  const warning = asText(row['warning_message']);
  if (row['status'] === 'processed') return { kind: 'delivered', ...(warning && { warnings: [warning] }) };
  const said = [asText(row['error_message']), warning].filter((part) => part !== null).join(' | ') || null;
  const code = asText(row['status']) ?? `http_${status}`;
  if (row['status'] !== 'failed') return toOutcome(retry('Pinterest did not say what became of the event'), { code, said }, headers);
  return toOutcome(verdictOfWords(said ?? ''), { code, said }, headers);
};

const outcomeOfRequest = (body: Record<string, unknown>, { status, headers }: PlatformResponse, count: number): Outcome => {
  const code = asText(body['code']);
  const said = asText(body['message']);
  const words = { code: code ?? `http_${status}`, said };
  if (code === null && status < 300) {
    if (count > 0 && body['num_events_processed'] === count) return { kind: 'delivered' };
    return toOutcome(retry('Pinterest did not confirm the event'), words, headers);
  }
  const verdict = verdictOf(code, said, status);
  return toOutcome(verdict, { ...words, waitMs: verdict === tooMany ? resetMs(headers) : undefined }, headers);
};

/** Seconds until the rate limit starts anew; a large number is a moment of the clock. */
const resetMs = (headers: Record<string, string>): number | undefined => {
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  if (!Number.isFinite(reset) || reset <= 0) return undefined;
  if (reset < 1_000_000_000) return reset * SECOND;
  const now = answeredAtMs(headers);
  return now === null ? undefined : Math.max(0, reset * SECOND - now);
};
