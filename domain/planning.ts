import { planCorrections } from './corrections.ts';
import { blankDelivery, cancel, CANCELLED_BY_HAND, correctionOf, flag, type DestinationFacts } from './delivery.ts';
import { deliveryKeyOf, eventIdOf, transactionIdOf } from './ids.ts';
import { wantedEvents, type WantedEvent } from './mapping.ts';
import { isNeverSent, isUnsent, lastTold, latestOf, takenBack, wentOut } from './standing.ts';
import type { Conversion, Delivery, HistoryEntry } from './conversion.ts';
import type { EventRule } from './rules.ts';

/** From an applied report to planned deliveries. Pure: no clock, no random; the same input plans the same deliveries. */

export interface PlanContext {
  rules: readonly EventRule[];
  destinations: readonly DestinationFacts[];
  nowMs: number;
}

/** Plans what follows from one report; `conversion` already holds the state after it. Changes `conversion.deliveries` in place. */
export function planAfter(conversion: Conversion, report: HistoryEntry, before: { status: string; statusAtMs: number | null }, ctx: PlanContext): void {
  if (report.effect === 'duplicate') return;
  const eventTime = timeOfEvent(report, before);
  if (report.effect === 'applied' || report.effect === 'unknown') {
    for (const wanted of eventsFor(conversion, report, ctx.rules)) {
      for (const destination of ctx.destinations) planEvent(conversion, report, wanted, destination, eventTime, ctx.nowMs);
    }
  }
  for (const destination of ctx.destinations) planCorrections(conversion, report, destination, ctx.nowMs);
}

function eventsFor(conversion: Conversion, report: HistoryEntry, rules: readonly EventRule[]): WantedEvent[] {
  const facts = { offerId: conversion.offerId, country: conversion.country, eventName: report.eventName };
  if (report.status !== 'unknown') return wantedEvents(rules, { ...facts, status: report.status }, conversion);
  // A broken macro must not turn every lead into a Purchase: only a call without any status parameter is judged by amount.
  const none = !report.statusParameter && conversion.status === 'unknown';
  return none ? wantedEvents(rules, { ...facts, status: 'none' }, conversion) : [];
}

/** The report's time; where the status changed but the network's time did not, or lies after arrival, the arrival. */
function timeOfEvent(report: HistoryEntry, before: { status: string; statusAtMs: number | null }): { ms: number; flags: string[] } {
  const stoodStill = before.statusAtMs === report.occurredAtMs && before.status !== 'unknown' && before.status !== report.status;
  if (stoodStill && report.receivedAtMs > report.occurredAtMs) return { ms: report.receivedAtMs, flags: ['time_is_arrival'] };
  return { ms: Math.min(report.occurredAtMs, report.receivedAtMs), flags: [] };
}

function planEvent(
  conversion: Conversion, report: HistoryEntry, wanted: WantedEvent, destination: DestinationFacts,
  eventTime: { ms: number; flags: string[] }, nowMs: number,
): void {
  const latest = latestOf(conversion, destination.id, wanted.event);
  if (wanted.unless.some((event) => wentOut(conversion, destination.id, event))) return;
  if (wanted.once === 'conversion' && latest && wentOut(conversion, destination.id, wanted.event)) return;
  // What an operator cancelled does not come back with the next report; by hand it does.
  if (wanted.once === 'conversion' && latest?.code === CANCELLED_BY_HAND) return;

  if (latest && takenBack(conversion, latest)) {
    const retraction = lastTold(conversion, latest);
    // Its own attempt may have failed before the retraction was looked at: then it was never there, and goes out now.
    const isThere = !isNeverSent(latest);
    if (isUnsent(retraction)) {
      cancel(retraction, 'superseded: the event holds again', nowMs);
      if (isThere) return;
    } else if (isThere && destination.reversal?.restoresByRestating) {
      return restore(conversion, latest, wanted, destination, report, nowMs);
    }
  }
  // What was planned but certainly never sent is taken up again under its own generation; anything else is a new one.
  const reused = latest && isNeverSent(latest) ? latest : null;
  const generation = reused?.generation ?? (latest ? latest.generation + 1 : 1);
  const delivery = eventDelivery(conversion, report, wanted, destination, generation, eventTime, nowMs);
  if (reused) conversion.deliveries[conversion.deliveries.indexOf(reused)] = delivery;
  else conversion.deliveries.push(delivery);
}

function eventDelivery(
  conversion: Conversion, report: HistoryEntry, wanted: WantedEvent, destination: DestinationFacts,
  generation: number, eventTime: { ms: number; flags: string[] }, nowMs: number,
): Delivery {
  const outbound = destination.outbound(wanted.event, conversion);
  const id = { destinationId: destination.id, event: wanted.event, generation, kind: 'event' as const, sequence: 0 };
  const refused = 'refused' in outbound ? outbound.refused : null;
  return {
    ...blankDelivery(destination, nowMs),
    ...id,
    key: deliveryKeyOf(id),
    name: 'name' in outbound ? outbound.name : wanted.event,
    state: refused === null ? 'planned' : 'skipped',
    reason: refused,
    code: refused === null ? null : 'not_mapped',
    eventId: eventIdOf(conversion.id, wanted.event, generation),
    transactionId: transactionIdOf(conversion, wanted.event, generation, destination.acceptsTransactionId),
    occurredAtMs: eventTime.ms,
    ...destination.value(wanted.event, { value: wanted.value, currency: wanted.currency }),
    valueFrom: wanted.valueFrom,
    postbackId: report.postbackId,
    deadlineAtMs: eventTime.ms + destination.deadlineMs,
    flags: [...wanted.flags, ...eventTime.flags],
  };
}

/** Where value 0 left the count standing (Data Manager), an event is restored by its value, not sent anew. */
function restore(
  conversion: Conversion, original: Delivery, wanted: WantedEvent, destination: DestinationFacts, report: HistoryEntry, nowMs: number,
): void {
  if (original.occurredAtMs + (destination.reversal?.deadlineMs ?? 0) <= nowMs) return flag(original, 'restatement_too_late');
  const money = destination.value(wanted.event, { value: wanted.value, currency: wanted.currency });
  conversion.deliveries.push(correctionOf(conversion, original, 'restate', money, destination, report, nowMs));
}
