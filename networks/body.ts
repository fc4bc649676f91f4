import { TextDecoder } from 'node:util';
import { elementsOf, isJson } from './json-text.ts';
import { multipartPairs } from './multipart.ts';
import { type Pair, pairsOf } from './urlencoded.ts';

/** A body is form-like pairs, the source of one JSON object, nothing, not readable at all, or not what its type says. */
export type Body =
  | { pairs: Pair[] }
  | { object: string }
  | { invalid: string };

export interface BodyReading {
  body: Body | null;
  flags: string[];
}

/**
 * Reads a body by its content type: JSON, forms, multipart. Anything else, `text/plain` or no type at all, says nothing about
 * the body, so it is judged by its looks, and one that looks like nothing known is left alone and flagged.
 */
export function readBody(contentType: string | null, raw: string | Uint8Array | null): BodyReading {
  const type = contentType?.split(';', 1)[0]!.trim().toLowerCase() ?? '';
  const { decode, flags } = charsetOf(contentType);
  const text = (raw === null ? '' : typeof raw === 'string' ? raw : decode(raw)).replace(/^\ufeff/, '');
  if (text.trim() === '') return { body: null, flags };

  if (type === 'application/x-www-form-urlencoded') return { body: form(text, decode), flags };
  if (/[/+]json$/.test(type)) return { body: json(text), flags };
  if (type === 'multipart/form-data') {
    const pairs = multipartPairs(contentType!, text);
    return { body: pairs ? { pairs } : { invalid: 'The body is not the multipart form that its content type says.' }, flags };
  }

  if (/^\s*[{[]/.test(text) && isJson(text)) return { body: json(text), flags };
  if (/^\s*[^\s=&<>{}[\]"]+=/.test(text)) return { body: { pairs: pairsOf(text.trim(), decode) }, flags };
  return { body: null, flags: [...flags, 'body_unread'] };
}

function form(text: string, decode: (bytes: Uint8Array) => string): Body {
  if (/^\s*[{[]/.test(text) && isJson(text)) return { invalid: 'The body is JSON, but its content type says that it is a form.' };
  return { pairs: pairsOf(text.trim(), decode) };
}

/** One object, or an array with one object in it. */
function json(text: string): Body {
  if (!isJson(text)) return { invalid: 'The body is not valid JSON.' };
  const source = text.trim();
  if (source.startsWith('{')) return { object: source };
  const elements = source.startsWith('[') ? elementsOf(source) : [];
  if (elements.length === 1 && elements[0]!.startsWith('{')) return { object: elements[0]! };
  return { invalid: 'The body is JSON, but not one object: one postback is one report.' };
}

type Decoder = InstanceType<typeof TextDecoder>;
const decoders = new Map<string, Decoder>();

function charsetOf(contentType: string | null): { decode: (bytes: Uint8Array) => string; flags: string[] } {
  const label = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  const known = decoderFor(label);
  const decoder = known ?? decoderFor('utf-8')!;
  return { decode: (bytes) => decoder.decode(bytes), flags: known ? [] : ['charset_unknown'] };
}

function decoderFor(label: string): Decoder | null {
  const key = label.toLowerCase();
  const cached = decoders.get(key);
  if (cached) return cached;
  try {
    const decoder = new TextDecoder(key);
    decoders.set(key, decoder);
    return decoder;
  } catch {
    // Not a name of the Encoding Standard: the caller reads UTF-8 and flags it. Not cached, labels come from outside.
    return null;
  }
}
