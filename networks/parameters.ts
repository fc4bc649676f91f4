import { createHash } from 'node:crypto';
import type { ReportError } from '../domain/report.ts';
import { readBody } from './body.ts';
import type { PostbackInput } from './contract.ts';
import { elementsOf, isJson, membersOf } from './json-text.ts';
import { isDamaged, pairsOf } from './urlencoded.ts';

/** What came under one name. `text` null: absent (empty, `null`, an unexpanded macro, damaged, nested). */
interface Value {
  text: string | null;
  /** Source of a JSON array or object. */
  nested: string | null;
  /** As it came, to tell two values apart. */
  raw: string;
}

/** The parameters of one call (or the members of one item), and what was odd about them. A Map, so that `__proto__` is a name like any other. */
export interface Parameters {
  values: Map<string, Value>;
  flags: Set<string>;
}

/** How a network spells names: kma by the letter, generic ignoring case, `_` and `-`. */
export type NameRule = (name: string) => string;

/** Blanks and backticks around a name come from documentation that was copied (the guide's `conversion_id`). */
export const plainName: NameRule = (name) => {
  let plain = name.trim();
  while (plain.startsWith('`')) plain = plain.slice(1).trimStart();
  while (plain.endsWith('`')) plain = plain.slice(0, -1).trimEnd();
  return plain;
};

/** Query and body together. The query wins over the body, then the first value; a different later one is flagged. */
export function readParameters(input: PostbackInput, nameRule: NameRule): Parameters | ReportError {
  const { body, flags } = readBody(input.contentType, input.body);
  if (body && 'invalid' in body) return { error: { code: 'body_invalid', message: body.invalid } };
  const parameters: Parameters = { values: new Map(), flags: new Set(flags) };
  const pairs = pairsOf(input.query);
  if (body && 'pairs' in body) pairs.push(...body.pairs);
  for (const [name, value, raw] of pairs) {
    if (name === null) parameters.flags.add('bytes_unreadable');
    else put(parameters, nameRule(name), valueOf(value, raw, parameters.flags));
  }
  if (body && 'object' in body) putMembers(parameters, body.object, nameRule);
  return parameters;
}

/** The objects of a nested list (`items`), as JSON in a JSON body or as JSON text in a parameter. Anything else in it is flagged. */
export function listOf(parameters: Parameters, name: string, nameRule: NameRule): Parameters[] {
  const value = parameters.values.get(name);
  if (!value || ABSENT_WORDS.includes(value.raw)) return [];
  const source = value.nested ?? value.text;
  if (!source?.startsWith('[') || !isJson(source)) {
    parameters.flags.add('items_unreadable');
    return [];
  }
  return elementsOf(source).flatMap((element) => {
    if (!element.startsWith('{')) {
      parameters.flags.add('items_unreadable');
      return [];
    }
    const item: Parameters = { values: new Map(), flags: parameters.flags };
    putMembers(item, element, nameRule);
    return [item];
  });
}

/** The first of the names that carries a value, as trimmed text, or null. Names in the spelling of the network's rule. */
export function textOf(parameters: Parameters, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = parameters.values.get(name);
    if (value?.nested) parameters.flags.add('value_nested');
    if (value?.text != null) return value.text;
  }
  return null;
}

export const carries = (parameters: Parameters, name: string): boolean => parameters.values.has(name);

/** The same parameters give the same hash, whatever their order and whether they came as query, form or JSON. */
export function hashOf(parameters: Parameters): string {
  const pairs = [...parameters.values].map(([name, value]) => [name, value.raw] as const);
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return createHash('sha256').update(JSON.stringify(pairs)).digest('hex');
}

function putMembers(parameters: Parameters, object: string, nameRule: NameRule): void {
  for (const [name, source] of membersOf(object)) {
    if (isDamaged(name)) parameters.flags.add('bytes_unreadable');
    else put(parameters, nameRule(name), memberValue(source, parameters.flags));
  }
}

function put(parameters: Parameters, name: string, value: Value): void {
  if (name === '') return;
  const earlier = parameters.values.get(name);
  if (!earlier) parameters.values.set(name, value);
  else if (earlier.raw !== value.raw) parameters.flags.add('parameter_repeated');
}

function memberValue(source: string, flags: Set<string>): Value {
  if (source.startsWith('{') || source.startsWith('[')) return { text: null, nested: source, raw: source };
  if (source === 'null') return { text: null, nested: null, raw: '' };
  if (!source.startsWith('"')) return valueOf(source, source, flags);
  const text = JSON.parse(source) as string;
  return valueOf(isDamaged(text) ? null : text, source, flags);
}

/** `{status}`, `${status}`, `{{lead.id}}`, also still percent-encoded, anywhere in a value: `order-{orderid}` would be one order for all. A GUID in braces has hyphens. */
const MACRO = /(?:\{|%7b)[a-z_][\w.]*(?:\}|%7d)/i;
/** Not `Null`, which is a family name. */
const ABSENT_WORDS: readonly string[] = ['', 'null', 'NULL', 'undefined'];

function valueOf(decoded: string | null, source: string, flags: Set<string>): Value {
  if (decoded === null) {
    flags.add('bytes_unreadable');
    return { text: null, nested: null, raw: source };
  }
  const raw = decoded.trim();
  if (MACRO.test(raw)) {
    flags.add('macro_unexpanded');
    return { text: null, nested: null, raw };
  }
  return { text: ABSENT_WORDS.includes(raw) ? null : raw, nested: null, raw };
}
