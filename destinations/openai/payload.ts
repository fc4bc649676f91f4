import type { BuildContext, ContentItem, OutboundEvent, PlatformRequest } from '../contract.ts';
import { idsOf } from '../fields.ts';
import { isDecimal, type JsonValue, numberOf, toJson } from '../json-body.ts';
import { type Money, moneyOf, withCustom } from '../money.ts';
import { percentEncoded } from '../query.ts';
import { pageOf } from '../visitor.ts';
import { ACTION_SOURCES, dataTypeOf, isOfApp, isStandard, takesKey } from './events.ts';
import { minorUnits } from './minor-units.ts';
import type { OpenaiSettings } from './settings.ts';
import { ids, userOf } from './user-data.ts';

/** OpenAI Ads: "Conversions API", Event structure. It has no field for an order id: `id` with the name is what OpenAI counts once. */
const eventOf = (event: OutboundEvent, ctx: BuildContext) => {
  const page = pageOf(event) ?? undefined;
  const { oppref } = idsOf(event, ids, ctx);
  const consent = event.click?.consent;
  return {
    id: event.eventId,
    type: isStandard(event.name) ? event.name : 'custom',
    custom_event_name: isStandard(event.name) ? undefined : event.name,
    timestamp_ms: Math.floor(event.occurredAtMs),
    oppref,
    source_url: page,
    action_source: actionSourceOf(event, Boolean(page), ctx),
    user: userOf(event, ctx),
    // "Opt the event out of future user-level personalization".
    opt_out: consent?.limitedDataUse === true || consent?.adPersonalization === false ? true : undefined,
    data: dataOf(event, ctx),
  };
};

/** `web` demands the page; a report without one was not made by a visit. */
const actionSourceOf = ({ name, actionSource }: OutboundEvent, hasPage: boolean, ctx: BuildContext): string => {
  if (isOfApp(name)) return ACTION_SOURCES.app;
  if ((actionSource ?? 'website') !== 'website' || hasPage) return ACTION_SOURCES[actionSource ?? 'website'];
  if (actionSource === 'website') ctx.warn?.('action_source is other: web needs the page.');
  return ACTION_SOURCES.other;
};

/** `data` in the shape that belongs to the event; a key that the shape does not have is left out. */
const dataOf = (event: OutboundEvent, ctx: BuildContext): JsonValue => {
  const type = dataTypeOf(event.name);
  const money = moneyOf(event, ctx);
  const contents = event.contents.map((item) => contentOf(item, money, event.currency, ctx));
  const merged = withCustom({
    amount: money ? minorUnits('amount', money.value, money.currency, ctx) : undefined,
    currency: money?.currency,
    contents: contents.length > 0 ? contents : undefined,
  }, event) ?? {};
  const entries = Object.entries(merged).filter(([key]) => {
    const isTaken = key !== 'type' && takesKey(type, key);
    if (!isTaken) ctx.warn?.(`data.${key} is left out: OpenAI does not take it with ${event.name}.`);
    return isTaken;
  });
  return { type, ...Object.fromEntries(entries) };
};

const contentOf = ({ id, name, category, quantity, price }: ContentItem, money: Money | null, eventCurrency: string | null, ctx: BuildContext) => {
  const each = price === null ? null : moneyOf({ value: price, currency: money?.currency ?? eventCurrency }, ctx);
  return {
    id: id ?? undefined,
    name: name ?? undefined,
    content_type: category ?? 'product',
    quantity: quantityOf(quantity, ctx),
    amount: each ? minorUnits('contents.amount', each.value, each.currency, ctx) : undefined,
    currency: each?.currency,
  };
};

const quantityOf = (quantity: string | null, ctx: BuildContext) => {
  if (quantity === null) return undefined;
  if (isDecimal(quantity) && /^-?\d+(\.0+)?$/.test(quantity)) return numberOf(quantity);
  ctx.warn?.(`quantity is left out: OpenAI takes whole numbers, not "${quantity}".`);
  return undefined;
};

export const requestTo = ({ pixelId, apiKey }: OpenaiSettings, events: JsonValue[], validateOnly: boolean): Omit<PlatformRequest, 'sent'> => ({
  method: 'POST',
  url: `https://bzr.openai.com/v1/events?pid=${percentEncoded(String(pixelId))}`,
  headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${apiKey}` },
  body: toJson({ validate_only: validateOnly, events }),
});

export const build = (events: OutboundEvent[], settings: OpenaiSettings, ctx: BuildContext): PlatformRequest => {
  const data = events.map((event) => eventOf(event, ctx));
  return {
    ...requestTo(settings, data, ctx.validateOnly === true),
    sent: data.map(({ id, type, timestamp_ms, oppref }) => ({ id, type, timestampMs: String(timestamp_ms), ...(oppref && { oppref }) })),
  };
};
