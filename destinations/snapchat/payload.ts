import { percentEncoded } from '../query.ts';
import type { ActionSource, BuildContext, ContentItem, OutboundEvent, PlatformRequest } from '../contract.ts';
import { oneOrList } from '../fields.ts';
import { isDecimal, type JsonValue, numberOf, toJson } from '../json-body.ts';
import { contentIdsOf, itemCountOf, moneyOf, withCustom } from '../money.ts';
import { pageOf } from '../visitor.ts';
import { nameOf } from './events.ts';
import type { SnapchatSettings } from './settings.ts';
import { userDataOf } from './user-data.ts';

/** Snap: "Offline Events", Action Sources: what is neither a website nor an app is offline. */
const actionSourceOf = (source: ActionSource | null): 'WEB' | 'MOBILE_APP' | 'OFFLINE' => {
  if (source === null || source === 'website') return 'WEB';
  return source === 'app' ? 'MOBILE_APP' : 'OFFLINE';
};

/** Limited Data Use, country and state left to Snapchat's own geolocation (Snap: "Conversions API: Parameters", LDU). */
const limitedDataUse = { data_processing_options: ['LDU'], data_processing_options_country: 0, data_processing_options_state: 0 };

const eventOf = (event: OutboundEvent, ctx: BuildContext) => ({
  event_name: nameOf(event, ctx),
  event_time: Math.floor(event.occurredAtMs / 1000),
  event_id: event.eventId || undefined,
  action_source: actionSourceOf(event.actionSource),
  event_source_url: pageOf(event) ?? undefined,
  user_data: userDataOf(event, ctx),
  custom_data: customDataOf(event, ctx),
  ...(event.click?.consent.limitedDataUse && limitedDataUse),
});

const customDataOf = (event: OutboundEvent, ctx: BuildContext) => {
  const money = moneyOf(event, ctx);
  const ids = contentIdsOf(event.contents);
  const contents = event.contents.filter(({ id }) => id !== null).map((item) => contentOf(item, ctx));
  return withCustom({
    ...(money && { value: numberOf(money.value), currency: money.currency }),
    order_id: event.orderId || undefined,
    content_ids: ids.length > 0 ? ids : undefined,
    content_category: namesOf(event.contents, 'category'),
    brands: namesOf(event.contents, 'brand'),
    contents: contents.length > 0 ? contents : undefined,
    num_items: countOf(itemsIn(event), ctx),
  }, event);
};

const namesOf = (contents: readonly ContentItem[], field: 'category' | 'brand'): string | string[] | undefined =>
  oneOrList([...new Set(contents.flatMap((item) => item[field] ?? []))]);

/** Quantities and prices of contents are text at Snapchat, unlike the value of the event (business-sdk-v3: Content). */
const contentOf = ({ id, quantity, price, brand }: ContentItem, ctx: BuildContext): JsonValue => ({
  id,
  quantity: decimalText(quantity, 'quantity', ctx),
  item_price: decimalText(price, 'item_price', ctx),
  brand: brand ?? undefined,
});

const decimalText = (text: string | null, field: string, ctx: BuildContext): string | undefined => {
  if (text === null || isDecimal(text)) return text ?? undefined;
  ctx.warn?.(`${field} is left out: "${text}" is not a number.`);
  return undefined;
};

/** No sum of quantities where one of them cannot be read. */
const itemsIn = (event: OutboundEvent): string | null =>
  event.contents.every(({ quantity }) => quantity === null || isDecimal(quantity)) ? itemCountOf(event) : event.numItems;

const countOf = (text: string | null, ctx: BuildContext): JsonValue => {
  if (text === null) return undefined;
  if (/^\d+(\.0+)?$/.test(text)) return numberOf(text);
  ctx.warn?.(`num_items is left out: "${text}" is not a whole number.`);
  return undefined;
};

/** Snapchat takes its token in the address only. It is cut from records percent-encoded too. */
const addressOf = ({ apiVersion, pixelId, accessToken }: SnapchatSettings, { validateOnly }: BuildContext): string =>
  `https://tr.snapchat.com/${apiVersion}/${percentEncoded(pixelId)}/events${validateOnly ? '/validate' : ''}?access_token=${percentEncoded(accessToken)}`;

export const build = (events: OutboundEvent[], settings: SnapchatSettings, ctx: BuildContext): PlatformRequest => {
  const data = events.map((event) => eventOf(event, ctx));
  const encoded = percentEncoded(settings.accessToken);
  return {
    method: 'POST',
    url: addressOf(settings, ctx),
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: toJson({ data }),
    sent: data.map((event, index) => ({
      ...(event.event_id && { eventId: event.event_id }),
      eventTime: String(event.event_time),
      ...(event.user_data.sc_click_id && { sc_click_id: event.user_data.sc_click_id }),
      ...(events[index]?.orderId && { orderId: events[index].orderId }),
    })),
    secrets: encoded === settings.accessToken ? [] : [encoded],
  };
};
