import { compareAmounts } from './money.ts';
import { deliveryKeyOf, eventIdOf, transactionIdOf } from './ids.ts';
import { valueOf } from './mapping.ts';
import { blankDelivery, cancel, correctionOf, flag, type DestinationFacts, type Money } from './delivery.ts';
import { isNeverSent, isUnsent, lastTold, latestOf, takenBack } from './standing.ts';
import { isRejection } from './report.ts';
import type { Conversion, Delivery, HistoryEntry } from './conversion.ts';

/** Changes after an event was planned or delivered: taking back, restating, or the event of the policy for rejections. */
export function planCorrections(conversion: Conversion, report: HistoryEntry, destination: DestinationFacts, nowMs: number): void {
  if (!isRejection(conversion.status)) {
    cancelUnsentRejectionEvent(conversion, destination, nowMs);
    for (const event of eventsAt(conversion, destination.id)) followAmount(conversion, latestOf(conversion, destination.id, event)!, destination, report, nowMs);
  } else if (report.effect === 'applied') {
    const events = conversion.deliveries.filter((d) => d.kind === 'event' && d.destinationId === destination.id && !meansRejection(conversion, d));
    for (const event of events) takeBack(conversion, event, destination, report, nowMs);
  }
}

/** An event that a rule plans for a rejection itself is not taken back by it. */
export const meansRejection = (conversion: Conversion, delivery: Delivery): boolean =>
  isRejection(conversion.history.find((entry) => entry.postbackId === delivery.postbackId)?.status ?? 'unknown');

function cancelUnsentRejectionEvent(conversion: Conversion, destination: DestinationFacts, nowMs: number): void {
  for (const d of conversion.deliveries) {
    if (d.kind === 'custom' && d.destinationId === destination.id && isUnsent(d)) cancel(d, `superseded: the conversion is ${conversion.status}`, nowMs);
  }
}

const eventsAt = (conversion: Conversion, destinationId: string): string[] =>
  [...new Set(conversion.deliveries.filter((d) => d.kind === 'event' && d.destinationId === destinationId).map((d) => d.event))];

/** `why`: the reason that stands at what is cancelled before it went out. */
export function takeBack(
  conversion: Conversion, original: Delivery, destination: DestinationFacts, report: HistoryEntry, nowMs: number, why = `superseded: the conversion is ${conversion.status}`,
): void {
  cancelUnsentCorrections(conversion, original, nowMs);
  if (isUnsent(original) || original.state === 'skipped') return cancel(original, why, nowMs);
  if (isNeverSent(original) || takenBack(conversion, original)) return;
  const { reversal } = destination;
  if (reversal?.kinds.includes('retract')) {
    if (original.occurredAtMs + reversal.deadlineMs <= nowMs) return flag(original, 'reversal_too_late');
    conversion.deliveries.push(correctionOf(conversion, original, 'retract', retractedMoney(original, reversal.restoresByRestating), destination, report, nowMs));
    return;
  }
  if (destination.onRejection !== 'ignore') planRejectionEvent(conversion, original, destination.onRejection.event, destination, report, nowMs);
}

/** Data Manager takes back by the value 0 on the same transaction id; elsewhere a retraction has no value. */
const retractedMoney = (original: Delivery, byValue: boolean): Money =>
  byValue ? { value: '0', currency: original.currency } : { value: null, currency: null };

/** At destinations that cannot take back, once per conversion. */
function planRejectionEvent(
  conversion: Conversion, original: Delivery, event: string, destination: DestinationFacts, report: HistoryEntry, nowMs: number,
): void {
  if (conversion.deliveries.some((d) => d.kind === 'custom' && d.destinationId === destination.id && !isNeverSent(d))) return;
  const outbound = destination.outbound(event, conversion);
  if ('refused' in outbound) return;
  const id = { destinationId: destination.id, event, generation: 1, kind: 'custom' as const, sequence: 0 };
  const occurredAtMs = Math.min(report.occurredAtMs, report.receivedAtMs);
  conversion.deliveries = conversion.deliveries.filter((d) => d.key !== deliveryKeyOf(id));
  conversion.deliveries.push({
    ...blankDelivery(destination, nowMs),
    ...id,
    key: deliveryKeyOf(id),
    name: outbound.name,
    state: 'planned',
    eventId: eventIdOf(conversion.id, event, 1),
    transactionId: transactionIdOf(conversion, event, 1, destination.acceptsTransactionId),
    occurredAtMs,
    value: null,
    currency: null,
    valueFrom: 'none',
    postbackId: report.postbackId,
    deadlineAtMs: occurredAtMs + destination.deadlineMs,
    corrects: original.key,
    flags: [],
  });
}

/** While approved, what a destination was last told follows the conversion's amount: in place where it is not sent yet, else restated. */
export function followAmount(conversion: Conversion, original: Delivery, destination: DestinationFacts, report: HistoryEntry, nowMs: number): void {
  if (original.valueFrom !== 'payout' && original.valueFrom !== 'orderValue') return;
  const money = destination.value(original.event, valueOf(conversion, original.valueFrom));
  const told = lastTold(conversion, original);
  if (told.kind === 'retract' || sameMoney(told, money)) return;
  if (isUnsent(told) || told.state === 'skipped') return void Object.assign(told, money);
  if (conversion.status !== 'approved' || isNeverSent(original) || !destination.reversal?.kinds.includes('restate')) return;
  if (original.occurredAtMs + destination.reversal.deadlineMs <= nowMs) return flag(original, 'restatement_too_late');
  conversion.deliveries.push(correctionOf(conversion, original, 'restate', money, destination, report, nowMs));
}

const sameMoney = (a: Money, b: Money): boolean =>
  a.currency === b.currency && (a.value === null || b.value === null ? a.value === b.value : compareAmounts(a.value, b.value) === 0);

function cancelUnsentCorrections(conversion: Conversion, original: Delivery, nowMs: number): void {
  for (const d of conversion.deliveries) {
    if (d.corrects === original.key && d.kind === 'restate' && isUnsent(d)) cancel(d, `superseded: the conversion is ${conversion.status}`, nowMs);
  }
}
