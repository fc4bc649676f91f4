/** google.rpc.Status bodies as Data Manager sends them. */
import type { Answer } from '../../contract.ts';
import { newId } from '../../world.ts';

const rpc = 'type.googleapis.com/google.rpc';
const domain = 'datamanager.googleapis.com';

export interface Violation {
  field: string;
  description: string;
  reason: string;
}

interface Status { http: number; message: string; status: string; reason: string; metadata?: Record<string, string> }

function answer({ http, message, status, reason, metadata }: Status, details: unknown[] = []): Answer {
  return {
    status: http,
    outcome: 'refused',
    body: {
      error: {
        code: http, message, status,
        details: [
          { '@type': `${rpc}.ErrorInfo`, reason, domain: status === 'UNAUTHENTICATED' ? 'googleapis.com' : domain, ...(metadata ? { metadata } : {}) },
          { '@type': `${rpc}.RequestInfo`, requestId: newId() },
          ...details,
        ],
      },
    },
  };
}

/** Values that break a rule: the whole request fails, whatever else is in it. */
export const invalidArgument = (violations: Violation[]): Answer => answer(
  { http: 400, message: 'There was a problem with the request.', status: 'INVALID_ARGUMENT', reason: violations.length === 1 ? violations[0]!.reason : 'INVALID_ARGUMENT' },
  [{ '@type': `${rpc}.BadRequest`, fieldViolations: violations }],
);

/** JSON that does not fit the message types: the front end refuses it, without an ErrorInfo. */
export const invalidPayload = (violations: Array<{ field: string; description: string }>): Answer => ({
  status: 400,
  outcome: 'refused',
  body: {
    error: {
      code: 400, message: violations.map((one) => one.description).join('\n'), status: 'INVALID_ARGUMENT',
      details: [{ '@type': `${rpc}.BadRequest`, fieldViolations: violations.map(({ field, description }) => (field ? { field, description } : { description })) }],
    },
  },
});

const credentials = 'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.';
const service = { service: domain };

const statuses: Record<string, Status> = {
  CREDENTIALS_MISSING: { http: 401, message: `Request is missing required authentication credential. ${credentials.slice(credentials.indexOf('Expected'))}`, status: 'UNAUTHENTICATED', reason: 'CREDENTIALS_MISSING', metadata: service },
  ACCESS_TOKEN_EXPIRED: { http: 401, message: credentials, status: 'UNAUTHENTICATED', reason: 'ACCESS_TOKEN_EXPIRED', metadata: service },
  UNAUTHENTICATED: { http: 401, message: credentials, status: 'UNAUTHENTICATED', reason: 'ACCESS_TOKEN_TYPE_UNSUPPORTED', metadata: service },
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: { http: 403, message: 'Request had insufficient authentication scopes.', status: 'PERMISSION_DENIED', reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', metadata: service },
  PERMISSION_DENIED: { http: 403, message: 'The caller does not have permission', status: 'PERMISSION_DENIED', reason: 'PERMISSION_DENIED' },
  NOT_ALLOWLISTED: { http: 403, message: 'The caller does not have permission', status: 'PERMISSION_DENIED', reason: 'NOT_ALLOWLISTED' },
  TERMS_AND_CONDITIONS_NOT_SIGNED: { http: 403, message: 'The caller does not have permission', status: 'PERMISSION_DENIED', reason: 'TERMS_AND_CONDITIONS_NOT_SIGNED' },
  NOT_FOUND: { http: 404, message: 'Requested entity was not found.', status: 'NOT_FOUND', reason: 'NOT_FOUND' },
  RESOURCE_EXHAUSTED: {
    http: 429, message: "Quota exceeded for quota metric 'Ingestion write requests' and limit 'Ingestion write requests per minute' of service 'datamanager.googleapis.com'.",
    status: 'RESOURCE_EXHAUSTED', reason: 'RATE_LIMIT_EXCEEDED', metadata: { ...service, quota_limit: 'IngestionWriteRequestsPerMinutePerProject', quota_limit_value: '300' },
  },
  RESOURCE_EXHAUSTED_DAY: {
    http: 429, message: "Quota exceeded for quota metric 'Ingestion write requests' and limit 'Ingestion write requests per day' of service 'datamanager.googleapis.com'.",
    status: 'RESOURCE_EXHAUSTED', reason: 'RATE_LIMIT_EXCEEDED', metadata: { ...service, quota_limit: 'IngestionWriteRequestsPerDayPerProject', quota_limit_value: '100000' },
  },
  INTERNAL: { http: 500, message: 'Internal error encountered.', status: 'INTERNAL', reason: 'INTERNAL_ERROR' },
  INTERNAL_ERROR: { http: 500, message: 'Internal error encountered.', status: 'INTERNAL', reason: 'INTERNAL_ERROR' },
  UNAVAILABLE: { http: 503, message: 'The service is currently unavailable.', status: 'UNAVAILABLE', reason: 'INTERNAL_ERROR' },
  DEADLINE_EXCEEDED: { http: 504, message: 'Deadline expired before operation could complete.', status: 'DEADLINE_EXCEEDED', reason: 'DEADLINE_EXCEEDED' },
};

/** Any other upper-case word is taken as a reason of a 400. */
export function errorOfCode(code: string): Answer | null {
  const status = statuses[code];
  if (status) return answer(status);
  return /^[A-Z][A-Z0-9_]+$/.test(code) ? invalidArgument([{ field: 'events[0]', description: 'The sandbox was told to refuse this event.', reason: code }]) : null;
}

/** What Google's front end says to a path it does not know. */
export const notFoundPage = (path: string): Answer => ({
  status: 404,
  outcome: 'refused',
  body: `<!DOCTYPE html>\n<html lang=en>\n<title>Error 404 (Not Found)!!1</title>\n<p><b>404.</b> <ins>That’s an error.</ins>\n<p>The requested URL <code>${path.replace(/[<>&]/g, '')}</code> was not found on this server. <ins>That’s all we know.</ins>\n`,
});
