/** Pinterest's API errors, `{code, message}`: https://developers.pinterest.com/docs/api/v5/events-create/. */
import type { Answer } from '../../contract.ts';

export interface EventStatus { status: 'processed' | 'failed'; error_message: string; warning_message: string }

export const refuse = (status: number, code: number, message: string, headers: Record<string, string> = {}): Answer => ({
  status, headers, outcome: 'refused', body: { code, message },
});

export const badRequest = (message: string): Answer => refuse(400, 4196, `The request was invalid. ${message}`);

export const report = (events: EventStatus[]): Record<string, unknown> => ({
  num_events_received: events.length,
  num_events_processed: events.filter(({ status }) => status === 'processed').length,
  events,
});

/** 422 is a DetailedError: the report is in its details. The number of its code is not published. */
export const notAllProcessed = (events: EventStatus[], outcome: 'accepted' | 'refused'): Answer => ({
  status: 422, outcome, body: { code: 4196, message: 'Not all events were successfully processed.', details: report(events) },
});

const byCode: Record<string, () => Answer> = {
  2: () => refuse(401, 2, 'Authentication failed.'),
  3: () => refuse(401, 3, 'Authorization failed.'),
  8: () => refuse(429, 8, 'This request exceeded a rate limit. This can happen if the client exceeds one of the published rate limits within a short time window.', { 'retry-after': '60' }),
  29: () => refuse(403, 29, 'You are not permitted to access that resource.'),
  4196: () => refuse(400, 4196, 'The request was invalid.'),
  4197: () => refuse(503, 4197, 'The endpoint has been ramped down and is currently not accepting any traffic.'),
  404: () => refuse(404, 0, 'Not found.'),
  422: () => notAllProcessed([{ status: 'failed', error_message: 'The event could not be processed.', warning_message: '' }], 'refused'),
  500: () => refuse(500, 0, 'Unexpected error.'),
};
/** The HTTP status as a name of its only code. */
const codeOfStatus: Record<string, string> = { 400: '4196', 401: '2', 403: '29', 429: '8', 503: '4197' };

export const errorOfCode = (code: string): Answer | null => byCode[codeOfStatus[code] ?? code]?.() ?? null;
