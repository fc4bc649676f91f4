/** Snap answers `{status, reason}`: VALID or INVALID, https://developers.snap.com/api/marketing-api/Conversions-API/VerifySetUp. */
import type { Answer } from '../../contract.ts';

export interface Failed { index: number; reason: string }

export const taken = (outcome: 'accepted' | 'read'): Answer => ({
  status: 200, outcome, body: { status: 'VALID', reason: 'Events have been processed successfully.' },
});

export const invalid = (reason: string, failed: Failed[] = []): Answer => ({
  status: 400, outcome: 'refused',
  body: { status: 'INVALID', reason, ...(failed.length === 0 ? {} : { error_records: failed.map(({ index, reason: why }) => ({ index, reason: why })) }) },
});

const refuse = (status: number, reason: string, headers: Record<string, string> = {}): Answer => ({ status, headers, outcome: 'refused', body: { status: 'ERROR', reason } });

/** By HTTP status. Snap publishes the texts of the 400s only. */
const byCode: Record<string, () => Answer> = {
  400: () => invalid('Invalid request.'),
  401: () => refuse(401, 'Invalid access token'),
  403: () => refuse(403, 'The access token has no permission for this asset.'),
  404: () => refuse(404, 'Not found'),
  413: () => refuse(413, 'The request is too large.'),
  429: () => refuse(429, 'Too many requests', { 'retry-after': '5' }),
  500: () => refuse(500, 'Internal server error'),
  502: () => ({ status: 502, outcome: 'refused', body: '<html><head><title>502 Bad Gateway</title></head></html>' }),
  503: () => refuse(503, 'Service unavailable'),
};

export const errorOfCode = (code: string): Answer | null => byCode[code]?.() ?? null;
