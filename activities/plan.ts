import type { OpenPlan, PlannedDelivery } from '../contracts/activities.ts';
import { destinationByPlatform } from '../destinations/catalog.ts';
import { isFinal } from '../domain/report.ts';
import type { Conversion, Delivery } from '../domain/conversion.ts';
import type { ConversionTimes } from '../store/conversions.ts';
import type { DestinationDoc } from '../store/documents.ts';
import { awaitsClick } from './judge.ts';

/** What the workflow gets to know of a conversion, and by when it will have acted on it. */

const MINUTE = 60_000;
/** A run that has something to do at once has done it, or recorded a later `dueAt`, by then. */
const AT_ONCE_MS = 5 * MINUTE;
/** Slack between the moment a run acts by its own timer and the relay finding that it did not. */
const SLACK_MS = MINUTE;

export function planOf(conversion: Conversion, destinations: DestinationDoc[]): OpenPlan {
  return {
    status: conversion.status,
    headline: headlineOf(conversion),
    deliveries: conversion.deliveries.map((delivery) => plannedOf(conversion, delivery, destinations)),
    destinations: Object.fromEntries(destinations.map((doc) => [doc._id, doc.name])),
    final: isFinal(conversion.status),
    unknown: false,
    waitUntilMs: conversion.waitUntilMs,
    holdUntilMs: isFinal(conversion.status) ? null : conversion.holdUntilMs,
  };
}

/** When the run acts next: see ConversionDoc.dueAt. Notes on each delivery by when something happens to it. */
export function timesOf(conversion: Conversion, destinations: DestinationDoc[], nowMs: number): ConversionTimes {
  const waits = [conversion.waitUntilMs, isFinal(conversion.status) ? null : conversion.holdUntilMs]
    .filter((ms): ms is number => ms !== null && ms > nowMs);
  const restDueAt = waits.length > 0 ? new Date(Math.min(...waits) + SLACK_MS) : null;
  for (const delivery of conversion.deliveries) delivery.actsByMs = actsBy(conversion, delivery, destinations, nowMs);
  const moments = conversion.deliveries.flatMap((delivery) => (delivery.actsByMs === null ? [] : [delivery.actsByMs]));
  const dueAt = [...moments, ...(restDueAt ? [restDueAt.getTime()] : [])];
  return { restDueAt, dueAt: dueAt.length > 0 ? new Date(Math.min(...dueAt)) : null };
}

/** A wait that an attempt recorded stays; what may go on now acts at once; what may not, by its deadline. */
function actsBy(conversion: Conversion, delivery: Delivery, destinations: DestinationDoc[], nowMs: number): number | null {
  if (!isOpen(delivery, nowMs)) return null;
  const acting = delivery.state === 'accepted' || isReady(conversion, delivery, destinations);
  if (!acting) return delivery.deadlineAtMs + SLACK_MS;
  const waits = delivery.state !== 'parked' && delivery.attempts > 0 && delivery.actsByMs !== null && delivery.actsByMs > nowMs;
  return waits ? delivery.actsByMs : nowMs + AT_ONCE_MS;
}

/** Still to be sent, taken but not confirmed, or failed and still sendable. */
export const isOpen = (delivery: Delivery, nowMs: number): boolean =>
  ['planned', 'accepted', 'parked'].includes(delivery.state) || (delivery.state === 'failed' && delivery.deadlineAtMs > nowMs);

function isReady(conversion: Conversion, delivery: Delivery, destinations: DestinationDoc[]): boolean {
  const doc = destinations.find((each) => each._id === delivery.destinationId);
  if (delivery.state === 'parked') return doc?.state === 'active';
  const needsClick = destinationByPlatform(delivery.platform)?.needsClick ?? true;
  return delivery.state === 'planned' && !awaitsClick(conversion, needsClick);
}

function plannedOf(conversion: Conversion, delivery: Delivery, destinations: DestinationDoc[]): PlannedDelivery {
  const title = destinationByPlatform(delivery.platform)?.title ?? delivery.platform;
  const correction = delivery.kind === 'event' ? '' : ` (${delivery.kind})`;
  return {
    key: delivery.key,
    lane: `${delivery.destinationId}/${laneEvent(conversion, delivery)}`,
    state: delivery.state,
    kind: delivery.kind,
    summary: `${delivery.event}${correction} -> ${title} "${delivery.destinationName}"`,
    label: labelOf(delivery),
    reason: delivery.reason,
    ready: isReady(conversion, delivery, destinations),
    deadlineAtMs: delivery.deadlineAtMs,
  };
}

/** Unique among the deliveries of a conversion, since Temporal refuses a second activity of the same id: two destinations may be at one platform. No event name holds a slash. */
const labelOf = ({ platform, event, generation, kind, sequence, destinationId }: Delivery): string =>
  [platform, event, generation, ...(kind === 'event' ? [] : [kind, sequence]), destinationId].join('/');

/** A correction, and the event of the policy for rejections, wait in the lane of the event that they follow. */
function laneEvent(conversion: Conversion, delivery: Delivery): string {
  return conversion.deliveries.find((d) => d.key === delivery.corrects)?.event ?? delivery.event;
}

function headlineOf(conversion: Conversion): string {
  const click = { matched: 'its click is known', waiting: 'it waits for its click', unattributed: `no click: ${conversion.clickMatch ?? ''}` }[conversion.attribution];
  const reports = conversion.history.length;
  return `${conversion.status}, ${reports} ${reports === 1 ? 'report' : 'reports'}; ${click}`;
}
