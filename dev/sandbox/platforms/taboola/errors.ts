/**
 * Taboola documents status codes and no bodies: 204 for success, 400 for a postback that it cannot read.
 * https://developers.taboola.com/pixel/docs/postback-url-error-codes
 */
import type { Answer } from '../../contract.ts';

export const accepted = (): Answer => ({ status: 204, outcome: 'accepted', body: '' });

/** Taken without a word and lost: no event of the account answers to it. */
export const dropped = (): Answer => ({ status: 204, outcome: 'refused', body: '' });

export const badRequest = (text: string): Answer => ({ status: 400, outcome: 'refused', body: text });

const byCode: Record<string, Omit<Answer, 'outcome'>> = {
  'click-id': { status: 400, body: 'click-id is not parsable' },
  '400': { status: 400, body: 'Bad Request' },
  '429': { status: 429, headers: { 'retry-after': '1' }, body: 'Too Many Requests' },
  '500': { status: 500, body: 'Internal Server Error' },
  '502': { status: 502, body: '<html><head><title>502 Bad Gateway</title></head></html>' },
  '503': { status: 503, body: '<html><head><title>503 Service Temporarily Unavailable</title></head></html>' },
};

export const errorOfCode = (code: string): Answer | null => (byCode[code] ? { ...byCode[code], outcome: 'refused' } : null);
