import { createHash } from 'node:crypto';

const HASH = /^[0-9a-f]{64}$/i;

/** SHA-256 as 64 lower-case hex digits. */
export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/**
 * The hash of a raw value after the platform's normalisation, or undefined where there is nothing to hash: the hash of an
 * empty string would match every other empty string. What is already a SHA-256 is passed through, never hashed twice.
 */
export const hashed = (raw: string | null | undefined, normalise: (text: string) => string | null): string | undefined => {
  const text = raw?.trim();
  if (!text) return undefined;
  if (HASH.test(text)) return text.toLowerCase();
  const normal = normalise(text);
  return normal ? sha256(normal) : undefined;
};
