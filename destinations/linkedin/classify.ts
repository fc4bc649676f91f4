import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { DAY, HOUR } from '../durations.ts';
import { asArray, asObject, asText, parseObject } from '../json-body.ts';
import { answeredAtMs } from '../retry-after.ts';
import { forEach, ofAtomic, outcomeOfNonJson, retry, toOutcome, type Verdict, verdictOfStatus } from '../verdict.ts';
import { byStatus, limitedForToday, verdictOf } from './errors.ts';

/** One event is answered 201 without a body, several 200 with the status of each in `elements`. */
export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] => {
  const { status, headers, body: text } = response;
  if (status === 201 && text.trim() === '') return forEach(request.sent, { kind: 'delivered' });
  const body = parseObject(text);
  if (!body) return ofPlainText(response, request.sent);
  if (status >= 300 || isError(body)) return ofRefusal(body, response, request.sent);
  if (Array.isArray(body['elements'])) {
    const elements = asArray(body['elements']);
    return request.sent.map((_, index) => outcomeOfElement(asObject(elements[index]), response));
  }
  if (status === 201) return forEach(request.sent, { kind: 'delivered' });
  return forEach(request.sent, unconfirmed(headers));
};

/** Words without JSON around them mean what the same words in it do; a web page says nothing. */
const ofPlainText = (response: PlatformResponse, sent: unknown[]): Outcome[] => {
  const outcome = outcomeOfNonJson(response, verdictOfAnswer(response, response.body));
  const isRefusal = BLAMES_THE_EVENT.includes(outcome.kind) && response.body.trim() !== '';
  return isRefusal ? ofRefusal({ message: response.body.trim() }, response, sent) : ofAtomic(sent, outcome);
};

const BLAMES_THE_EVENT: readonly Outcome['kind'][] = ['rejected', 'expired'];

const unconfirmed = (headers: Record<string, string>): Outcome =>
  toOutcome(retry('LinkedIn did not confirm the event'), { code: 'not_confirmed', said: null }, headers);

/** A 2xx with the words of an error in it is one. */
const isError = (body: Record<string, unknown>): boolean =>
  body['serviceErrorCode'] !== undefined || asText(body['code']) !== null || Number(body['status'] ?? 0) >= 300;

const outcomeOfElement = (element: Record<string, unknown> | null, response: PlatformResponse): Outcome => {
  const status = Number(element?.['status'] ?? Number.NaN);
  if (status === 201 || status === 200) return { kind: 'delivered' };
  if (!element || Number.isNaN(status)) return unconfirmed(response.headers);
  return outcomeOf(asObject(element['error']) ?? element, { ...response, status });
};

const outcomeOf = (error: Record<string, unknown>, response: PlatformResponse, said = asText(error['message']) ?? ''): Outcome => {
  const codes = [asText(error['code']), asText(error['serviceErrorCode'])];
  const code = codes.find((each) => each !== null) ?? `http_${response.status}`;
  const known = verdictOf(codes, said);
  const verdict = !known || response.status === 429 ? verdictOfAnswer(response, said) : known;
  const trace = response.headers['x-li-uuid'];
  return toOutcome(verdict, { code, said: [said, trace && `x-li-uuid ${trace}`].filter(Boolean).join(' | ') || null }, response.headers);
};

const verdictOfAnswer = ({ status, headers }: PlatformResponse, said: string): Verdict => {
  if (status === 429 && /\bday\b|daily/i.test(said)) return limitedForToday(untilMidnightMs(headers));
  return byStatus[status] ?? verdictOfStatus(status);
};

/** "These limits reset at midnight UTC every day." */
const untilMidnightMs = (headers: Record<string, string>): number => {
  const now = answeredAtMs(headers);
  return now === null ? HOUR : DAY - (now % DAY);
};

/**
 * LinkedIn takes all events of a request or none. A 422 names what is wrong with which (`Index: 0, ERROR :: /path :: why`),
 * a 400 only which (`indices [0] (0-indexed)`); the others are sent again without them.
 */
const ofRefusal = (body: Record<string, unknown>, response: PlatformResponse, sent: unknown[]): Outcome[] => {
  const said = asText(body['message']) ?? '';
  const general = outcomeOf(body, response);
  const named = new Map(namedIn(said).map(([index, words]): [number, Outcome] => [index, words === said ? general : outcomeOf(body, response, words)]));
  if (sent.length === 1) return [named.get(0) ?? general];
  // A rule that is wrong for one event says nothing of the others, which may go to another rule.
  if (general.kind !== 'misconfigured' || named.size === 0) return ofAtomic(sent, general, named);
  return ofAtomic(sent, { ...general, kind: 'rejected' }, named);
};

/** The events that are named, each with the words about it. */
const namedIn = (said: string): [number, string][] => {
  const parts = [...said.matchAll(/Index:\s*(\d+)\s*,?\s*([\s\S]*?)(?=Index:\s*\d+|$)/g)];
  if (parts.length > 0) {
    const byIndex = new Map<number, string>();
    for (const [, index, words = ''] of parts) byIndex.set(Number(index), [byIndex.get(Number(index)), words.trim()].filter(Boolean).join(' | '));
    return [...byIndex];
  }
  const list = /indices\s*\[([\d,\s]+)\]/i.exec(said)?.[1] ?? '';
  return list.split(',').filter((index) => index.trim() !== '').map((index) => [Number(index), said]);
};
