/** TikTok answers HTTP 200 to nearly everything; the body's code tells. */
import type { Answer } from '../../contract.ts';
import { newId } from '../../world.ts';

export const requestId = (): string => `${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}${newId().slice(0, 18).toUpperCase()}`;

export const body = (code: number, message: string, data: unknown = {}): Record<string, unknown> => ({ code, message, request_id: requestId(), data });

export const refuse = (code: number, message: string): Answer => ({ status: 200, outcome: 'refused', body: body(code, message) });

/** What the gateway says before the API: no JSON. */
export const notFound = (): Answer => ({ status: 404, outcome: 'refused', body: '404 page not found' });

const messages: Record<number, string> = {
  20001: 'Partial success',
  40000: 'Invalid request',
  40001: 'No permission to operate the pixel.',
  40002: 'Invalid parameters.',
  40006: 'Resource not found.',
  40007: 'Duplicated resource.',
  40009: 'Invalid file.',
  40010: 'Invalid status.',
  40011: 'Conflicting parameters.',
  40016: 'Too many requests. Please try again later.',
  40050: 'Duplicate request.',
  40051: 'The request was rejected.',
  40100: 'Due to too many requests, requests from App are temporarily restricted.',
  40101: 'App does not exist.',
  40102: 'Access token has expired.',
  40104: 'Access token is missing.',
  40105: 'Access token is incorrect or has been revoked.',
  40106: 'The access token is not valid for this API.',
  40110: 'The auth code has expired.',
  40125: 'The app has no permission for this API.',
  40132: 'Requests for this pixel are temporarily restricted.',
  40133: 'Requests for this advertiser are temporarily restricted.',
  40202: 'Write conflict. Please try again.',
  40300: 'The account has no permission.',
  40301: 'The account is suspended.',
  40700: 'Internal validation failed.',
  41000: 'Unauthorized.',
  50000: 'System error.',
  50002: 'Service error. Please try again later.',
  51305: 'Service timeout.',
  60001: 'The service is under maintenance.',
};

export function errorOfCode(wanted: string): Answer | null {
  if (wanted === '404') return notFound();
  const code = Number(wanted);
  return Number.isInteger(code) && wanted !== '' ? refuse(code, messages[code] ?? 'Unknown error.') : null;
}
