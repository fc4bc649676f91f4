/** The words of the validation server, and the few answers of the front end. Source: developers.google.com/analytics/devguides/collection/protocol/ga4/validating-events. */
import type { Answer } from '../../contract.ts';

export const validationCodes = ['VALUE_INVALID', 'VALUE_REQUIRED', 'NAME_INVALID', 'NAME_RESERVED', 'VALUE_OUT_OF_BOUNDS', 'EXCEEDED_MAX_ENTITIES', 'NAME_DUPLICATED'] as const;
export type ValidationCode = (typeof validationCodes)[number];

/** `event`: the index of the event that it concerns, if it concerns one alone. */
export interface ValidationMessage { fieldPath?: string; description: string; validationCode: ValidationCode; event?: number }

/** /mp/collect says 204 to everything that it receives. */
export const received = (outcome: Answer['outcome']): Answer => ({ status: 204, outcome, body: '' });

export const validated = (messages: ValidationMessage[]): Answer => ({
  status: 200,
  outcome: messages.length > 0 ? 'refused' : 'read',
  body: { validationMessages: messages.map(({ fieldPath, description, validationCode }) => ({ ...(fieldPath ? { fieldPath } : {}), description, validationCode })) },
});

export const notFoundPage = (): Answer => page(404, 'Not Found');
const page = (status: number, text: string): Answer => ({ status, outcome: 'refused', body: `<!DOCTYPE html>\n<html lang=en>\n<title>Error ${status} (${text})!!1</title>\n` });

const pages: Record<string, string> = { 404: 'Not Found', 413: 'Request Entity Too Large', 429: 'Too Many Requests', 500: 'Server Error', 502: 'Server Error', 503: 'Service Unavailable', 504: 'Gateway Timeout' };

/** An HTTP status, or a validation code: which shows at the validation server alone, elsewhere the event is dropped in silence. */
export function errorOfCode(code: string, path: string): Answer | null {
  if (pages[code]) return page(Number(code), pages[code]);
  const validationCode = validationCodes.find((one) => one === code);
  if (!validationCode) return null;
  return path.startsWith('/debug/') ? validated([{ fieldPath: 'events', description: 'The sandbox was told to refuse this event.', validationCode }]) : received('refused');
}
