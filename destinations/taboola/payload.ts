import type { BuildContext, OutboundEvent, PlatformRequest } from '../contract.ts';
import { type JsonValue, numberOf, toJson } from '../json-body.ts';
import { itemCountOf, moneyOf, withCustom } from '../money.ts';
import { percentEncoded, queryOf } from '../query.ts';
import { clickIdOf } from './click-id.ts';
import type { TaboolaSettings } from './settings.ts';

/**
 * Taboola: "The S2S postback URL" and "Bulk submit S2S conversions". Both take the same fields; only the bulk form has a time.
 * An amount in another currency is left out: without a currency Taboola would take it for the account's own.
 */
const CURRENCIES: ReadonlySet<string> = new Set([
  'AUD', 'BRL', 'CAD', 'CNY', 'EUR', 'GBP', 'HKD', 'ILS', 'INR', 'JPY', 'KRW', 'MXN', 'NZD', 'RUB', 'SGD', 'THB', 'TRY', 'USD', 'ZAR',
]);

const quantityOf = (event: OutboundEvent, ctx?: BuildContext): string | undefined => {
  const count = itemCountOf(event);
  if (count === null || /^\d+$/.test(count)) return count ?? undefined;
  ctx?.warn?.(`quantity is left out: "${count}" is no whole number.`);
  return undefined;
};

/** Amounts as text; the bulk form makes numbers of them. */
const actionOf = (event: OutboundEvent, number: (decimal: string) => JsonValue, ctx?: BuildContext): Record<string, JsonValue> => {
  const money = moneyOf(event, ctx, (code) => CURRENCIES.has(code));
  const quantity = quantityOf(event, ctx);
  return {
    ...withCustom({
      name: event.name,
      ...(money && { revenue: number(money.value), currency: money.currency }),
      orderid: event.orderId || undefined,
      quantity: quantity === undefined ? undefined : number(quantity),
    }, event),
  };
};

const postbackUrl = (event: OutboundEvent, ctx?: BuildContext): string =>
  `https://trc.taboola.com/actions-handler/log/3/s2s-action?${queryOf({ 'click-id': clickIdOf(event, ctx), ...actionOf(event, (decimal) => decimal, ctx) })}`;

const bulkAction = (event: OutboundEvent, ctx: BuildContext): JsonValue => ({
  'click-id': clickIdOf(event, ctx),
  timestamp: Math.floor(event.occurredAtMs),
  ...actionOf(event, numberOf, ctx),
});

/** The postback URL takes one event, so only equal calls are the same request. */
export const together = (event: OutboundEvent, { accountId }: TaboolaSettings): string => (accountId ? 'bulk' : postbackUrl(event));

export const build = (events: OutboundEvent[], { accountId }: TaboolaSettings, ctx: BuildContext): PlatformRequest => ({
  ...(accountId ? bulkRequest(accountId, events, ctx) : postbackRequest(events[0]!, ctx)),
  sent: events.map((event) => ({
    name: event.name,
    ...(clickIdOf(event) && { clickId: clickIdOf(event)! }),
    ...(event.orderId && { orderId: event.orderId }),
  })),
});

const postbackRequest = (event: OutboundEvent, ctx: BuildContext): Omit<PlatformRequest, 'sent'> => ({
  method: 'GET',
  url: postbackUrl(event, ctx),
  headers: {},
  body: null,
});

const bulkRequest = (accountId: string, events: OutboundEvent[], ctx: BuildContext): Omit<PlatformRequest, 'sent'> => ({
  method: 'POST',
  url: `https://trc.taboola.com/${percentEncoded(accountId)}/log/3/bulk-s2s-action`,
  headers: { 'content-type': 'application/json' },
  body: toJson({ actions: events.map((event) => bulkAction(event, ctx)) }),
});
