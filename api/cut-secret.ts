import { jsonMembers } from './json-members.ts';

/**
 * Takes a network's secret out of a call before anything of it is stored or shown: the value of that parameter becomes
 * empty wherever the parameter stands, every other byte stays as it came. Works on raw text with one character a byte, so
 * that broken percent signs, repeated names and bytes that are not UTF-8 come through, and on bodies that cannot be parsed.
 */

export interface Cut {
  text: string;
  /** The values that stood there, decoded, in order; for JSON those of the outermost object only. */
  values: string[];
}

/** Query strings and form bodies. */
export function cutFromPairs(text: string, parameter: string): Cut {
  const values: string[] = [];
  const kept = text.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    if (equals === -1 || !sameName(decode(pair.slice(0, equals)), parameter)) return pair;
    values.push(decode(pair.slice(equals + 1)));
    return pair.slice(0, equals + 1);
  });
  return { text: kept.join('&'), values };
}

/** JSON, read leniently: members of that name at any depth lose their value, whatever its type. */
export function cutFromJson(text: string, parameter: string): Cut {
  const values: string[] = [];
  let kept = '';
  let from = 0;
  for (const member of jsonMembers(text, (name) => sameName(name, parameter))) {
    if (member.depth === 1) values.push(member.value);
    kept += `${text.slice(from, member.start)}""`;
    from = member.end;
  }
  return { text: kept + text.slice(from), values };
}

/** Multipart forms; null where the content type names no boundary. */
export function cutFromMultipart(text: string, contentType: string, parameter: string): Cut | null {
  const match = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  if (!match) return null;
  const separator = `\n--${match[1] ?? match[2]}`;
  const values: string[] = [];
  const parts = `\r\n${text}`.split(separator).map((part) => {
    const blank = /\r?\n\r?\n/.exec(part);
    const name = blank && /;\s*name\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(part.slice(0, blank.index));
    if (!blank || !name || !sameName(utf8(name[1] ?? name[2] ?? ''), parameter)) return part;
    const start = blank.index + blank[0].length;
    const end = part.endsWith('\r') ? part.length - 1 : part.length;
    values.push(utf8(part.slice(start, end)));
    return part.slice(0, start) + part.slice(end);
  });
  return { text: parts.join(separator).slice(2), values };
}

/**
 * A body by its content type, and where that does not settle it by its looks: what is valid JSON is read as JSON, what is not
 * may be a form or broken JSON, and loses the value in either spelling.
 */
export function cutFromBody(body: Uint8Array, contentType: string | null, parameter: string): { bytes: Buffer; values: string[] } {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  const multipart = /^\s*multipart\//i.test(contentType ?? '') ? cutFromMultipart(text, contentType!, parameter) : null;
  const cut = multipart ?? cutFromJson(text, parameter);
  if (multipart || isJson(text)) return { bytes: Buffer.from(cut.text, 'latin1'), values: cut.values };
  const pairs = cutFromPairs(cut.text, parameter);
  return { bytes: Buffer.from(pairs.text, 'latin1'), values: [...pairs.values, ...cut.values] };
}

const SWEPT_LENGTH_MIN = 6;

/**
 * For refused calls, in which the parameter may stand in a form that nobody can read: every place where the secret itself
 * stands, plain or percent-encoded, is emptied. One so short that it would be found by accident is left.
 */
export function sweepSecret(text: string, secret: string): string {
  if (secret.length < SWEPT_LENGTH_MIN) return text;
  const encoded = encodeURIComponent(secret);
  return [Buffer.from(secret).toString('latin1'), encoded, encoded.replaceAll('%20', '+')].reduce((rest, form) => rest.replaceAll(form, ''), text);
}

/** As lenient as the most lenient network in the catalog reads names, so that no spelling of the parameter slips through. */
const sameName = (a: string, b: string): boolean => a === b || bare(a) === bare(b);
const bare = (name: string): string => name.toLowerCase().replace(/[\s`\ufeff_-]/g, '');

/** `+` is a space; a percent sign that encodes no byte stands for itself; bytes are UTF-8. */
function decode(text: string): string {
  const bytes = text.replaceAll('+', ' ').replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return utf8(bytes);
}

const utf8 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

const BOM = /^\u00ef\u00bb\u00bf/;
function isJson(text: string): boolean {
  try {
    JSON.parse(text.replace(BOM, ''));
    return true;
  } catch {
    // That it is none is the answer.
    return false;
  }
}
