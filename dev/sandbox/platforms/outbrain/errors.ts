/** Outbrain's tracking pixel has no errors of its own: whatever is sent, it answers 2xx. Only the servers before it can fail. */
import type { Answer } from '../../contract.ts';

export const accepted = (): Answer => ({ status: 200, outcome: 'accepted', body: '' });

/** The same answer, and no conversion in the dashboard. */
export const dropped = (): Answer => ({ status: 200, outcome: 'refused', body: '' });

export const notFound = (): Answer => ({ status: 404, outcome: 'refused', body: 'Not Found' });

const byCode: Record<string, Omit<Answer, 'outcome'>> = {
  '404': { status: 404, body: 'Not Found' },
  '429': { status: 429, headers: { 'retry-after': '1' }, body: 'Too Many Requests' },
  '500': { status: 500, body: 'Internal Server Error' },
  '502': { status: 502, body: '<html><head><title>502 Bad Gateway</title></head></html>' },
  '503': { status: 503, body: '<html><head><title>503 Service Temporarily Unavailable</title></head></html>' },
};

export const errorOfCode = (code: string): Answer | null => (byCode[code] ? { ...byCode[code], outcome: 'refused' } : null);
