import { rowOf } from '../row.ts';
import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { DAY } from '../durations.ts';
import { outcomeOfOAuth } from '../google/oauth-errors.ts';
import { byStatus, durationMs, errorIn, rankOf, type RpcError, saidBy, verdictFor, waitNamedMs } from '../google/rpc.ts';
import { asArray, asObject, asText, parseObject } from '../json-body.ts';
import { answeredAtMs } from '../retry-after.ts';
import { forEach, ofAtomic, outcomeOfNonJson, retry, toOutcome, type Verdict } from '../verdict.ts';
import { momentOf } from './date-time.ts';
import { byCode } from './errors.ts';
import { failuresIn, type Failure } from './failures.ts';

/** Conversions and adjustments are answered alike: 200 with a result or an error for each, or an error for all of them. */
export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] => {
  const { status, headers } = response;
  const body = parseObject(response.body);
  if (!body) return ofAtomic(request.sent, outcomeOfNonJson(response, verdictFor(status)));
  const error = errorIn(body);
  if (error) return ofWhole(error, response, request);
  const refused = outcomeOfOAuth(body, response);
  if (refused) return forEach(request.sent, refused);
  const partial = errorIn({ error: body['partialFailureError'] });
  if (status >= 300) return ofAtomic(request.sent, toOutcome(verdictFor(status), { code: `http_${status}`, said: null }, headers));
  const answered = { results: asArray(body['results']), partial, failures: failuresByPlace(partial, request.sent.length) };
  return request.sent.map((sent, index) => outcomeAt(index, sent, answered, response, request));
};

/** Of a request that failed as a whole, the conversions that are named get their own error, the others go again without them. */
const ofWhole = (error: RpcError, response: PlatformResponse, request: PlatformRequest): Outcome[] => {
  const failures = failuresIn(error);
  const named = [...new Set(failures.flatMap(({ index }) => (index === null ? [] : [index])))];
  const atFault = named.map((index): [number, Outcome] => [index, outcomeOf(error, failures.filter((failure) => failure.index === index), response)]);
  return ofAtomic(request.sent, outcomeOf(error, failures, response), new Map(atFault));
};

interface Answered {
  results: unknown[];
  partial: RpcError | null;
  /** By the conversion's place; -1 for those that name no conversion of the request. */
  failures: ReadonlyMap<number, Failure[]>;
}

const NOBODYS = -1;

const failuresByPlace = (partial: RpcError | null, count: number): Map<number, Failure[]> => {
  const byPlace = new Map<number, Failure[]>();
  for (const failure of partial ? failuresIn(partial) : []) {
    const place = failure.index !== null && failure.index >= 0 && failure.index < count ? failure.index : NOBODYS;
    byPlace.set(place, [...(byPlace.get(place) ?? []), failure]);
  }
  return byPlace;
};

/** The message of a partial failure describes its first error only, so each conversion is told its own. */
const outcomeAt = (index: number, sent: Record<string, string>, { results, partial, failures }: Answered, response: PlatformResponse, request: PlatformRequest): Outcome => {
  const own = failures.get(index);
  if (partial && own) return outcomeOf({ ...partial, message: null }, own, response, sent);
  if (Object.keys(asObject(results[index]) ?? {}).length > 0) return { kind: 'delivered' };
  const nobodys = failures.get(NOBODYS) ?? [];
  // A partial failure names every conversion that failed: without any results the others still were taken.
  if (results.length === 0 && failures.size > 0 && nobodys.length === 0) return { kind: 'delivered' };
  // Which conversion it is about is not said: of several each is tried again by itself.
  if (partial && (nobodys.length > 0 || failures.size === 0)) return ofAlone(request.sent.length, outcomeOf(partial, nobodys, response, sent));
  return toOutcome(retry('Google did not confirm the conversion'), { code: 'no_result', said: null }, response.headers);
};

const ofAlone = (count: number, outcome: Outcome): Outcome => ofAtomic(Array.from({ length: Math.min(count, 2) }), outcome)[0]!;

/** Google's own codes first, of several the one that keeps the event; then google.rpc's status, then HTTP's. */
const outcomeOf = (error: RpcError, failures: readonly Failure[], response: PlatformResponse, sent: Record<string, string> = {}): Outcome => {
  const first = failures.filter(({ code }) => rowOf(byCode, code)).toSorted((a, b) => rankOf(rowOf(byCode, a.code)) - rankOf(rowOf(byCode, b.code)))[0];
  const reason = error.details.map(({ reason: text }) => asText(text)).find((text) => rowOf(byCode, text) !== undefined);
  const code = first?.code ?? reason ?? failures[0]?.code ?? (error.status || `http_${response.status}`);
  const verdict = tooEarly(code, sent, response) ?? rowOf(byCode, code) ?? rowOf(byStatus, error.status) ?? verdictByRpcCode(error) ?? verdictFor(response.status);
  const said = [...failures.map(({ message }) => message), saidBy({ ...error, message: failures.some(({ message }) => message) ? null : error.message }, error.violations)];
  const waits = failures.map(({ retryDelay }) => durationMs(retryDelay)).filter((wait) => wait !== undefined);
  const waitMs = waits.length > 0 ? Math.max(...waits) : waitNamedMs(error.details, response);
  return toOutcome(verdict, { code, said: said.filter(Boolean).join(' | ') || null, waitMs }, response.headers);
};

/** A partial failure names google.rpc's code by its number: INVALID_ARGUMENT (3) blames the conversion. */
const verdictByRpcCode = ({ rpcCode }: RpcError): Verdict | undefined => (rpcCode === 3 ? byStatus['INVALID_ARGUMENT'] : undefined);

/** A conversion that is not found in its first day may still be on its way through Google. */
const tooEarly = (code: string, { conversionDateTime }: Record<string, string>, { headers }: PlatformResponse): Verdict | undefined => {
  const ageMs = (answeredAtMs(headers) ?? Number.NaN) - momentOf(conversionDateTime);
  return code === 'CONVERSION_NOT_FOUND' && ageMs < DAY ? retry('Google does not know the conversion yet', DAY - ageMs) : undefined;
};

/** The check's clicks are none: that only they are refused says that everything else was taken. */
export const classifyCheck = (response: PlatformResponse): Outcome => {
  const body = parseObject(response.body);
  const error = errorIn(body) ?? errorIn({ error: body?.['partialFailureError'] });
  if (!body || (!error && response.status >= 300)) return classify(response, { sent: [{}] } as unknown as PlatformRequest)[0]!;
  if (!error) return { kind: 'delivered' };
  const outcome = outcomeOf(error, failuresIn(error), response);
  const isAboutTheClick = (outcome.kind === 'rejected' || outcome.kind === 'expired') && rowOf(byCode, outcome.code) !== undefined;
  return isAboutTheClick ? { kind: 'delivered' } : outcome;
};
