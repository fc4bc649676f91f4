import { type JsonValue, toJson } from './json-body.ts';

/** What an address says after its `?`: every value percent-encoded, what is not known left out. */
export const queryOf = (fields: Record<string, JsonValue>): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => `${encodeURIComponent(name)}=${percentEncoded(typeof value === 'string' ? value : toJson(value))}`)
    .join('&');

/** Half of a surrogate pair, which no encoding knows, becomes the replacement character. */
export const percentEncoded = (text: string): string => encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
