import { followAmount, meansRejection, takeBack } from './corrections.ts';
import { cancel, CANCELLED_BY_HAND, correctionOf, flag, type DestinationFacts } from './delivery.ts';
import { newConversion, takeIn, type FoldContext } from './fold.ts';
import { deliveryKeyOf, eventIdOf, transactionIdOf } from './ids.ts';
import { isNeverSent, isUnsent, lastTold, latestOf, takenBack } from './standing.ts';
import { isRejection, type Report } from './report.ts';
import type { Conversion, Delivery, HistoryEntry } from './conversion.ts';

/**
 * A conversion read again with today's settings and rules. Its reports are folded afresh, as if every event had been accepted
 * at once: that says which events should stand. What is at the platforms is then brought to it: what was sent stands, what
 * should not stand is taken back, what is missing is planned. Pure.
 */

/** Its event stands at a platform that cannot take it back, although today's rules would not send it. */
export const AGAINST_RULES = 'against_rules';

/** `read`: the report of an entry as it reads today; null where the raw postback is gone or cannot be read: then the entry says it. */
export function reprocess(conversion: Conversion, read: (entry: HistoryEntry) => Report | null, ctx: FoldContext): void {
  const fresh = foldAfresh(conversion, read, ctx);
  const { deliveries } = conversion;
  const { status, statusAtMs, amount, currency, currencyAssumed, orderValue, history } = fresh;
  Object.assign(conversion, { status, statusAtMs, amount, currency, currencyAssumed, orderValue, history }, factsOf(conversion, fresh));
  const last = conversion.history.findLast((entry) => entry.effect === 'applied') ?? conversion.history.at(-1);
  if (!last) return;
  for (const destination of ctx.destinations) {
    const events = new Set([...fresh.deliveries, ...deliveries].filter((d) => d.kind === 'event' && d.destinationId === destination.id).map((d) => d.event));
    for (const event of events) bringTo(conversion, fresh, destination, event, last, ctx.nowMs);
  }
}

function foldAfresh(conversion: Conversion, read: (entry: HistoryEntry) => Report | null, ctx: FoldContext): Conversion {
  const entries = [...conversion.history].sort((a, b) => a.receivedAtMs - b.receivedAtMs || (a.postbackId < b.postbackId ? -1 : 1));
  let fresh: Conversion | null = null;
  for (const entry of entries) {
    const report = (entry.source === 'report' ? read(entry) : null) ?? reportOf(conversion, entry);
    fresh ??= newConversion(conversion.id, conversion.propertyId, conversion.network, { ...report, orderId: conversion.orderId, weakKey: conversion.weakKey });
    takeIn(fresh, entry.postbackId, entry.receivedAtMs, report, ctx, entry.source);
    for (const delivery of fresh.deliveries) if (delivery.state === 'planned') delivery.state = 'delivered';
  }
  return fresh ?? conversion;
}

/** What the reports of today say; where they say nothing, what was read once stays: a raw postback may be gone. */
function factsOf(conversion: Conversion, fresh: Conversion): Partial<Conversion> {
  const known = conversion.clickIdCandidates.filter((old) => !fresh.clickIdCandidates.some((each) => each.slot === old.slot && each.value === old.value));
  return {
    offerId: fresh.offerId ?? conversion.offerId,
    country: fresh.country ?? conversion.country,
    ip: fresh.ip ?? conversion.ip,
    user: { ...conversion.user, ...fresh.user },
    items: fresh.items.length > 0 ? fresh.items : conversion.items,
    clickIdCandidates: [...fresh.clickIdCandidates, ...known],
    flags: fresh.flags,
  };
}

/** What an entry says, where the raw postback says it no more. */
function reportOf({ orderId, weakKey }: Conversion, entry: HistoryEntry): Report {
  const { status, statusRaw, statusParameter, amount, currency, orderValue, eventName, offerId, country, occurredAtReported, flags } = entry;
  return {
    orderId, weakKey, status, statusRaw, statusParameter, amount, currency, currencyAssumed: false, orderValue, eventName, offerId, country, occurredAtReported, flags,
    occurredAt: new Date(entry.occurredAtMs).toISOString(), clickIdCandidates: [], ip: null, user: {}, items: [], empty: false,
  };
}

function bringTo(conversion: Conversion, fresh: Conversion, destination: DestinationFacts, event: string, last: HistoryEntry, nowMs: number): void {
  const of = ({ deliveries }: Conversion) => deliveries.filter((d) => d.kind === 'event' && d.destinationId === destination.id && d.event === event);
  // After a rejection nothing else is due, also where the platform could not take it back: there it may stand, unpaired.
  const due = of(fresh).filter((d) => !takenBack(fresh, d) && (!isRejection(fresh.status) || meansRejection(fresh, d)));
  const { pairs, missing, surplus } = pair(due, of(conversion).filter((d) => !takenBack(conversion, d)));
  for (const [wanted, present] of pairs) follow(conversion, wanted, present, destination, last, nowMs);
  for (const present of surplus) retire(conversion, present, destination, last, nowMs);
  for (const wanted of missing) planMissing(conversion, wanted, destination, last, nowMs);
}

/** Each event that is due with the delivery that stands for it: of the same report, else in order, what went out first. */
function pair(due: Delivery[], present: Delivery[]): { pairs: [Delivery, Delivery][]; missing: Delivery[]; surplus: Delivery[] } {
  const pairs: [Delivery, Delivery][] = [];
  const free = [...present.filter((d) => !isNeverSent(d)), ...present.filter(isNeverSent)];
  const take = (wanted: Delivery, fits: (d: Delivery) => boolean): boolean => {
    const at = free.findIndex(fits);
    if (at < 0) return false;
    pairs.push([wanted, free.splice(at, 1)[0]!]);
    return true;
  };
  const rest = due.filter((wanted) => !take(wanted, (d) => d.postbackId === wanted.postbackId));
  const missing = rest.filter((wanted) => !take(wanted, () => true));
  return { pairs, missing, surplus: free };
}

/** What is not sent yet becomes what is due; what was superseded is planned again; what was told follows the amount. */
function follow(conversion: Conversion, wanted: Delivery, present: Delivery, destination: DestinationFacts, last: HistoryEntry, nowMs: number): void {
  if (present.state === 'cancelled') {
    if (present.code !== CANCELLED_BY_HAND && wanted.deadlineAtMs > nowMs && wanted.state !== 'skipped') Object.assign(present, sendable(conversion, wanted, present.generation, destination, nowMs));
    return;
  }
  if (isUnsent(present)) {
    const { value, currency, valueFrom, name } = wanted;
    Object.assign(present, { value, currency, valueFrom, name });
  } else if (!isNeverSent(present)) {
    present.valueFrom = wanted.valueFrom;
    followAmount(conversion, present, destination, last, nowMs);
  }
}

/** Taken back where the platform can, cancelled where it is not sent, else it stands, flagged. */
function retire(conversion: Conversion, present: Delivery, destination: DestinationFacts, last: HistoryEntry, nowMs: number): void {
  if (isNeverSent(present) && present.state !== 'skipped') return;
  const rejected = isRejection(conversion.status) && !meansRejection(conversion, present);
  const policy: DestinationFacts = rejected ? destination : { ...destination, onRejection: 'ignore' };
  takeBack(conversion, present, policy, last, nowMs, rejected ? undefined : "superseded: today's rules do not send it");
  const stands = present.state !== 'cancelled' && !takenBack(conversion, present);
  if (stands && !rejected) flag(present, AGAINST_RULES);
}

function planMissing(conversion: Conversion, wanted: Delivery, destination: DestinationFacts, last: HistoryEntry, nowMs: number): void {
  const latest = latestOf(conversion, destination.id, wanted.event);
  if (latest && takenBack(conversion, latest)) {
    const retraction = lastTold(conversion, latest);
    if (isUnsent(retraction)) return cancel(retraction, 'superseded: the event holds again', nowMs);
    if (destination.reversal?.restoresByRestating) {
      if (latest.occurredAtMs + destination.reversal.deadlineMs <= nowMs) return flag(latest, 'restatement_too_late');
      const { value, currency } = wanted;
      return void conversion.deliveries.push(correctionOf(conversion, latest, 'restate', { value, currency }, destination, last, nowMs));
    }
  }
  // Nothing is planned that no platform would take any more: a rule that is new says nothing about last year.
  if (wanted.deadlineAtMs <= nowMs) return;
  conversion.deliveries.push(sendable(conversion, wanted, (latest?.generation ?? 0) + 1, destination, nowMs));
}

function sendable(conversion: Conversion, wanted: Delivery, generation: number, destination: DestinationFacts, nowMs: number): Delivery {
  const id = { ...wanted, generation };
  return {
    ...id,
    key: deliveryKeyOf(id),
    state: wanted.state === 'skipped' ? 'skipped' : 'planned',
    eventId: eventIdOf(conversion.id, wanted.event, generation),
    transactionId: transactionIdOf(conversion, wanted.event, generation, destination.acceptsTransactionId),
    plannedAtMs: nowMs,
  };
}
