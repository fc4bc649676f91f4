/** What goes wrong at the other end of an outgoing webhook: the receiver's own words, a tracker's texts, and any HTTP status. */
import type { Answer } from '../../contract.ts';

export const refuse = (status: number, message: string): Answer => ({ status, outcome: 'refused', body: { error: message } });

/** Trackers that answer 200 to everything tell an error only in the text. */
export const errorText = (text: string): Answer => ({ status: 200, outcome: 'refused', body: `Error: ${text}` });

export const notFoundPage = (): Answer => ({ status: 404, outcome: 'refused', body: '<html><head><title>404 Not Found</title></head></html>' });

const statuses: Record<string, string> = {
  400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 408: 'Request Timeout', 409: 'Conflict', 410: 'Gone', 413: 'Payload Too Large',
  422: 'Unprocessable Content', 425: 'Too Early', 429: 'Too Many Requests', 500: 'Internal Server Error', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout',
};
const headersOf: Record<string, Record<string, string>> = {
  301: { location: 'https://elsewhere.example/hook' },
  302: { location: 'https://elsewhere.example/hook' },
  307: { location: 'https://elsewhere.example/hook' },
  308: { location: 'https://elsewhere.example/hook' },
  429: { 'retry-after': '1' },
  503: { 'retry-after': '1' },
};
const texts: Record<string, string> = {
  'click-not-found': 'click not found',
  'duplicate': 'conversion already exists',
  'internal': 'internal error, try again later',
};

/** A status, or the name of a text that comes with 200. */
export function errorOfCode(code: string): Answer | null {
  if (texts[code]) return errorText(texts[code]);
  const reason = statuses[code];
  const headers = headersOf[code];
  if (!reason && !headers) return null;
  return { status: Number(code), headers, outcome: 'refused', body: reason ? { error: reason } : '' };
}
