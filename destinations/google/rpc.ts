import { DateTime } from 'luxon';
import type { PlatformResponse } from '../contract.ts';
import { HOUR, MINUTE } from '../durations.ts';
import { asArray, asObject, asText } from '../json-body.ts';
import { answeredAtMs } from '../retry-after.ts';
import { misconfigured, rejected, retry, staleToken, type Verdict, verdictOfStatus } from '../verdict.ts';

/** Errors as all Google APIs answer them: google.rpc.Status with its details. */

export const malformed = (what: string): Verdict => rejected(`Google refuses the event: ${what}`);
export const notAllowed = misconfigured('the credential has no access to this account, or there is no such account');
export const quota = retry('the request quota of the Google Cloud project is used up', MINUTE);

/** google.rpc.Code, as in error.status, where nothing more specific is known. */
export const byStatus: Record<string, Verdict> = {
  UNAUTHENTICATED: staleToken('the access token is missing or has expired'),
  PERMISSION_DENIED: notAllowed,
  NOT_FOUND: notAllowed,
  UNIMPLEMENTED: misconfigured('Google has no such method'),
  RESOURCE_EXHAUSTED: quota,
  INTERNAL: retry('Google failed inside'),
  UNKNOWN: retry('Google failed for an unknown reason'),
  UNAVAILABLE: retry('Google is unavailable'),
  DEADLINE_EXCEEDED: retry('Google took too long'),
  ABORTED: retry('Google broke off'),
  CANCELLED: retry('Google broke off'),
  INVALID_ARGUMENT: malformed('something in it is wrong'),
  FAILED_PRECONDITION: malformed('a precondition does not hold'),
  OUT_OF_RANGE: malformed('a value is out of range'),
};

/** Reasons of Google Cloud itself (google.api.ErrorReason). */
export const byCloudReason: Record<string, Verdict> = {
  RATE_LIMIT_EXCEEDED: quota,
  SERVICE_DISABLED: misconfigured('the API is not enabled in the Google Cloud project'),
  BILLING_DISABLED: misconfigured('billing is off in the Google Cloud project'),
  CONSUMER_INVALID: misconfigured('the quota project is wrong'),
  USER_PROJECT_DENIED: misconfigured('the credential may not use the quota project'),
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: misconfigured('the credential was not granted the scope of this API'),
  ACCESS_TOKEN_EXPIRED: staleToken('the access token has expired'),
};

/** Of several reasons the one that keeps the event comes first. */
const ORDER: Verdict['kind'][] = ['misconfigured', 'unauthorised', 'retry', 'duplicate', 'expired', 'rejected'];

export const rankOf = (verdict: Verdict | undefined): number => ORDER.indexOf(verdict?.kind ?? 'rejected');

/** Access tokens live an hour, so a bare 401 first asks for a fresh one. */
export const verdictFor = (status: number): Verdict => (status === 401 ? staleToken('the access token was refused') : verdictOfStatus(status));

export interface Violation {
  field: string | null;
  reason: string | null;
  description: string | null;
}

export interface RpcError {
  status: string;
  /** google.rpc.Code by its number, or HTTP's status, as the API has it. */
  rpcCode: number;
  message: string | null;
  details: Record<string, unknown>[];
  violations: Violation[];
  requestId: string | null;
}

/** The error of an answer, or null where it holds none. */
export const errorIn = (body: Record<string, unknown> | null): RpcError | null => {
  const error = asObject(body?.['error']);
  if (!error) return null;
  const details = asArray(error['details']).map((detail) => asObject(detail) ?? {});
  const violations = details
    .flatMap((detail) => asArray(detail['fieldViolations']).map((violation) => asObject(violation) ?? {}))
    .map(({ field, reason, description }) => ({ field: asText(field), reason: asText(reason), description: asText(description) }));
  const requestId = details.map((detail) => asText(detail['requestId'])).find((id) => id !== null) ?? null;
  return { status: asText(error['status']) ?? '', rpcCode: Number(asText(error['code']) ?? Number.NaN), message: asText(error['message']), details, violations, requestId };
};

/** Google's words, the fields that it blames, and the id that its support asks for. */
export const saidBy = ({ message, requestId }: RpcError, violations: readonly Violation[]): string => {
  const fields = violations.map(({ field, description, reason }) => [field, description ?? reason].filter(Boolean).join(': '));
  return [message, ...fields, requestId && `requestId ${requestId}`].filter(Boolean).join(' | ');
};

/** Which event of the request a field belongs to: `events[3].currency`, `conversions[3]`; null where it names none. */
export const indexIn = (field: string | null): number | null => {
  const found = /(?:events|conversions|conversion_?adjustments)\[(\d+)\]/i.exec(field ?? '');
  return found ? Number(found[1]) : null;
};

/**
 * The wait that a quota error names (Data Manager API: "Limits", quota names): a quota per day comes back at midnight Pacific
 * time, a quota per minute after a minute; google.rpc.RetryInfo names its own delay.
 */
export const waitNamedMs = (details: Record<string, unknown>[], { headers }: Pick<PlatformResponse, 'headers'>): number | undefined => {
  const limits = details.map((detail) => asText(asObject(detail['metadata'])?.['quota_limit']) ?? '');
  if (limits.some((limit) => /PerDay/i.test(limit))) return untilMidnightPacificMs(answeredAtMs(headers));
  return durationMs(details.map((detail) => asText(detail['retryDelay'])).find((delay) => delay !== null) ?? null);
};

/** google.protobuf.Duration as JSON: `12.5s`. */
export const durationMs = (text: string | null): number | undefined => {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(text ?? '')?.[1];
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1000);
};

/** Without the answer's own time nothing is known of midnight: then an hour. */
const untilMidnightPacificMs = (nowMs: number | null): number => {
  if (nowMs === null) return HOUR;
  const now = DateTime.fromMillis(nowMs, { zone: 'America/Los_Angeles' });
  return now.plus({ days: 1 }).startOf('day').toMillis() - nowMs;
};
