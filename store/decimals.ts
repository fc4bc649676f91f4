import { Decimal128 } from 'mongodb';
import type { Conversion, Delivery, HistoryEntry } from '../domain/conversion.ts';
import type { ConversionDoc } from './documents.ts';

/** Money is a decimal string in the domain and Decimal128 in MongoDB: never a float on the way. */

const MONEY = ['amount', 'orderValue', 'value'] as const;
const DIGITS_MAX = 34;

type Money = { amount?: unknown; orderValue?: unknown; value?: unknown };

/** Decimal128 holds 34 digits; a longer number stays text, so that nothing is rounded. */
export function toDecimal(text: string): Decimal128 | string {
  return text.replace(/[^0-9]/g, '').replace(/^0+/, '').length > DIGITS_MAX ? text : Decimal128.fromString(text);
}

/** Plain decimal text: Decimal128 writes large and tiny numbers with an exponent. */
export function fromDecimal(value: Decimal128 | string): string {
  const text = value.toString();
  const match = /^(-?)(\d)(?:\.(\d+))?E([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = '', first = '', rest = '', exponent] = match;
  const digits = first + rest;
  const point = 1 + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function encode<T extends Money>(record: T): T {
  const out: T = { ...record };
  for (const field of MONEY) if (typeof out[field] === 'string') out[field] = toDecimal(out[field] as string) as never;
  return out;
}

function decode<T extends Money>(record: T): T {
  const out: T = { ...record };
  for (const field of MONEY) if (out[field] != null) out[field] = fromDecimal(out[field] as Decimal128) as never;
  return out;
}

export function conversionToFields(conversion: Conversion): Omit<ConversionDoc, '_id' | 'revision' | 'dueAt' | 'restDueAt' | 'openDestinations' | 'parkedDestinations' | 'createdAt' | 'updatedAt'> {
  const { id: _, ...rest } = conversion;
  return { ...encode(rest), history: conversion.history.map(encode), deliveries: conversion.deliveries.map(encode) } as never;
}

export function conversionFromDoc(doc: ConversionDoc): Conversion {
  const { _id, revision: _r, dueAt: _d, restDueAt: _s, openDestinations: _o, parkedDestinations: _p, createdAt: _c, updatedAt: _u, ...rest } = doc;
  const plain = decode(rest) as unknown as Conversion;
  return {
    ...plain,
    id: _id,
    history: doc.history.map(decode) as unknown as HistoryEntry[],
    deliveries: doc.deliveries.map(decode) as unknown as Delivery[],
  };
}
