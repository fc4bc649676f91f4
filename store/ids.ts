import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** The largest multiple of 62 in a byte: bytes from here on are thrown away, so that every character is equally likely. */
const UNBIASED = 248;
const TIME_CHARACTERS = 8;

/** Random base62 text. */
export function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < UNBIASED && text.length < length) text += ALPHABET[byte % 62];
    }
  }
  return text;
}

/** A property's tag key or postback key: 12 base62 characters, 71 random bits. */
export const newKey = (): string => randomBase62(12);

/** A document's id, 18 base62 characters: 8 of the time in ms, so that ids sort by creation, and 10 random ones. */
export function newId(nowMs: number): string {
  let time = '';
  for (let rest = nowMs; time.length < TIME_CHARACTERS; rest = Math.floor(rest / 62)) time = ALPHABET[rest % 62] + time;
  return time + randomBase62(10);
}
