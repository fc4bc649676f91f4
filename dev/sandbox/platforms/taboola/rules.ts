/**
 * What Taboola needs of one conversion, in the postback URL (texts) and in the bulk call (JSON).
 * https://developers.taboola.com/pixel/docs/the-postback-url
 * https://developers.taboola.com/pixel/docs/bulk-submit-s2s-conversions
 */
import { isObject, isText, minute } from '../../checks.ts';
import type { Json } from '../../checks.ts';

export interface Action {
  name: string;
  atMs: number;
  revenue: number | null;
  currency: string | null;
  orderId: string | null;
}

const currencies = new Set('AUD BRL CAD CNY EUR GBP HKD ILS INR JPY KRW MXN NZD RUB SGD THB TRY USD ZAR'.split(' '));
const actionKeys = new Set(['click-id', 'timestamp', 'name', 'revenue', 'currency', 'orderid', 'quantity']);
const postbackKeys = new Set([...actionKeys].filter((key) => key !== 'timestamp'));

/** 66 characters or more of URL-safe base64, case-sensitive. A macro or a lower-case copy is none. */
export const isClickId = (value: unknown): value is string => typeof value === 'string' && /^[A-Za-z0-9_-]{66,}$/.test(value) && value !== value.toLowerCase();

/** A time below this one, of September 2001, was meant in seconds. */
const millisecondsMin = 1_000_000_000_000;
const isMilliseconds = (value: unknown, nowMs: number): value is number => Number.isInteger(value) && Number(value) >= millisecondsMin && Number(value) <= nowMs + minute;

const isAmount = (value: unknown): boolean => value === undefined || (typeof value === 'number' && Number.isFinite(value) && value >= 0);
const isQuantity = (value: unknown): boolean => value === undefined || (Number.isInteger(value) && Number(value) > 0);
const isCurrency = (value: unknown): boolean => value === undefined || (typeof value === 'string' && currencies.has(value));

/** One element of `actions`, or null where Taboola can make nothing of it: the bulk call does not validate, it drops. */
export function bulkAction(action: unknown, nowMs: number): Action | null {
  if (!isObject(action) || Object.keys(action).some((key) => !actionKeys.has(key))) return null;
  return isMilliseconds(action.timestamp, nowMs) ? readAction(action, action.timestamp) : null;
}

/** The parameters of a postback as an action of this moment: numbers are texts in a URL. */
export function postbackAction(query: URLSearchParams, nowMs: number): Action | null {
  if ([...query.keys()].some((key) => !postbackKeys.has(key) || query.getAll(key).length > 1)) return null;
  const action: Json = Object.fromEntries(query);
  for (const key of ['revenue', 'quantity']) {
    if (action[key] !== undefined) action[key] = /^\d+(\.\d+)?$/.test(String(action[key])) ? Number(action[key]) : NaN;
  }
  return readAction(action, nowMs);
}

function readAction(action: Json, atMs: number): Action | null {
  const { 'click-id': clickId, name, revenue, currency, orderid, quantity } = action;
  const isKnown = isClickId(clickId) && isText(name) && isAmount(revenue) && isQuantity(quantity) && isCurrency(currency);
  if (!isKnown || (orderid !== undefined && !isText(orderid))) return null;
  return {
    name, atMs,
    revenue: (revenue as number | undefined) ?? null, currency: (currency as string | undefined) ?? null, orderId: orderid ?? null,
  };
}
