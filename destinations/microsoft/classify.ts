import { rowOf } from '../row.ts';
import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { asArray, asObject, asText, parseObject } from '../json-body.ts';
import { forEach, ofAtomic, outcomeOfNonJson, retry, toOutcome, verdictOfStatus, type Verdict } from '../verdict.ts';
import { byCode, byDetail, byWords, refused } from './errors.ts';

/**
 * Microsoft takes what it can of a request and names the events that it could not take, with HTTP 200 as long as one event was
 * taken; of fields it removes by itself it warns. It lists ten errors at the most, so `eventsReceived` has to agree with the list.
 */
export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] => {
  const { status } = response;
  const body = parseObject(response.body);
  // "The endpoint returns an HTTP 200 status code upon success": a body is not promised.
  if (!body) return forEach(request.sent, status === 200 && response.body.trim() === '' ? { kind: 'delivered' } : outcomeOfNonJson(response));
  const error = asObject(body['error']);
  const details = placed(detailsIn(error), error, response, request);
  const faults = faultsIn(details, body, response);
  if (status >= 300 || (error && isRefusal(error, details))) {
    const outcome = outcomeOfRefusal(error, body, response);
    return request.sent.length === 1 ? [faults.get(0) ?? outcome] : ofAtomic(request.sent, outcome, faults);
  }
  const received = body['eventsReceived'];
  const unnamed = request.sent.length - faults.size;
  const isWhole = typeof received !== 'number' || received >= unnamed;
  return request.sent.map((_, index) => faults.get(index) ?? (isWhole ? delivered(details.filter((one) => one.index === index)) : uncertain(received, unnamed)));
};

/** An error that is about no event in particular, and more than a warning. */
const isRefusal = (error: Record<string, unknown>, details: Detail[]): boolean =>
  details.length === 0 ? asText(error['code']) !== 'ValidationWarning' : details.some(({ isWarning, index }) => !isWarning && index === null);

interface Detail {
  index: number | null;
  code: string | null;
  words: string;
  isWarning: boolean;
}

const detailsIn = (error: Record<string, unknown> | null): Detail[] =>
  asArray(error?.['details']).map(asObject).filter((one) => one !== null).map((one) => ({
    index: Number.isInteger(Number(one['index'] ?? Number.NaN)) ? Number(one['index']) : null,
    code: asText(one['errorCode']),
    words: [asText(one['propertyName']), asText(one['errorMessage'])].filter((part) => part !== null).join(': '),
    isWarning: one['isWarning'] === true,
  }));

/** Of a request with one event, an error that names no place is about that event, unless it is one of token, limit or server. */
const placed = (details: Detail[], error: Record<string, unknown> | null, { status }: PlatformResponse, { sent }: PlatformRequest): Detail[] => {
  const code = asText(error?.['code']);
  const isAboutEvent = code === 'ValidationError' || (status === 200 && (rowOf(byCode, code) === undefined));
  return sent.length === 1 && isAboutEvent ? details.map((one) => ({ ...one, index: one.index ?? 0 })) : details;
};

const delivered = (warnings: Detail[]): Outcome => ({ kind: 'delivered', ...(warnings.length > 0 && { warnings: warnings.map(({ words }) => words) }) });

/** A repeat is recognised by its event id, so asking again is safe. */
const uncertain = (received: unknown, expected: number): Outcome => ({
  kind: 'retry',
  code: 'events_received',
  message: `Microsoft took ${asText(received) ?? '0'} events where it names no fault in ${expected}: which ones is not said`,
});

/** For each event that was not taken: what its first error means, in the words of all of them. */
const faultsIn = (details: Detail[], body: Record<string, unknown>, { headers }: PlatformResponse): Map<number, Outcome> => {
  const faults = new Map<number, Detail[]>();
  for (const detail of details) if (!detail.isWarning && detail.index !== null) faults.set(detail.index, [...(faults.get(detail.index) ?? []), detail]);
  return new Map([...faults].map(([index, own]) => {
    const said = traced(own.map(({ words }) => words).join('; '), body);
    return [index, toOutcome(verdictOfDetail(own[0]!), { code: own[0]!.code ?? 'ValidationError', said }, headers)];
  }));
};

const verdictOfDetail = ({ code, words }: Detail): Verdict =>
  rowOf(byDetail, code) ?? byWords.find((row) => row.words.test(words))?.verdict ?? refused;

const outcomeOfRefusal = (error: Record<string, unknown> | null, body: Record<string, unknown>, { status, headers }: PlatformResponse): Outcome => {
  const code = asText(error?.['code']) ?? `http_${status}`;
  const words = asText(error?.['message']) ?? asText(body['message']) ?? asText(body['title']) ?? '';
  return toOutcome(rowOf(byCode, code) ?? verdictOf(status), { code, said: traced(words, body) }, headers);
};

const verdictOf = (status: number): Verdict => (status < 300 ? retry('Microsoft answered with an error unknown here') : verdictOfStatus(status));

const traced = (words: string, body: Record<string, unknown>): string | null => {
  const trace = asText(body['traceId']);
  return [words, trace && `traceId ${trace}`].filter(Boolean).join(' | ') || null;
};

/** The check sends no event: that Microsoft found the list empty says that it took the token. */
export const classifyCheck = (response: PlatformResponse, request: PlatformRequest): Outcome => {
  const [outcome = { kind: 'delivered' } as Outcome] = classify(response, { ...request, sent: [{}] });
  const tookToken = outcome.kind === 'rejected' && !outcome.code.startsWith('http_');
  return tookToken || (outcome.kind === 'retry' && outcome.code === 'events_received') ? { kind: 'delivered' } : outcome;
};
