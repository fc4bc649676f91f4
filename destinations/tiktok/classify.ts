import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { asText, parseObject } from '../json-body.ts';
import { ofAtomic, outcomeOfNonJson, rejected, retry, toOutcome, verdictOfStatus, type Verdict } from '../verdict.ts';
import { byCode, serverFailed } from './errors.ts';

const OK = 0;
const PARTLY_OK = 20001;

/**
 * TikTok refuses a request as a whole, or takes it in part (20001). Its words may name the events at fault by their place in
 * `data`: `data.1.event_time`, `data[1]`.
 */
export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] => {
  const body = parseObject(response.body);
  const named = new Set([...(asText(body?.['message']) ?? '').matchAll(/\bdata(?:\.|\[)(\d+)/g)].map((match) => Number(match[1])));
  const outcome = outcomeOf(response);
  if (outcome.kind !== 'delivered' || named.size === 0) return ofAtomic(request.sent, outcome, named);
  const refused = toOutcome(rejected('TikTok took the other events of the request, but not this one'), { code: String(PARTLY_OK), said: body && saidBy(body) }, response.headers);
  return request.sent.map((_, index) => (named.has(index) ? refused : outcome));
};

const outcomeOf = (response: PlatformResponse): Outcome => {
  const body = parseObject(response.body);
  if (!body) return outcomeOfNonJson(response, response.status >= 500 ? serverFailed : verdictOfStatus(response.status));
  const code = codeIn(body);
  const said = saidBy(body);
  if (code === OK && response.status < 300) return { kind: 'delivered' };
  if (code === PARTLY_OK && response.status < 300) return { kind: 'delivered', warnings: [`TikTok took the request in part: ${said}`] };
  const name = Number.isNaN(code) ? `http_${response.status}` : String(code);
  return toOutcome(byCode[code] ?? unknownCode(code, response.status), { code: name, said }, response.headers);
};

/** Only digits are a code: a blank text or `0x0` would count as 0, which is success. */
const codeIn = (body: Record<string, unknown>): number => {
  const text = asText(body['code'])?.trim() ?? '';
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
};

/**
 * A code that is not in the table: an HTTP failure speaks for itself. With success, 4xxxx blames the request, which would be the
 * same next time, so it is refused; any other (5xxxx, 6xxxx, none) may pass, so the event is kept and tried again.
 */
const unknownCode = (code: number, status: number): Verdict => {
  if (status >= 500) return serverFailed;
  if (status >= 300) return verdictOfStatus(status);
  return code >= 40000 && code < 50000 ? rejected('TikTok refuses the event for a reason unknown here') : retry('TikTok answered what is unknown here');
};

const saidBy = (body: Record<string, unknown>): string | null => {
  const request = asText(body['request_id']);
  return [asText(body['message']), request && `request_id ${request}`].filter(Boolean).join(' | ') || null;
};

/** The check sends no event: that TikTok found the list empty says that it took the token. */
export const classifyCheck = (response: PlatformResponse): Outcome => {
  const outcome = outcomeOf(response);
  return outcome.kind === 'rejected' && !outcome.code.startsWith('http_')
    ? { kind: 'delivered', warnings: ['TikTok takes the access token. Whether the pixel code is right shows with the first event.'] }
    : outcome;
};
