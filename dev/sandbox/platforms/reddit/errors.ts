/** Reddit's errors, v3: `{error: {code, message, fields?}}`. Texts: https://ads-api.reddit.com/docs/v3/, Conversions API, Error handling. */
import type { Answer } from '../../contract.ts';

export interface FieldError { field: string; message: string }

const refuse = (status: number, message: string, headers: Record<string, string> = {}, fields?: FieldError[]): Answer => ({
  status, headers, outcome: 'refused', body: { error: { code: status, message, ...(fields ? { fields } : {}) } },
});

/** What the JSON reader says before the API: unknown fields and wrong types. */
export const jsonError = (what: string, field: string): Answer => refuse(400, `JSON error "${what}" on field "${field}"`);

export const badRequest = (message: string): Answer => refuse(400, message);

export const invalidEvents = (count: number, fields: FieldError[]): Answer =>
  refuse(400, `There were ${count} invalid conversion events. None were processed.`, {}, fields);

export const notYours = (pixel: string): Answer => refuse(403, `You're not authorized to post conversions to Pixel ID ${pixel}.`);

const unauthorized = (): Answer => ({
  status: 401, outcome: 'refused',
  body: { success: false, error: { reason: 'UNAUTHORIZED', explanation: 'This server could not verify that you are authorized to access the document you requested.' } },
});

/** By HTTP status; where a status has several texts, `status/name`. */
const byCode: Record<string, () => Answer> = {
  400: () => invalidEvents(1, [{ field: '$.data.events[0].event_at', message: 'event_at timestamp must be less than 168h0m0s old' }]),
  '400/bad-request': () => refuse(400, 'Bad Request'),
  401: unauthorized,
  '401/no-token': () => refuse(401, 'No bearer token provided'),
  '401/text': () => ({ status: 401, outcome: 'refused', body: 'Authorization Required' }),
  403: () => notYours('a2_sandbox'),
  '403/scope': () => refuse(403, 'Missing adsconversions scope to post conversions to Pixel.'),
  '403/json': () => ({
    status: 403, outcome: 'refused',
    body: { success: false, error: { reason: 'UNAUTHORIZED', explanation: 'JSON error unexpected type number on field events metadata value' } },
  }),
  404: () => refuse(404, 'Not Found'),
  429: () => refuse(429, 'Too many requests/events within timeframe.', { 'retry-after': '1' }),
  '429/user-agent': () => refuse(429, 'Your user agent was automatically ratelimited.'),
  500: () => refuse(500, 'The service is currently unavailable. No conversion events were processed.'),
  503: () => ({ status: 503, outcome: 'refused', body: '<html><head><title>503 Service Unavailable</title></head></html>' }),
};

export const errorOfCode = (code: string): Answer | null => byCode[code]?.() ?? null;
