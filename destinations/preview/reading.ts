import Big from 'big.js';
import { asObject, digitsOf, isDecimal, isNumberText } from '../json-body.ts';

/** Reads described values one by one: what has the wrong type costs itself, with a sentence, and nothing else. */

export type Warn = (sentence: string) => void;

export const absent = (value: unknown): value is undefined | null => value === undefined || value === null;

/** A text, from a text or a number. */
export function textIn(value: unknown, name: string, warn: Warn): string | null {
  if (absent(value)) return null;
  if (typeof value === 'string') return value.trim() || null;
  if (typeof value === 'number' && Number.isFinite(value)) return plain(value);
  if (isNumberText(value)) return digitsOf(value);
  warn(`${name} is left out: it is no text.`);
  return null;
}

/** An id as it came, the spaces around it included; from a text or a number. */
export function idIn(value: unknown, name: string, warn: Warn): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : textIn(value, name, warn);
}

/** One text or a list of them. */
export function textsIn(value: unknown, name: string, warn: Warn): string | string[] | null {
  if (!Array.isArray(value)) return textIn(value, name, warn);
  const texts = value.map((each) => textIn(each, name, warn)).filter((text) => text !== null);
  return texts.length > 1 ? texts : (texts[0] ?? null);
}

/** A decimal number as text, from a number or a text; zero is one. */
export function decimalIn(value: unknown, name: string, warn: Warn): string | null {
  if (absent(value) || value === '') return null;
  // As it was written, its last zeros too, wherever the platform takes text.
  if (typeof value === 'string' && value.length <= EXPONENT_MAX && isDecimal(value.trim())) return value.trim();
  const number = bigOf(isNumberText(value) ? digitsOf(value) : value);
  if (number && Math.abs(number.e) <= EXPONENT_MAX) return number.toFixed();
  warn(`${name} is left out: it is no number${number ? ' that an amount could be' : ''}.`);
  return null;
}

/** Beyond it a number is a mistake, and might have a thousand million digits. */
const EXPONENT_MAX = 30;

function bigOf(value: unknown): Big | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  try {
    return new Big(typeof value === 'string' ? value.trim() : value);
  } catch {
    return null; // no number
  }
}

/** A whole number that is not negative, as text. */
export function countIn(value: unknown, name: string, warn: Warn): string | null {
  const decimal = decimalIn(value, name, warn);
  if (decimal === null || /^\d+$/.test(decimal)) return decimal;
  warn(`${name} is left out: it is no whole number.`);
  return null;
}

/** An object whose keys are known; others are ignored, and said to be. */
export function objectIn(value: unknown, name: string, known: readonly string[] | null, warn: Warn): Record<string, unknown> {
  if (absent(value)) return {};
  const object = asObject(value);
  if (!object) {
    warn(`${name} is left out: it is no object.`);
    return {};
  }
  for (const key of Object.keys(object)) if (known && !known.includes(key)) warn(`${name}.${key} is not known and ignored.`);
  return object;
}

const plain = (value: number): string => new Big(value).toFixed();
