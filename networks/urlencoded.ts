/**
 * Query strings and forms: `name=value&name=value`, `+` for a blank, percent signs for bytes. Damage stays inside its own
 * name or value: it comes out as null.
 */

export type Pair = [name: string | null, value: string | null, raw: string];

/** `decode` turns the bytes of percent signs into text, U+FFFD for what is none. */
export function pairsOf(text: string, decode: (bytes: Uint8Array) => string = utf8): Pair[] {
  const pairs: Pair[] = [];
  for (const part of text.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    const value = equals < 0 ? '' : part.slice(equals + 1);
    pairs.push([component(name, decode), component(value, decode), value]);
  }
  return pairs;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const utf8 = (bytes: Uint8Array): string => decoder.decode(bytes);

function component(text: string, decode: (bytes: Uint8Array) => string): string | null {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return isDamaged(spaced) ? null : spaced;
  if (/%(?![0-9A-Fa-f]{2})/.test(spaced)) return null;
  const decoded = spaced.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => decode(Buffer.from(run.replaceAll('%', ''), 'hex')));
  return isDamaged(decoded) ? null : decoded;
}

/** Text that was no text: bytes that are not of the encoding (U+FFFD since decoding), half a surrogate pair, a NUL. */
export const isDamaged = (text: string): boolean => /[\0\ufffd\p{Surrogate}]/u.test(text);
