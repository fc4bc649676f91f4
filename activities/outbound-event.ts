import { destinationByPlatform } from '../destinations/catalog.ts';
import type { OutboundClick, OutboundEvent } from '../destinations/contract.ts';
import type { Conversion, Delivery } from '../domain/conversion.ts';
import type { ClickDoc } from '../store/documents.ts';

/** A delivery as its platform's adapter gets it: the event, the click, and what the reports said of the buyer. */
export function outboundEvent(conversion: Conversion, delivery: Delivery, click: ClickDoc | null): OutboundEvent {
  return {
    kind: delivery.kind,
    event: delivery.event,
    name: delivery.name,
    eventId: delivery.eventId,
    transactionId: delivery.transactionId,
    orderId: conversion.orderId,
    occurredAtMs: delivery.occurredAtMs,
    value: delivery.value,
    currency: delivery.currency,
    offerId: conversion.offerId,
    country: conversion.country,
    click: click && outboundClick(click, Object.keys(destinationByPlatform(delivery.platform)?.ids ?? {})),
    user: { ...conversion.user, ...(conversion.ip && { ip: conversion.ip }), ...(conversion.country && { country: conversion.country }) },
    actionSource: null,
    contents: [],
    numItems: null,
    custom: {},
    defaults: { country: null, callingCode: null },
    original: originalOf(conversion, delivery),
  };
}

function outboundClick(click: ClickDoc, idsOfPlatform: string[]): OutboundClick {
  const { clickId, landingUrl, pageUrl, referrer, utm, ip, userAgent, country, consent } = click;
  const ids = { ...parametersNamed(idsOfPlatform, pageUrl), ...parametersNamed(idsOfPlatform, landingUrl), ...click.ids };
  return {
    clickId, landingUrl, pageUrl, referrer, utm, ids, ip, userAgent, country, consent,
    clickedAtMs: click.clickedAt.getTime(),
    landedAtMs: click.landedAt.getTime(),
    locale: click.language,
  };
}

/** Ids that only this platform knows by name are read off the page where they are sent: the click keeps the address whole. */
function parametersNamed(names: string[], url: string | null): Record<string, string> {
  const found = url !== null && URL.canParse(url) ? [...new URL(url).searchParams] : [];
  return Object.fromEntries(found.filter(([name, value]) => names.includes(name) && value !== '').toReversed());
}

/** A correction uses the identifiers that were really sent with the event that it corrects. */
function originalOf(conversion: Conversion, delivery: Delivery): OutboundEvent['original'] {
  // The event of the policy for rejections follows another one too, and is none of it: it has a time and ids of its own.
  if (delivery.kind !== 'retract' && delivery.kind !== 'restate') return null;
  const original = conversion.deliveries.find((d) => d.key === delivery.corrects);
  if (!original) return null;
  const { transactionId, eventId, occurredAtMs, value, currency } = original;
  return { transactionId, eventId, occurredAtMs, value, currency, identifiers: original.sent ?? {} };
}
