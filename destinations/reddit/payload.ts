import type { ActionSource, BuildContext, ContentItem, OutboundEvent, PlatformRequest } from '../contract.ts';
import { isDecimal, type JsonValue, numberOf, toJson } from '../json-body.ts';
import { itemCountOf, moneyOf, withCustom } from '../money.ts';
import { pageOf } from '../visitor.ts';
import { type EventType, takesCount, takesValue, typeOf } from './events.ts';
import type { RedditSettings } from './settings.ts';
import { matchKeysOf } from './user-data.ts';

/** Reddit: "Omnichannel attribution". */
const actionSourceOf = (source: ActionSource | null): 'WEBSITE' | 'APP' | 'PHYSICAL_STORE' | 'OTHER' => {
  if (source === null || source === 'website') return 'WEBSITE';
  if (source === 'app') return 'APP';
  return source === 'physical_store' ? 'PHYSICAL_STORE' : 'OTHER';
};

const eventOf = (event: OutboundEvent, ctx: BuildContext) => {
  const { clickId, user } = matchKeysOf(event, ctx);
  const actionSource = actionSourceOf(event.actionSource);
  const type = typeOf(event);
  return {
    event_at: Math.floor(event.occurredAtMs),
    action_source: actionSource,
    // Reddit: event_source_url, for events of websites only.
    event_source_url: actionSource === 'WEBSITE' ? (pageOf(event) ?? undefined) : undefined,
    type,
    click_id: clickId,
    user: Object.values(user).some((value) => value !== undefined) ? user : undefined,
    metadata: metadataOf(event, type, ctx),
  };
};

/** Reddit knows a repeat by `conversion_id`; it has no field for an order number. */
const metadataOf = (event: OutboundEvent, type: EventType, ctx: BuildContext) => {
  const money = moneyOf(event, ctx);
  if (money && !takesValue(type)) ctx.warn?.(`The value is left out: Reddit takes none with ${type.tracking_type}.`);
  const products = event.contents.flatMap((item) => productOf(item, ctx) ?? []);
  return withCustom({
    conversion_id: event.eventId || undefined,
    ...(money && takesValue(type) && { value: numberOf(money.value), currency: money.currency }),
    item_count: takesCount(type) ? numeric(itemsIn(event), 'item_count', /^\d+(\.0+)?$/, ctx) : undefined,
    products: products.length > 0 ? products : undefined,
  }, event);
};

/** A product without an id is refused, so it is left out. */
const productOf = ({ id, name, category, quantity, price }: ContentItem, ctx: BuildContext): JsonValue => {
  if (id === null) {
    ctx.warn?.('A product is left out: Reddit takes none without an id.');
    return undefined;
  }
  return {
    id,
    name: name ?? undefined,
    category: category ?? undefined,
    quantity: numeric(quantity, 'quantity', /^\d+(\.0+)?$/, ctx),
    item_price: numeric(price, 'item_price', /./, ctx),
  };
};

/** No sum of quantities where one of them cannot be read. */
const itemsIn = (event: OutboundEvent): string | null =>
  event.contents.every(({ quantity }) => quantity === null || isDecimal(quantity)) ? itemCountOf(event) : event.numItems;

const numeric = (text: string | null, field: string, shape: RegExp, ctx: BuildContext): JsonValue => {
  if (text === null) return undefined;
  if (isDecimal(text) && shape.test(text)) return numberOf(text);
  ctx.warn?.(`${field} is left out: "${text}" is not such a number.`);
  return undefined;
};

export const addressOf = ({ apiVersion, pixelId }: RedditSettings): string =>
  `https://ads-api.reddit.com/api/${apiVersion}/pixels/${pixelId}/conversion_events`;

export const headersOf = ({ accessToken }: RedditSettings): Record<string, string> => ({
  'content-type': 'application/json',
  accept: 'application/json',
  authorization: `Bearer ${accessToken}`,
});

export const build = (events: OutboundEvent[], settings: RedditSettings, ctx: BuildContext): PlatformRequest => {
  const data = events.map((event) => eventOf(event, ctx));
  return {
    method: 'POST',
    url: addressOf(settings),
    headers: headersOf(settings),
    body: toJson({ data: { test_id: settings.testId, events: data } }),
    sent: data.map((event, index) => ({
      ...(events[index]?.eventId && { eventId: events[index].eventId }),
      eventAt: String(event.event_at),
      ...(event.click_id && { click_id: event.click_id }),
    })),
  };
};
