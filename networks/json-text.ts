/**
 * Takes JSON apart into the text of its values, since `JSON.parse` would turn `1200.10` into a float and keep the last of
 * two equal keys without a word. Only for text that `JSON.parse` has accepted: then this little scanner cannot go astray.
 * It does not recurse, so deep nesting costs nothing.
 */

export const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** The members of an object, in order, repeated keys included, each value as the text it has in the source. */
export function membersOf(source: string): [name: string, value: string][] {
  const members: [string, string][] = [];
  let at = source.indexOf('{') + 1;
  for (;;) {
    at = skipBlanks(source, at);
    if (source[at] !== '"') return members;
    const nameEnd = endOfText(source, at);
    const name = JSON.parse(source.slice(at, nameEnd)) as string;
    const start = skipBlanks(source, source.indexOf(':', nameEnd) + 1);
    const end = endOfValue(source, start);
    members.push([name, source.slice(start, end)]);
    at = skipBlanks(source, end) + 1;
  }
}

/** The elements of an array, each as the text it has in the source. */
export function elementsOf(source: string): string[] {
  const elements: string[] = [];
  let at = source.indexOf('[') + 1;
  for (;;) {
    at = skipBlanks(source, at);
    if (at >= source.length || source[at] === ']') return elements;
    const end = endOfValue(source, at);
    elements.push(source.slice(at, end));
    at = skipBlanks(source, end) + 1;
  }
}

function skipBlanks(source: string, from: number): number {
  let at = from;
  while (source[at] === ' ' || source[at] === '\n' || source[at] === '\r' || source[at] === '\t') at += 1;
  return at;
}

function endOfText(source: string, start: number): number {
  let at = start + 1;
  while (at < source.length && source[at] !== '"') at += source[at] === '\\' ? 2 : 1;
  return at + 1;
}

function endOfValue(source: string, start: number): number {
  const first = source[start];
  if (first === '"') return endOfText(source, start);
  let at = start;
  if (first !== '{' && first !== '[') {
    while (at < source.length && !/[,\]}\s]/.test(source[at]!)) at += 1;
    return at;
  }
  let depth = 0;
  do {
    const char = source[at];
    if (char === '{' || char === '[') depth += 1;
    if (char === '}' || char === ']') depth -= 1;
    at = char === '"' ? endOfText(source, at) : at + 1;
  } while (depth > 0 && at < source.length);
  return at;
}
