import type { OpenPlan, PlannedDelivery } from '../contracts/activities.ts';
import { destinationByPlatform } from '../destinations/catalog.ts';
import { sha256 } from '../destinations/hashing.ts';
import { isFinal } from '../domain/report.ts';
import type { Conversion, Delivery, HistoryEntry } from '../domain/conversion.ts';
import type { ConversionTimes } from '../store/conversions.ts';
import type { DestinationDoc } from '../store/documents.ts';
import { isProbe } from './half-open.ts';
import { awaitsClick } from './judge.ts';

/** What the workflow gets to know of a conversion, and by when it will have acted on it. */

const MINUTE = 60_000;
/** A run that has something to do at once has done it, or recorded a later `dueAt`, by then. */
const AT_ONCE_MS = 5 * MINUTE;
/** Slack between the moment a run acts by its own timer and the relay finding that it did not. */
const SLACK_MS = MINUTE;
/** Each look at the record costs that much of Temporal's history. */
const HISTORY_SHOWN = 10;

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
    history: conversion.history.slice(-HISTORY_SHOWN).map(wordsOf),
  };
}

/** `2026-11-25T10:00:00.000Z approved (applied)`, `... by hand` for an operator's. */
const wordsOf = ({ receivedAtMs, status, effect, source }: HistoryEntry): string =>
  `${new Date(receivedAtMs).toISOString()} ${status} (${effect})${source === 'operator' ? ' by hand' : ''}`;

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
  // Without an attempt the code tells of it: a correction waits for its day.
  const waits = delivery.state !== 'parked' && (delivery.attempts > 0 || delivery.code !== null) && delivery.actsByMs !== null && delivery.actsByMs > nowMs;
  return Math.max(waits ? delivery.actsByMs! : nowMs + AT_ONCE_MS, afterOriginal(conversion, delivery));
}

/** A correction follows its original, which is due by itself. */
function afterOriginal(conversion: Conversion, delivery: Delivery): number {
  const original = conversion.deliveries.find((d) => d.key === delivery.corrects);
  const isOriginalOpen = original !== undefined && ['planned', 'accepted', 'parked'].includes(original.state);
  return isOriginalOpen ? (original.actsByMs ?? 0) + AT_ONCE_MS : 0;
}

/** Still to be sent, taken but not confirmed, or failed and still sendable. */
export const isOpen = (delivery: Delivery, nowMs: number): boolean =>
  ['planned', 'accepted', 'parked'].includes(delivery.state) || (delivery.state === 'failed' && delivery.deadlineAtMs > nowMs);

function isReady(conversion: Conversion, delivery: Delivery, destinations: DestinationDoc[]): boolean {
  const doc = destinations.find((each) => each._id === delivery.destinationId);
  if (delivery.state === 'parked') return doc !== undefined && (doc.state === 'active' || isProbe(doc, conversion.id, delivery.key));
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
    summary: `${[...delivery.event].slice(0, EVENT_LABEL_MAX).join('')}${correction} -> ${title} "${delivery.destinationName}"`,
    label: labelOf(delivery),
    reason: delivery.reason,
    platform: delivery.platform,
    plannedAtMs: delivery.plannedAtMs,
    attempts: delivery.attempts,
    ready: isReady(conversion, delivery, destinations),
    deadlineAtMs: delivery.deadlineAtMs,
  };
}

/** Unique among the deliveries of a conversion, since Temporal refuses a second activity of the same id: two destinations may be at one platform. */
const labelOf = ({ platform, event, generation, kind, sequence, destinationId }: Delivery): string =>
  [platform, eventLabel(event), generation, ...(kind === 'event' ? [] : [kind, sequence]), destinationId].join('/');

/** An event may have any name that a report gives it; Temporal takes ids of up to 1000 bytes. */
function eventLabel(event: string): string {
  const plain = event.replace(/[%/]/g, encodeURIComponent);
  return plain.length <= EVENT_LABEL_MAX ? plain : `${[...plain].slice(0, EVENT_LABEL_MAX).join('')}~${sha256(event).slice(0, 12)}`;
}
const EVENT_LABEL_MAX = 100;

/** A correction, and the event of the policy for rejections, wait in the lane of the event that they follow. */
function laneEvent(conversion: Conversion, delivery: Delivery): string {
  return conversion.deliveries.find((d) => d.key === delivery.corrects)?.event ?? delivery.event;
}

function headlineOf(conversion: Conversion): string {
  const click = { matched: 'its click is known', waiting: 'it waits for its click', unattributed: `no click: ${conversion.clickMatch ?? ''}` }[conversion.attribution];
  const reports = conversion.history.length;
  return `${conversion.status}, ${reports} ${reports === 1 ? 'report' : 'reports'}; ${click}`;
}
