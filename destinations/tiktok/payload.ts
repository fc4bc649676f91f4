import type { ActionSource, BuildContext, ContentItem, OutboundEvent, PlatformRequest } from '../contract.ts';
import { asObject, digitsOf, isNumberText, numberOf, toJson, type JsonValue } from '../json-body.ts';
import { itemCountOf, moneyOf, withCustom } from '../money.ts';
import { pageOf, referrerOf } from '../visitor.ts';
import type { TiktokSettings } from './settings.ts';
import { leadOf, userOf } from './user-data.ts';

const PARTNER = 'tributary';

/** TikTok: "Events API 2.0", event_source. What happened neither in a shop, in an app nor in a CRM is a website's event. */
const SOURCES: Partial<Record<ActionSource, EventSource>> = {
  app: 'app',
  physical_store: 'offline',
  phone_call: 'offline',
  system_generated: 'crm',
};
type EventSource = 'web' | 'app' | 'offline' | 'crm';

export const sourceOf = ({ actionSource }: Pick<OutboundEvent, 'actionSource'>): EventSource => (actionSource && SOURCES[actionSource]) || 'web';

/** TikTok: "Report events", data[]. */
const eventOf = (event: OutboundEvent, settings: TiktokSettings, ctx: BuildContext) => {
  const page = { url: pageOf(event) ?? undefined, referrer: referrerOf(event) ?? undefined };
  return {
    event: event.name,
    event_time: Math.floor(event.occurredAtMs / 1000),
    event_id: event.eventId || undefined,
    user: userOf(event, ctx),
    properties: propertiesOf(event, settings, ctx),
    page: page.url || page.referrer ? page : undefined,
    lead: leadOf(event),
    limited_data_use: event.click?.consent.limitedDataUse ? true : undefined,
  };
};

/** The network's offer number stands for the product where no contents are known; its name stays here. */
const propertiesOf = (event: OutboundEvent, { sendOfferId }: TiktokSettings, ctx: BuildContext) => {
  const { orderId, offerId, contents } = event;
  const money = moneyOf(event, ctx);
  const count = itemCountOf(event);
  return withTextIds(withCustom({
    ...(money && { value: numberOf(money.value), currency: money.currency }),
    order_id: orderId || undefined,
    // Either contents or content_ids: together they say the same twice.
    ...(contents.length > 0
      ? { content_type: 'product', contents: contents.map(contentOf) }
      : sendOfferId && offerId && { content_type: 'product', content_ids: [offerId] }),
    num_items: count === null ? undefined : numberOf(count),
  }, event));
};

const contentOf = ({ id, name, category, brand, quantity, price }: ContentItem) => ({
  content_id: id ?? undefined,
  content_name: name ?? undefined,
  content_category: category ?? undefined,
  brand: brand ?? undefined,
  price: price === null ? undefined : numberOf(price),
  quantity: quantity === null ? undefined : numberOf(quantity),
});

/** Content ids are texts, those of the event's own keys too: a number is refused (40002, "Not a valid string"). */
const withTextIds = (properties: Record<string, JsonValue> | undefined) =>
  properties && {
    ...properties,
    ...(Array.isArray(properties['content_ids']) && { content_ids: properties['content_ids'].map(idAsText) }),
    ...(Array.isArray(properties['contents']) && { contents: properties['contents'].map(contentWithTextId) }),
  };

const contentWithTextId = (content: JsonValue): JsonValue => {
  const fields = asObject(content) as Record<string, JsonValue> | null;
  return fields && fields['content_id'] !== undefined ? { ...fields, content_id: idAsText(fields['content_id']) } : content;
};

const idAsText = (id: JsonValue): JsonValue => {
  if (typeof id === 'number') return String(id);
  return isNumberText(id) ? digitsOf(id) : id;
};

/** The address ends in a slash: without it TikTok answers 404. */
const post = ({ apiVersion, accessToken, pixelCode, testEventCode }: TiktokSettings, source: EventSource, data: JsonValue[]) => ({
  method: 'POST' as const,
  url: `https://business-api.tiktok.com/open_api/${apiVersion}/event/track/`,
  headers: { 'content-type': 'application/json', accept: 'application/json', 'access-token': accessToken },
  body: toJson({
    event_source: source,
    event_source_id: pixelCode,
    test_event_code: testEventCode,
    partner_name: PARTNER,
    data,
  }),
});

/** All events of a request have the same source, see `together`. */
export const build = (events: OutboundEvent[], settings: TiktokSettings, ctx: BuildContext): PlatformRequest => {
  const data = events.map((event) => eventOf(event, settings, ctx));
  return {
    ...post(settings, events[0] ? sourceOf(events[0]) : 'web', data),
    sent: data.map(({ event_id, event_time, user }, index) => ({
      ...(event_id && { eventId: event_id }),
      eventTime: String(event_time),
      ...(user.ttclid && { ttclid: user.ttclid }),
      ...(events[index]?.orderId && { orderId: events[index].orderId }),
    })),
  };
};

/** A request with no event in it: TikTok looks at the token and then refuses the empty list, so nothing is ever counted. */
export const check = (settings: TiktokSettings): PlatformRequest => ({ ...post(settings, 'web', []), sent: [] });
