import { createHmac } from 'node:crypto';
import type { ActionSource, BuildContext, ContentItem, OutboundEvent, PlatformRequest } from '../contract.ts';
import { numberOf, toJson } from '../json-body.ts';
import { contentIdsOf, itemCountOf, moneyOf, withCustom } from '../money.ts';
import { pageOf, referrerOf } from '../visitor.ts';
import type { MetaSettings } from './settings.ts';
import { userDataOf } from './user-data.ts';

const PARTNER = 'tributary';

/** Meta: "Server Event Parameters". Offer and product names stay here: Meta's terms forbid data about health in them. */
const eventOf = (event: OutboundEvent, ctx: BuildContext) => {
  const userData = userDataOf(event, ctx);
  const page = pageOf(event) ?? undefined;
  return {
    event_name: event.name,
    event_time: Math.floor(event.occurredAtMs / 1000),
    event_id: event.eventId || undefined,
    action_source: actionSourceOf(event, Boolean(page && userData.client_user_agent), ctx),
    event_source_url: page,
    referrer_url: referrerOf(event) ?? undefined,
    user_data: userData,
    custom_data: customDataOf(event, ctx),
    ...(event.click?.consent.limitedDataUse && limitedDataUse),
  };
};

/** `website` demands both the page and the browser; a report without them was made by a system. */
const actionSourceOf = ({ actionSource }: OutboundEvent, isWhole: boolean, ctx: BuildContext): ActionSource => {
  if (actionSource === 'website' && !isWhole) ctx.warn?.('action_source is system_generated: website needs the page and the user agent.');
  const fallback = isWhole ? 'website' : 'system_generated';
  return actionSource === null || actionSource === 'website' ? fallback : actionSource;
};

const customDataOf = (event: OutboundEvent, ctx: BuildContext) => {
  const money = moneyOf(event, ctx);
  const ids = contentIdsOf(event.contents);
  const contents = event.contents.filter(({ id }) => id !== null).map((item) => contentOf(item, ctx));
  if (contents.length < event.contents.length) ctx.warn?.('A content without an id is left out of contents.');
  const count = itemCountOf(event);
  return withCustom({
    ...(money && { value: numberOf(money.value), currency: money.currency }),
    order_id: event.orderId || undefined,
    ...(ids.length > 0 && { content_type: 'product', content_ids: ids, contents }),
    num_items: count === null ? undefined : numberOf(count),
  }, event);
};

const DELIVERY_CATEGORIES = ['in_store', 'curbside', 'home_delivery'];

const contentOf = ({ id, quantity, price, deliveryCategory }: ContentItem, ctx: BuildContext) => {
  const known = deliveryCategory === null || DELIVERY_CATEGORIES.includes(deliveryCategory);
  if (!known) ctx.warn?.(`delivery_category is left out: "${deliveryCategory}" is none of ${DELIVERY_CATEGORIES.join(', ')}.`);
  return {
    id,
    quantity: quantity === null ? undefined : numberOf(quantity),
    item_price: price === null ? undefined : numberOf(price),
    delivery_category: known ? (deliveryCategory ?? undefined) : undefined,
  };
};

/** Limited Data Use, country and state left to Meta's own geolocation (Meta: "Data Processing Options for US Users"). */
const limitedDataUse = { data_processing_options: ['LDU'], data_processing_options_country: 0, data_processing_options_state: 0 };

/** Proof that the caller knows the app's secret (Meta: "Securing Graph API calls"). */
export const proofOf = ({ accessToken, appSecret }: MetaSettings): string | undefined =>
  appSecret && createHmac('sha256', appSecret).update(accessToken).digest('hex');

export const apiUrl = ({ apiVersion, pixelId }: MetaSettings, path: string): string =>
  `https://graph.facebook.com/${apiVersion}/${pixelId}${path}`;

/** The token travels in the body, so that it stays out of URLs and what logs them. */
export const build = (events: OutboundEvent[], settings: MetaSettings, ctx: BuildContext): PlatformRequest => {
  const data = events.map((event) => eventOf(event, ctx));
  const proof = proofOf(settings);
  return {
    method: 'POST',
    url: apiUrl(settings, '/events'),
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: toJson({
      data,
      partner_agent: PARTNER,
      test_event_code: settings.testEventCode,
      access_token: settings.accessToken,
      appsecret_proof: proof,
    }),
    sent: data.map((event, index) => ({
      ...(event.event_id && { eventId: event.event_id }),
      eventTime: String(event.event_time),
      ...(event.user_data.fbc && { fbc: event.user_data.fbc }),
      ...(events[index]?.orderId && { orderId: events[index].orderId }),
    })),
    secrets: proof ? [proof] : [],
  };
};
