import type { Delivery, HistoryEntry } from '../../domain/conversion.ts';
import type { ListedConversion } from '../../store/conversion-lists.ts';
import type { AttemptDoc, AuditDoc } from '../../store/documents.ts';

/** Conversions as callers see them: money as decimal text, times as ISO 8601. Nothing of the buyer: neither `user` nor `ip` nor items. */

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** A line of a list. */
export function toListed({ conversion: c, createdAt, updatedAt }: ListedConversion) {
  return {
    id: c.id, propertyId: c.propertyId, network: c.network, orderId: c.orderId,
    status: c.status, amount: c.amount, currency: c.currency,
    clickId: c.clickId, attribution: c.attribution,
    deliveries: c.deliveries.map(({ key, event, kind, platform, destinationId, destinationName, state, reason, code }) => ({ key, event, kind, platform, destinationId, destinationName, state, reason, code })),
    flags: c.flags,
    createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString(),
  };
}

/** A conversion with all that is known of it. */
export function toConversion(listed: ListedConversion) {
  const { conversion: c, dueAt } = listed;
  return {
    ...toListed(listed),
    statusAt: time(c.statusAtMs), currencyAssumed: c.currencyAssumed, orderValue: c.orderValue, weakKey: c.weakKey,
    offerId: c.offerId, country: c.country,
    clickMatch: c.clickMatch, clickIdCandidates: c.clickIdCandidates, waitUntil: time(c.waitUntilMs), holdUntil: time(c.holdUntilMs),
    dueAt: dueAt?.toISOString() ?? null,
    history: c.history.map(toHistory),
    deliveries: c.deliveries.map(toDelivery),
  };
}

function toHistory({ postbackId, source, status, statusRaw, amount, currency, orderValue, eventName, occurredAtMs, occurredAtReported, receivedAtMs, effect, flags }: HistoryEntry) {
  return { postbackId, source, status, statusRaw, amount, currency, orderValue, eventName, occurredAt: time(occurredAtMs), occurredAtReported, receivedAt: time(receivedAtMs), effect, flags };
}

function toDelivery(d: Delivery) {
  return {
    key: d.key, event: d.event, name: d.name, kind: d.kind, generation: d.generation, sequence: d.sequence, corrects: d.corrects,
    platform: d.platform, destinationId: d.destinationId, destinationName: d.destinationName,
    state: d.state, reason: d.reason, code: d.code, eventId: d.eventId, transactionId: d.transactionId, value: d.value, currency: d.currency,
    occurredAt: time(d.occurredAtMs), plannedAt: time(d.plannedAtMs), deadlineAt: time(d.deadlineAtMs), actsBy: time(d.actsByMs), endedAt: time(d.endedAtMs),
    attempts: d.attempts, inFlightSince: time(d.inFlightSinceMs), flags: d.flags,
  };
}

/** Requests and answers as they were stored: secrets cut out. */
export function toAttempt({ _id, deliveryKey, destinationId, platform, number, count, startedAt, endedAt, request, response, outcome }: AttemptDoc) {
  return { id: _id, deliveryKey, destinationId, platform, number, count, startedAt, endedAt, request, response, outcome };
}

export function toAudit({ _id, conversionId: _c, propertyId: _p, ...entry }: AuditDoc) {
  return { id: _id, ...entry };
}
