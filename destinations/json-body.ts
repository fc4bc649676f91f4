import Big from 'big.js';

const NUMBER = Symbol('number written as it stands');

/** A JSON number kept as text, so that no digit passes through a float. */
interface NumberText {
  [NUMBER]: string;
}

export type JsonValue = string | number | boolean | null | undefined | NumberText | JsonValue[] | { [key: string]: JsonValue };

const DECIMAL = /^-?\d+(\.\d+)?$/;

export const isDecimal = (text: string): boolean => DECIMAL.test(text);

/** A decimal string as a JSON number in its shortest form: `10.10` -> 10.1, and every digit of a long one. */
export const numberOf = (decimal: string): NumberText => ({ [NUMBER]: new Big(decimal).toFixed() });

export const isNumberText = (value: unknown): value is NumberText => typeof value === 'object' && value !== null && NUMBER in value;

/** The digits of a number that was kept as text. */
export const digitsOf = (number: NumberText): string => number[NUMBER];

/** A string of JSON, or a number of it. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** More digits than a float surely has; an exponent is of no use in an id. */
const isLong = (token: string): boolean => /^-?[\d.]{16,}$/.test(token);
const MARK = '\u0000number:';

/** JSON.parse that keeps a number of more digits than a float has, an id mostly, as `NumberText`. Throws SyntaxError as JSON.parse does. */
export const parseExactly = (text: string): unknown => {
  const parsed: unknown = JSON.parse(text);
  const marked = /[\d.]{16}/.test(text) ? text.replace(STRING_OR_NUMBER, (token) => (isLong(token) ? JSON.stringify(MARK + token) : token)) : text;
  if (marked === text) return parsed;
  return JSON.parse(marked, (_, value: unknown) => (typeof value === 'string' && value.startsWith(MARK) ? numberOf(value.slice(MARK.length)) : value));
};

/** JSON.stringify with `NumberText` as numbers; undefined fields are left out, in arrays too. */
export const toJson = (value: JsonValue): string => {
  if (value === undefined || value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  if (isNumberText(value)) return value[NUMBER];
  if (Array.isArray(value)) return `[${value.filter((item) => item !== undefined).map(toJson).join(',')}]`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${toJson(field)}`).join(',')}}`;
};

/** A JSON object, or null for anything else: HTML, plain text, an empty body, a bare array. */
export const parseObject = (body: string): Record<string, unknown> | null => {
  try {
    return asObject(JSON.parse(body.replace(/^\uFEFF/, '')));
  } catch {
    // Not JSON: said by the null.
    return null;
  }
};

export const asObject = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumberText(value) ? (value as Record<string, unknown>) : null;

export const asArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export const asText = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : null;
