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
    click: click && outboundClick(click),
    user: { ...conversion.user, ...(conversion.ip && { ip: conversion.ip }), ...(conversion.country && { country: conversion.country }) },
    actionSource: null,
    contents: [],
    numItems: null,
    custom: {},
    defaults: { country: null, callingCode: null },
    original: originalOf(conversion, delivery),
  };
}

function outboundClick(click: ClickDoc): OutboundClick {
  const { clickId, landingUrl, pageUrl, referrer, utm, ids, ip, userAgent, country, consent } = click;
  return {
    clickId, landingUrl, pageUrl, referrer, utm, ids, ip, userAgent, country, consent,
    clickedAtMs: click.clickedAt.getTime(),
    landedAtMs: click.landedAt.getTime(),
    locale: click.language,
  };
}

/** A correction uses the identifiers that were really sent with the event that it corrects. */
function originalOf(conversion: Conversion, delivery: Delivery): OutboundEvent['original'] {
  const original = delivery.corrects === null ? undefined : conversion.deliveries.find((d) => d.key === delivery.corrects);
  if (!original) return null;
  const { transactionId, eventId, occurredAtMs, value, currency } = original;
  return { transactionId, eventId, occurredAtMs, value, currency, identifiers: original.sent ?? {} };
}
