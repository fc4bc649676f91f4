/** Where members of some name stand in JSON text, without parsing it: also in text that is broken, cut short or repeats names. */

export interface JsonMember {
  /** In how many objects it stands: 1 for the outermost one, also inside an array. */
  depth: number;
  /** The value's place in the text: from `start` up to `end`. */
  start: number;
  end: number;
  /** The value decoded where it is a string, else as it stands. */
  value: string;
}

/** `text` has one character a byte; names and values are decoded as UTF-8. Linear in the length of the text. */
export function* jsonMembers(text: string, wanted: (name: string) => boolean): Generator<JsonMember> {
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      const colon = skipSpace(text, end);
      if (text[colon] === ':' && wanted(decodeString(text.slice(at, end)))) {
        const start = skipSpace(text, colon + 1);
        const valueEnd = endOfValue(text, start);
        yield { depth, start, end: valueEnd, value: decodeString(text.slice(start, valueEnd)) };
        at = valueEnd;
      } else at = end;
      continue;
    }
    if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    at += 1;
  }
}

/** Behind the closing quote; the end of the text where there is none, so that a string cut short is taken whole. */
function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function endOfValue(text: string, start: number): number {
  if (text[start] === '"') return endOfString(text, start);
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === '{' || character === '[') depth += 1;
    else if (depth === 0 && ',}]'.includes(character)) return at;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text[at]!)) at += 1;
  return at;
}

function decodeString(token: string): string {
  const text = Buffer.from(token.trim(), 'latin1').toString('utf8');
  if (!text.startsWith('"')) return text;
  try {
    return JSON.parse(text) as string;
  } catch {
    // A broken escape or a string cut short: its characters as they stand.
    return text.replace(/^"|"$/g, '');
  }
}
