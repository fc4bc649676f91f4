import { createHash } from 'node:crypto';

const HASH = /^[0-9a-f]{64}$/i;

/** Whether a value is a SHA-256 in hex already. */
export const isSha256 = (text: string): boolean => HASH.test(text);

/** SHA-256 as 64 lower-case hex digits. */
export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
