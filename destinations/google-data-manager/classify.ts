import { rowOf } from '../row.ts';
import type { Outcome, PlatformCall, PlatformRequest, PlatformResponse } from '../contract.ts';
import { outcomeOfOAuth } from '../google/oauth-errors.ts';
import { errorIn, indexIn, rankOf, type RpcError, saidBy, type Violation, verdictFor, waitNamedMs } from '../google/rpc.ts';
import { asArray, asObject, asText, parseObject } from '../json-body.ts';
import { forEach, ofAtomic, outcomeOfNonJson, retry, toOutcome } from '../verdict.ts';
import { byReason, byStatus } from './errors.ts';

/** All events of a request are taken or none; what becomes of them is asked for later with the request id. */
export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] => {
  const failure = failureOf(response);
  if (failure) return ofAtomic(request.sent, failure, atFault(response));
  const body = parseObject(response.body);
  const receipt = asText(body?.['requestId']);
  if (!receipt) return forEach(request.sent, toOutcome(retry('Google took the request but gave it no id'), { code: 'no_request_id', said: null }, response.headers));
  const warnings = fieldWarningsOf(body);
  return forEach(request.sent, { kind: 'accepted', receipt, ...(warnings.length > 0 && { warnings }) });
};

/** A validated request is not processed, so there is nothing to wait for. */
export const classifyCheck = (response: PlatformResponse): Outcome => {
  const failure = failureOf(response);
  if (failure) return failure;
  const warnings = fieldWarningsOf(parseObject(response.body));
  return { kind: 'delivered', ...(warnings.length > 0 && { warnings }) };
};

/** The answer to the question what became of a request has its own shape. */
export const callOf = (body: Record<string, unknown>): PlatformCall | null => ('requestStatusPerDestination' in body ? 'status' : null);

const fieldWarningsOf = (body: Record<string, unknown> | null): string[] =>
  asArray(body?.['fieldWarnings']).map((warning) => {
    const { reason, description, field } = asObject(warning) ?? {};
    return [asText(reason), asText(description), asText(field)].filter((part) => part !== null).join(': ');
  });

/** The outcome of anything but a success, else null. */
export const failureOf = (response: PlatformResponse): Outcome | null => {
  const { status, headers } = response;
  const body = parseObject(response.body);
  if (!body) return outcomeOfNonJson(response, verdictFor(status));
  const error = errorIn(body);
  if (error) return outcomeOfError(error, error.violations, response);
  const refused = outcomeOfOAuth(body, response);
  if (refused) return refused;
  return status >= 300 ? toOutcome(verdictFor(status), { code: `http_${status}`, said: null }, headers) : null;
};

/** The events that Google names, each with the reasons that were given for it. */
const atFault = (response: PlatformResponse): Map<number, Outcome> => {
  const error = errorIn(parseObject(response.body));
  const byIndex = new Map<number, Violation[]>();
  for (const violation of error?.violations ?? []) {
    const index = indexIn(violation.field);
    if (index !== null) byIndex.set(index, [...(byIndex.get(index) ?? []), violation]);
  }
  return new Map([...byIndex].map(([index, violations]) => [index, outcomeOfError(error!, violations, response)]));
};

/**
 * The specific reasons first, then google.rpc's status, then HTTP's. A reason that is not in the table (Google adds some)
 * goes by the status that came with it.
 */
const outcomeOfError = (error: RpcError, violations: readonly Violation[], response: PlatformResponse): Outcome => {
  const reasons = [...violations.map(({ reason }) => reason), ...error.details.map(({ reason }) => asText(reason))].filter((reason) => reason !== null);
  const known = reasons.filter((reason) => rowOf(byReason, reason));
  // INVALID_ARGUMENT says less than any reason beside it.
  const telling = known.filter((reason) => reason !== 'INVALID_ARGUMENT');
  const ranked = (telling.length > 0 ? telling : known).toSorted((a, b) => rankOf(rowOf(byReason, a)) - rankOf(rowOf(byReason, b)));
  const code = ranked[0] ?? reasons[0] ?? (error.status || `http_${response.status}`);
  const verdict = rowOf(byReason, ranked[0]) ?? rowOf(byStatus, error.status) ?? verdictFor(response.status);
  return toOutcome(verdict, { code, said: saidBy(error, violations), waitMs: waitNamedMs(error.details, response) }, response.headers);
};
