import { DateTime } from 'luxon';
import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { HOUR } from '../durations.ts';
import { asArray, asObject, asText, parseObject } from '../json-body.ts';
import { answeredAtMs } from '../retry-after.ts';
import { forEach, outcomeOfNonJson, retry, staleToken, toOutcome, verdictOfStatus, type Verdict } from '../verdict.ts';
import { byReason, byStatus } from './errors.ts';

/** All events of a request are taken or none; what becomes of them is asked for later with the request id. */
export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] =>
  forEach(request.sent, outcomeOf(response));

const outcomeOf = (response: PlatformResponse): Outcome => {
  const failure = failureOf(response);
  if (failure) return failure;
  const body = parseObject(response.body);
  const receipt = asText(body?.['requestId']);
  if (!receipt) return toOutcome(retry('Google took the request but gave it no id'), { code: 'no_request_id', said: null }, response.headers);
  const warnings = fieldWarningsOf(body);
  return { kind: 'accepted', receipt, ...(warnings.length > 0 && { warnings }) };
};

/** A validated request is not processed, so there is nothing to wait for. */
export const classifyCheck = (response: PlatformResponse): Outcome => {
  const failure = failureOf(response);
  if (failure) return failure;
  const warnings = fieldWarningsOf(parseObject(response.body));
  return { kind: 'delivered', ...(warnings.length > 0 && { warnings }) };
};

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
  const error = asObject(body['error']);
  if (error) return outcomeOfError(error, response);
  return status >= 300 ? toOutcome(verdictFor(status), { code: `http_${status}`, said: null }, headers) : null;
};

/** Access tokens live an hour, so a bare 401 first asks for a fresh one. */
const verdictFor = (status: number): Verdict => (status === 401 ? staleToken('the access token was refused') : verdictOfStatus(status));

/** Of several reasons the one that keeps the event comes first. */
const ORDER: Verdict['kind'][] = ['misconfigured', 'unauthorised', 'retry', 'duplicate', 'expired', 'rejected'];

/**
 * The specific reasons first, then google.rpc's status, then HTTP's. A reason that is not in the table (Google adds some)
 * goes by the status that came with it.
 */
const outcomeOfError = (error: Record<string, unknown>, response: PlatformResponse): Outcome => {
  const details = asArray(error['details']).map((detail) => asObject(detail) ?? {});
  const violations = details.flatMap((detail) => asArray(detail['fieldViolations']).map((violation) => asObject(violation) ?? {}));
  const reasons = [...violations, ...details].map(({ reason }) => asText(reason)).filter((reason) => reason !== null);
  const known = reasons.filter((reason) => byReason[reason]);
  // INVALID_ARGUMENT says less than any reason beside it.
  const telling = known.filter((reason) => reason !== 'INVALID_ARGUMENT');
  const ranked = (telling.length > 0 ? telling : known).toSorted((a, b) => rank(a) - rank(b));
  const status = asText(error['status']) ?? '';
  const code = ranked[0] ?? reasons[0] ?? (status || `http_${response.status}`);
  const verdict = byReason[ranked[0] ?? ''] ?? byStatus[status] ?? verdictFor(response.status);
  return toOutcome(verdict, { code, said: saidBy(error, violations, details), waitMs: waitNamedMs(details, response.headers) }, response.headers);
};

const rank = (reason: string): number => ORDER.indexOf(byReason[reason]?.kind ?? 'rejected');

const saidBy = (error: Record<string, unknown>, violations: Record<string, unknown>[], details: Record<string, unknown>[]): string => {
  const fields = violations.map(({ field, description, reason }) => [asText(field), asText(description) ?? asText(reason)].filter(Boolean).join(': '));
  const requestId = details.map((detail) => asText(detail['requestId'])).find((id) => id !== null);
  return [asText(error['message']), ...fields, requestId && `requestId ${requestId}`].filter(Boolean).join(' | ');
};

/**
 * The wait that a quota error names (Data Manager API: "Limits", quota names): a quota per day comes back at midnight Pacific
 * time, a quota per minute after a minute; google.rpc.RetryInfo names its own delay.
 */
const waitNamedMs = (details: Record<string, unknown>[], headers: Record<string, string>): number | undefined => {
  const limits = details.map((detail) => asText(asObject(detail['metadata'])?.['quota_limit']) ?? '');
  if (limits.some((limit) => /PerDay/i.test(limit))) return untilMidnightPacificMs(answeredAtMs(headers));
  const delay = details.map((detail) => /^(\d+(?:\.\d+)?)s$/.exec(asText(detail['retryDelay']) ?? '')?.[1]).find(Boolean);
  return delay === undefined ? undefined : Math.ceil(Number(delay) * 1000);
};

/** Without the answer's own time nothing is known of midnight: then an hour. */
const untilMidnightPacificMs = (nowMs: number | null): number => {
  if (nowMs === null) return HOUR;
  const now = DateTime.fromMillis(nowMs, { zone: 'America/Los_Angeles' });
  return now.plus({ days: 1 }).startOf('day').toMillis() - nowMs;
};
