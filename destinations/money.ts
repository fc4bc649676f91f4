import Big from 'big.js';
import type { BuildContext, ContentItem, OutboundEvent } from './contract.ts';
import { isDecimal, type JsonValue } from './json-body.ts';

/** Amounts and contents as platforms take them. Amounts are decimal strings until they are laid out. */

export interface Money {
  value: string;
  /** Three capital letters. */
  currency: string;
}

const ISO_4217: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
export const isIsoCurrency = (code: string): boolean => ISO_4217.has(code);

/**
 * The event's value with its currency, or null. A value without a currency is left out, since a platform would take it for
 * the account's own; so is one in a currency that the platform does not take (`takes`). Said to `ctx.warn`.
 */
export function moneyOf(event: Pick<OutboundEvent, 'value' | 'currency'>, ctx?: Pick<BuildContext, 'warn'>, takes: (code: string) => boolean = isIsoCurrency): Money | null {
  if (event.value === null) return null;
  if (!isDecimal(event.value)) return left(ctx, `the value "${event.value}" is left out: it is not a number.`);
  const currency = event.currency?.trim().toUpperCase();
  if (!currency) return left(ctx, 'The value is left out: it has no currency.');
  if (!takes(currency)) return left(ctx, `The value is left out: the platform takes no amounts in "${event.currency}".`);
  return { value: event.value, currency };
}

const left = (ctx: Pick<BuildContext, 'warn'> | undefined, sentence: string): null => {
  ctx?.warn?.(sentence);
  return null;
};

/** The number of things: what is stated, else the sum of the contents' quantities (one, where a content states none); null where there are no contents. */
export const itemCountOf = ({ numItems, contents }: Pick<OutboundEvent, 'numItems' | 'contents'>): string | null => {
  if (numItems !== null) return numItems;
  if (contents.length === 0) return null;
  return contents.reduce((sum, { quantity }) => sum.plus(quantity ?? 1), new Big(0)).toFixed();
};

/** The ids of the contents that have one. */
export const contentIdsOf = (contents: readonly ContentItem[]): string[] => contents.flatMap(({ id }) => (id === null ? [] : [id]));

const isSaid = ([, value]: [string, JsonValue]): boolean => value !== undefined && value !== null;

/** What was derived with the event's own keys over it, of which a null says nothing; undefined where nothing is left to say. */
export const withCustom = (derived: Record<string, JsonValue>, { custom }: Pick<OutboundEvent, 'custom'>): Record<string, JsonValue> | undefined => {
  const merged = Object.fromEntries([...Object.entries(derived), ...Object.entries(custom)].filter(isSaid));
  return Object.keys(merged).length > 0 ? merged : undefined;
};
