import { deliveryKeyOf } from './ids.ts';
import { lastCorrection } from './standing.ts';
import type { Conversion, Delivery, HistoryEntry } from './conversion.ts';

/** Deliveries as planning makes them. */

/** What planning must know of a destination. */
export interface DestinationFacts {
  id: string;
  name: string;
  platform: string;
  deadlineMs: number;
  /** `deadlineMs` is counted from the event, `ageMaxMs` from the change; absent: a change may be as old as it is. */
  reversal: { kinds: ('retract' | 'restate')[]; restoresByRestating: boolean; deadlineMs: number; ageMaxMs?: number } | null;
  onRejection: 'ignore' | { event: string };
  /** Outbound mapping: the platform's name, or why the event is not sent. */
  outbound(event: string, conversion: Conversion): { name: string } | { refused: string };
  /** The destination's own value policy. */
  value(event: string, value: Money): Money;
  acceptsTransactionId(transactionId: string): boolean;
}

export interface Money {
  value: string | null;
  currency: string | null;
}

/** Fields of a delivery that nothing has happened to. */
export function blankDelivery(destination: Pick<DestinationFacts, 'id' | 'name' | 'platform'>, nowMs: number) {
  return {
    destinationId: destination.id, destinationName: destination.name, platform: destination.platform,
    reason: null, code: null, plannedAtMs: nowMs, actsByMs: null, attempts: 0, corrects: null, sent: null, receipt: null,
    inFlightSinceMs: null, unknownSinceMs: null, endedAtMs: null,
  };
}

/**
 * A correction carries the number of the event it corrects and a sequence, counted per event. Its time is that of the change,
 * as we heard of it: platforms want it later than the event, and later than the correction before, by a second at least.
 */
export function correctionOf(
  conversion: Conversion, original: Delivery, kind: 'retract' | 'restate', money: Money,
  destination: DestinationFacts, report: HistoryEntry, nowMs: number,
): Delivery {
  const last = lastCorrection(conversion, original);
  const sequence = (last?.sequence ?? 0) + 1;
  const id = { destinationId: destination.id, event: original.event, generation: original.generation, kind, sequence };
  const occurredAtMs = Math.max(report.receivedAtMs, (last ?? original).occurredAtMs + 1000);
  const { deadlineMs = 0, ageMaxMs = Number.POSITIVE_INFINITY } = destination.reversal ?? {};
  return {
    ...blankDelivery(destination, nowMs),
    ...id,
    key: deliveryKeyOf(id),
    name: original.name,
    state: 'planned',
    eventId: original.eventId,
    transactionId: original.transactionId,
    occurredAtMs,
    ...money,
    valueFrom: original.valueFrom,
    postbackId: report.postbackId,
    deadlineAtMs: Math.min(original.occurredAtMs + deadlineMs, occurredAtMs + ageMaxMs),
    corrects: original.key,
    flags: [],
  };
}

export function cancel(delivery: Delivery, reason: string, nowMs: number): void {
  Object.assign(delivery, { state: 'cancelled', code: 'superseded', reason, endedAtMs: nowMs });
}

/** The code of what an operator cancelled. */
export const CANCELLED_BY_HAND = 'cancelled_by_hand';

export function flag(delivery: Delivery, code: string): void {
  if (!delivery.flags.includes(code)) delivery.flags.push(code);
}
