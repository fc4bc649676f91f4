import type { BuildContext, ContentItem, OutboundEvent, PlatformRequest } from '../contract.ts';
import { isDecimal, type JsonValue, numberOf, toJson } from '../json-body.ts';
import { contentIdsOf, itemCountOf, moneyOf, withCustom } from '../money.ts';
import { deviceOf, pageOf } from '../visitor.ts';
import { nameOf } from './events.ts';
import type { PinterestSettings } from './settings.ts';
import { userDataOf } from './user-data.ts';

const eventOf = (event: OutboundEvent, ctx: BuildContext) => ({
  event_name: nameOf(event, ctx),
  action_source: actionSourceOf(event, ctx),
  event_time: Math.floor(event.occurredAtMs / 1000),
  event_id: event.eventId,
  event_source_url: pageOf(event) ?? undefined,
  // Pinterest: opt_out, "whether the user has opted out of tracking for targeted advertising".
  opt_out: event.click?.consent.adPersonalization === false ? true : undefined,
  user_data: userDataOf(event, ctx),
  custom_data: customDataOf(event, ctx),
});

/** Pinterest tells apps of iOS from those of Android, which only the browser says; what is neither a website nor an app is offline. */
const actionSourceOf = (event: OutboundEvent, ctx: BuildContext): 'web' | 'app_ios' | 'app_android' | 'offline' => {
  if (event.actionSource === null || event.actionSource === 'website') return 'web';
  if (event.actionSource !== 'app') return 'offline';
  const browser = deviceOf(event).userAgent ?? '';
  if (/android/i.test(browser)) return 'app_android';
  if (/iphone|ipad|ipod|\bios\b|darwin|cfnetwork/i.test(browser)) return 'app_ios';
  ctx.warn?.('action_source is web: Pinterest wants to know whether an app runs on iOS or Android, and the user agent does not tell.');
  return 'web';
};

/** Amounts and prices are text at Pinterest, counts whole numbers. */
const customDataOf = (event: OutboundEvent, ctx: BuildContext) => {
  const money = moneyOf(event, ctx);
  const ids = contentIdsOf(event.contents);
  const contents = event.contents.map((item) => contentOf(item, ctx)).filter((content) => Object.values(content).some((field) => field !== undefined));
  return withCustom({
    ...(money && { value: money.value, currency: money.currency }),
    order_id: event.orderId || undefined,
    content_ids: ids.length > 0 ? ids : undefined,
    contents: contents.length > 0 ? contents : undefined,
    num_items: wholeNumber(itemsIn(event), 'num_items', ctx),
    // Pinterest: "Use Limited Data Processing flag".
    opt_out_type: event.click?.consent.limitedDataUse ? 'LDP' : undefined,
  }, event);
};

const contentOf = ({ id, name, category, brand, quantity, price }: ContentItem, ctx: BuildContext): Record<string, JsonValue> => ({
  id: id ?? undefined,
  item_price: priceOf(price, ctx),
  quantity: wholeNumber(quantity, 'quantity', ctx),
  item_name: name ?? undefined,
  item_category: category ?? undefined,
  item_brand: brand ?? undefined,
});

const priceOf = (text: string | null, ctx: BuildContext): string | undefined => {
  if (text === null || isDecimal(text)) return text ?? undefined;
  ctx.warn?.(`item_price is left out: "${text}" is not a number.`);
  return undefined;
};

/** No sum of quantities where one of them cannot be read. */
const itemsIn = (event: OutboundEvent): string | null =>
  event.contents.every(({ quantity }) => quantity === null || isDecimal(quantity)) ? itemCountOf(event) : event.numItems;

const wholeNumber = (text: string | null, field: string, ctx: BuildContext): JsonValue => {
  if (text === null) return undefined;
  if (/^\d+(\.0+)?$/.test(text)) return numberOf(text);
  ctx.warn?.(`${field} is left out: "${text}" is not a whole number.`);
  return undefined;
};

/** `test=true` validates and stores nothing. */
export const build = (events: OutboundEvent[], settings: PinterestSettings, ctx: BuildContext): PlatformRequest => {
  const data = events.map((event) => eventOf(event, ctx));
  return {
    method: 'POST',
    url: `https://api.pinterest.com/${settings.apiVersion}/ad_accounts/${settings.adAccountId}/events${ctx.validateOnly ? '?test=true' : ''}`,
    headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${settings.accessToken}` },
    body: toJson({ data }),
    sent: data.map((event, index) => ({
      eventId: event.event_id,
      eventTime: String(event.event_time),
      ...(event.user_data.click_id && { click_id: event.user_data.click_id }),
      ...(events[index]?.orderId && { orderId: events[index].orderId }),
    })),
  };
};
