/** Errors of the X Ads API, `{errors: [{code, message}], request}`: https://docs.x.com/x-ads-api/fundamentals/error-codes-and-responses. */
import type { Answer } from '../../contract.ts';
import { minute } from '../../checks.ts';

interface XError { code: string; message: string; parameter?: string }

export const refuse = (status: number, errors: XError[], headers: Record<string, string> = {}): Answer => ({
  status, headers, outcome: 'refused', body: { errors, request: { params: {} } },
});

export const invalid = (message: string, parameter: string): XError => ({ code: 'INVALID_PARAMETER', message, parameter });

const rateWindowMs = 15 * minute;
const requestsPerWindow = 100_000;

const byCode: Record<string, { status: number; message: string }> = {
  INVALID_PARAMETER: { status: 400, message: 'At least one user identifier must be provided' },
  MISSING_PARAMETER: { status: 400, message: 'A required parameter is missing' },
  UNAUTHORIZED_ACCESS: { status: 401, message: 'This request is not properly authenticated' },
  UNAUTHORIZED_CLIENT_APPLICATION: { status: 403, message: 'The client application making this request does not have access to the X Ads API' },
  ACTION_NOT_ALLOWED: { status: 403, message: 'This action is not allowed' },
  CURRENT_USER_SUSPENDED: { status: 403, message: 'The current user is suspended' },
  ACCOUNT_NOT_FOUND: { status: 403, message: 'Account was not found' },
  NOT_FOUND: { status: 404, message: 'The requested resource was not found' },
  WEB_EVENT_TAG_NOT_FOUND: { status: 404, message: 'Web event tag was not found' },
  ROUTE_NOT_FOUND: { status: 404, message: 'The requested route was not found' },
  CANCELLED_REQUEST: { status: 408, message: 'The request was cancelled' },
  TOO_MANY_REQUESTS: { status: 429, message: 'Rate limit exceeded' },
  INTERNAL_ERROR: { status: 500, message: 'An internal error occurred' },
  SERVICE_UNAVAILABLE: { status: 503, message: 'The service is temporarily unavailable' },
};
/** The HTTP status as a name of its commonest code. */
const codeOfStatus: Record<string, string> = {
  400: 'INVALID_PARAMETER', 401: 'UNAUTHORIZED_ACCESS', 403: 'UNAUTHORIZED_CLIENT_APPLICATION', 404: 'NOT_FOUND',
  408: 'CANCELLED_REQUEST', 429: 'TOO_MANY_REQUESTS', 500: 'INTERNAL_ERROR', 503: 'SERVICE_UNAVAILABLE',
};

export function errorOfCode(wanted: string, nowMs: number): Answer | null {
  const code = codeOfStatus[wanted] ?? wanted;
  const known = byCode[code];
  if (!known) return null;
  const headers: Record<string, string> = known.status !== 429 ? {} : {
    'x-rate-limit-limit': String(requestsPerWindow), 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': String(Math.ceil((nowMs + rateWindowMs) / 1000)),
  };
  return refuse(known.status, [{ code, message: known.message }], headers);
}
