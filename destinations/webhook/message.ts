import type { BuildContext, ContentItem, OutboundClick, OutboundEvent } from '../contract.ts';
import { type JsonValue, numberOf, toJson } from '../json-body.ts';
import { itemCountOf, withCustom } from '../money.ts';
import { referrerOf } from '../visitor.ts';
import type { Facts } from './facts.ts';
import { userOf } from './person.ts';
import type { WebhookSettings } from './settings.ts';

/**
 * The body of a JSON webhook: `type`, `timestamp` and `data`, as Standard Webhooks lays them out. This shape is promised in
 * docs/destinations/webhook.md: keys are only ever added. Amounts are strings, so that no digit is lost; what is not known is left out.
 */
export const messageOf = (event: OutboundEvent, facts: Facts, settings: Partial<WebhookSettings>, ctx?: BuildContext): string =>
  toJson({ type: TYPES[event.kind], timestamp: iso(facts.atMs), data: withCustom(dataOf(event, facts, settings, ctx), event) ?? {} });

const TYPES: Record<OutboundEvent['kind'], string> = {
  event: 'conversion.event',
  custom: 'conversion.event',
  retract: 'conversion.retracted',
  restate: 'conversion.restated',
};

const iso = (ms: number): string => new Date(ms).toISOString();

function dataOf(event: OutboundEvent, facts: Facts, settings: Partial<WebhookSettings>, ctx?: BuildContext): Record<string, JsonValue> {
  const count = itemCountOf(event);
  return {
    event: event.name,
    event_id: event.eventId || undefined,
    status: facts.status,
    transaction_id: facts.transactionId || undefined,
    order_id: event.orderId || undefined,
    occurred_at: iso(Math.floor(event.original?.occurredAtMs ?? event.occurredAtMs)),
    value: facts.value ?? undefined,
    currency: facts.currency ?? undefined,
    offer_id: event.offerId || undefined,
    country: facts.country ?? undefined,
    action_source: event.actionSource ?? undefined,
    contents: event.contents.length > 0 ? event.contents.map(contentOf) : undefined,
    num_items: count === null ? undefined : numberOf(count),
    click: clickOf(event, facts),
    user: settings.includeUser === true ? someOf(userOf(event, ctx)) : undefined,
  };
}

const contentOf = ({ id, name, category, brand, quantity, price }: ContentItem): JsonValue => ({
  id: id ?? undefined,
  name: name ?? undefined,
  category: category ?? undefined,
  brand: brand ?? undefined,
  quantity: quantity === null ? undefined : numberOf(quantity),
  price: price ?? undefined,
});

/** An object, or nothing where it would be empty. */
const someOf = (fields: Record<string, JsonValue>): Record<string, JsonValue> | undefined =>
  Object.values(fields).some((value) => value !== undefined) ? fields : undefined;

function clickOf(event: OutboundEvent, { clickId }: Facts): JsonValue {
  const { click } = event;
  if (!click) return undefined;
  return someOf({
    click_id: clickId ?? undefined,
    clicked_at: click.clickedAtMs === null ? undefined : iso(Math.floor(click.clickedAtMs)),
    landing_url: click.landingUrl ?? undefined,
    page_url: click.pageUrl ?? undefined,
    referrer_url: referrerOf(event) ?? undefined,
    utm: someOf(click.utm),
    ids: someOf(idsOf(click)),
    consent: someOf(consentOf(click)),
  });
}

const idsOf = ({ ids }: OutboundClick): Record<string, JsonValue> => ({ ...ids });

const consentOf = ({ consent }: OutboundClick): Record<string, JsonValue> => ({
  ad_user_data: consent.adUserData,
  ad_personalization: consent.adPersonalization,
  ad_storage: consent.adStorage,
  limited_data_use: consent.limitedDataUse,
});
