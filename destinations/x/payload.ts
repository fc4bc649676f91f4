import type { BuildContext, ContentItem, OutboundEvent, PlatformRequest } from '../contract.ts';
import { isDecimal, type JsonValue, numberOf, toJson } from '../json-body.ts';
import { itemCountOf, moneyOf, withCustom } from '../money.ts';
import { percentEncoded } from '../query.ts';
import { targetOf } from '../targets.ts';
import { authorisation } from './oauth.ts';
import type { XSettings } from './settings.ts';
import { identifiersOf } from './user-data.ts';

/** The event's id at X: the one named for it, else the long form made of its name; a name that has this form already is one. */
const eventIdOf = (event: OutboundEvent, { pixelId, eventIds }: XSettings): string =>
  targetOf(event, eventIds, undefined) ?? (event.name.startsWith('tw-') ? event.name : `tw-${pixelId}-${event.name}`);

/** X: "Web conversions", API reference. X has no field for an order id: `conversion_id` is what it counts once. */
const conversionOf = (event: OutboundEvent, settings: XSettings, ctx: BuildContext) => ({
  conversion_time: new Date(Math.floor(event.occurredAtMs)).toISOString(),
  event_id: eventIdOf(event, settings),
  identifiers: identifiersOf(event, ctx),
  // An empty one would be the same for all of them.
  conversion_id: event.eventId || undefined,
});

const detailsOf = (event: OutboundEvent, ctx: BuildContext): Record<string, JsonValue> => {
  const money = moneyOf(event, ctx);
  const contents = event.contents.map((item) => contentOf(item, ctx)).filter((item) => Object.values(item).some((value) => value !== undefined));
  return withCustom({
    value: money ? numberOf(money.value) : undefined,
    price_currency: money?.currency,
    number_items: countOf('number_items', itemCountOf(event), ctx),
    contents: contents.length > 0 ? contents : undefined,
  }, event) ?? {};
};

const contentOf = ({ id, name, category, quantity, price }: ContentItem, ctx: BuildContext) => ({
  content_id: id ?? undefined,
  content_name: name ?? undefined,
  content_type: category ?? undefined,
  content_price: priceOf(price, ctx),
  num_items: countOf('num_items', quantity, ctx),
});

const priceOf = (price: string | null, ctx: BuildContext) => {
  if (price === null) return undefined;
  if (isDecimal(price)) return numberOf(price);
  ctx.warn?.(`content_price is left out: "${price}" is not a number.`);
  return undefined;
};

/** "Must be a positive number greater than zero", a whole one. */
const countOf = (field: string, count: string | null, ctx: BuildContext) => {
  if (count === null) return undefined;
  if (/^0*[1-9]\d*(\.0+)?$/.test(count)) return numberOf(count);
  ctx.warn?.(`${field} is left out: X takes whole numbers above zero, not "${count}".`);
  return undefined;
};

export const requestTo = (settings: XSettings, body: string, nowMs: number): Omit<PlatformRequest, 'sent'> => {
  const { pixelId, apiVersion, pixelToken, consumerKey, consumerSecret, accessToken, accessTokenSecret } = settings;
  const url = `https://ads-api.x.com/${apiVersion}/measurement/conversions/${percentEncoded(pixelId)}`;
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  if (pixelToken || !consumerKey) return { method: 'POST', url, headers: { ...headers, 'x-pixel-token': pixelToken ?? '' }, body, secrets: [] };
  const keys = { consumerKey, consumerSecret: consumerSecret ?? '', token: accessToken ?? '', tokenSecret: accessTokenSecret ?? '' };
  const { header, secrets } = authorisation('POST', url, body, keys, nowMs);
  return { method: 'POST', url, headers: { ...headers, authorization: header }, body, secrets };
};

export const build = (events: OutboundEvent[], settings: XSettings, ctx: BuildContext): PlatformRequest => {
  const conversions = events.map((event) => conversionOf(event, settings, ctx));
  // What identifies the conversion is no custom data: a custom key of the same name does not reach it.
  const body = toJson({ conversions: conversions.map((conversion, index) => ({ ...conversion, ...detailsOf(events[index]!, ctx), ...conversion })) });
  return {
    ...requestTo(settings, body, ctx.nowMs),
    sent: conversions.map(({ conversion_id, conversion_time, event_id, identifiers }) => {
      const twclid = identifiers[0]?.['twclid'];
      return { ...(conversion_id && { conversionId: conversion_id }), conversionTime: conversion_time, eventId: event_id, ...(twclid && { twclid }) };
    }),
  };
};
