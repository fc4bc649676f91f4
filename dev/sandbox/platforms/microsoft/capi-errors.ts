/** Answers of the UET Conversions API. Source: learn.microsoft.com/advertising/guides/uet-conversion-api-integration. */
import { randomUUID } from 'node:crypto';
import type { Answer } from '../../contract.ts';

/** What is wrong with one event: where, the value that was sent, and the sentence. */
export interface Detail { index: number; propertyName: string; attemptedValue: unknown; errorMessage: string }

export function refuse(status: number, code: string, message: string, details: Detail[] = []): Answer {
  const traceId = randomUUID();
  return {
    status, outcome: 'refused', headers: { 'x-ms-request-id': traceId, ...(status === 429 ? { 'retry-after': '30' } : {}) },
    body: { eventsReceived: 0, error: { code, message, ...(details.length > 0 ? { details } : {}) }, traceId },
  };
}

export const invalid = (details: Detail[]): Answer => refuse(400, 'ValidationError', 'One or more events failed validation.', details);

/** The events that failed are named by their index in `data`; the others were taken. */
export function received(count: number, details: Detail[]): Answer {
  const traceId = randomUUID();
  const error = details.length > 0 ? { error: { code: 'ValidationError', message: 'One or more events failed validation.', details } } : {};
  return { status: 200, outcome: count > 0 ? 'accepted' : 'refused', headers: { 'x-ms-request-id': traceId }, body: { eventsReceived: count, ...error, traceId } };
}

const byCode: Record<string, () => Answer> = {
  400: () => refuse(400, 'BadRequest', 'The request is invalid.'),
  401: () => refuse(401, 'Unauthorized', 'The token is missing, invalid or expired.'),
  403: () => refuse(403, 'Forbidden', 'The token has no access to this UET tag.'),
  404: () => refuse(404, 'NotFound', 'The resource was not found.'),
  413: () => refuse(413, 'PayloadTooLarge', 'The request is too large.'),
  429: () => refuse(429, 'TooManyRequests', 'Too many requests. Please try again later.'),
  500: () => refuse(500, 'InternalServerError', 'An internal error occurred.'),
  503: () => refuse(503, 'ServiceUnavailable', 'The service is unavailable.'),
  ValidationError: () => invalid([{ index: 0, propertyName: 'data[0]', attemptedValue: null, errorMessage: 'The sandbox was told to refuse this event.' }]),
  /** As ValidationError, with 200: the request is good, its first event is not. */
  'ValidationError/200': () => received(0, [{ index: 0, propertyName: 'data[0]', attemptedValue: null, errorMessage: 'The sandbox was told to refuse this event.' }]),
};
/** An HTTP status, or the code in the body. */
export const errorOfCode = (code: string): Answer | null => byCode[code]?.() ?? null;
