import { takeIn, type FoldContext } from './fold.ts';
import { CANCELLED_BY_HAND, cancel, flag } from './delivery.ts';
import { deliveryKeyOf, eventIdOf, transactionIdOf } from './ids.ts';
import { meansRejection } from './corrections.ts';
import { FORCED, isNeverSent, isUnsent, latestOf, OUTCOME_UNKNOWN, takenBack } from './standing.ts';
import { isRejection, type KnownStatus, type Report } from './report.ts';
import type { Conversion, Delivery } from './conversion.ts';

/** What an operator may do to a conversion. Pure: changes the conversion in place. */

/** The operation as a whole cannot be done; `message` is a sentence for the operator. */
export class OperationRefused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Refusal {
  key: string;
  reason: string;
}

export const RETRIED_BY_HAND = 'retried_by_hand';

export interface RetryContext {
  nowMs: number;
  /** Why nothing can be sent there now; null where it can. */
  hindrance(destinationId: string): string | null;
  acceptsTransactionId(destinationId: string, transactionId: string): boolean;
}

const NOT_OUT: readonly Delivery['state'][] = ['failed', 'expired', 'parked', 'skipped'];

/** Puts deliveries back to `planned`: those named, else all that did not go out. Returns those that cannot be, with the reason. */
export function retryDeliveries(conversion: Conversion, ask: { keys?: string[]; force?: boolean; newEventId?: boolean }, ctx: RetryContext): Refusal[] {
  const refused: Refusal[] = [];
  const wanted = (d: Delivery): boolean =>
    NOT_OUT.includes(d.state) || (d.state === 'cancelled' && d.code === CANCELLED_BY_HAND) || (ask.force === true && d.state === 'delivered');
  const keys = ask.keys ?? conversion.deliveries.filter(wanted).map((d) => d.key);
  for (const key of new Set(keys)) {
    const delivery = conversion.deliveries.find((d) => d.key === key);
    const reason = delivery ? whyNot(conversion, delivery, ask, ctx) : 'There is no such delivery.';
    if (reason !== null) refused.push({ key, reason });
    else if (delivery!.state === 'delivered' && ask.newEventId) conversion.deliveries.push(anew(conversion, delivery!, ctx));
    else replan(delivery!);
  }
  return refused;
}

function whyNot(conversion: Conversion, delivery: Delivery, { force, newEventId }: { force?: boolean; newEventId?: boolean }, ctx: RetryContext): string | null {
  if (delivery.state === 'planned') return delivery.attempts > 0 ? 'It is being tried already.' : 'It is planned already.';
  if (delivery.state === 'accepted') return 'The platform took it, and has yet to say what became of it.';
  if (delivery.state === 'delivered' && !force) return 'It was delivered; "force" sends it again.';
  if (delivery.deadlineAtMs <= ctx.nowMs) return `The platform took it until ${new Date(delivery.deadlineAtMs).toISOString()}, and takes it no more.`;
  const isOver = delivery.kind === 'event' && isRejection(conversion.status) && !meansRejection(conversion, delivery);
  if (isOver) return `The conversion is ${conversion.status}: the event does not hold any more.`;
  if (delivery.kind === 'event' && takenBack(conversion, delivery)) return 'It was taken back at the platform.';
  if (delivery.state === 'delivered' && newEventId && delivery.kind !== 'event') return 'It corrects an event and has no event id of its own.';
  const original = conversion.deliveries.find((d) => d.key === delivery.corrects);
  if (original && isNeverSent(original)) return `The event that it follows is ${original.state}.`;
  return ctx.hindrance(delivery.destinationId);
}

/** An attempt that had no answer stays on record as a flag: what is sent by hand starts a dedupe window of its own. */
function replan(delivery: Delivery): void {
  if (delivery.unknownSinceMs !== null) flag(delivery, OUTCOME_UNKNOWN);
  flag(delivery, delivery.state === 'delivered' ? FORCED : RETRIED_BY_HAND);
  Object.assign(delivery, { state: 'planned', reason: null, code: null, actsByMs: null, receipt: null, inFlightSinceMs: null, unknownSinceMs: null, endedAtMs: null });
}

/** The same event as the next generation: a new event id, counted again. */
function anew(conversion: Conversion, delivery: Delivery, { nowMs, acceptsTransactionId }: RetryContext): Delivery {
  const { destinationId, event } = delivery;
  const generation = latestOf(conversion, destinationId, event)!.generation + 1;
  const id = { destinationId, event, generation, kind: 'event' as const, sequence: 0 };
  return {
    ...delivery, ...id, key: deliveryKeyOf(id), state: 'planned', reason: null, code: null,
    eventId: eventIdOf(conversion.id, event, generation),
    transactionId: transactionIdOf(conversion, event, generation, (transactionId) => acceptsTransactionId(destinationId, transactionId)),
    plannedAtMs: nowMs, attempts: 0, actsByMs: null, sent: null, receipt: null, inFlightSinceMs: null, unknownSinceMs: null, endedAtMs: null,
    flags: [...new Set([...delivery.flags.filter((each) => each !== 'duplicate' && each !== OUTCOME_UNKNOWN && each !== FORCED), RETRIED_BY_HAND])],
  };
}

/** The click is known to exist. What was sent without it stands as it was sent. */
export function attachClick(conversion: Conversion, clickId: string): void {
  if (conversion.clickId === clickId) return;
  Object.assign(conversion, { clickId, clickMatch: 'attached by hand', attribution: 'matched', waitingFor: [], waitUntilMs: null });
}

/** A report of the operator's, now: through the same fold as the network's. */
export function setStatus(
  conversion: Conversion, operationId: string, ask: { status: KnownStatus; amount?: string; currency?: string }, ctx: FoldContext,
): void {
  // A network's clock may run a little ahead of ours; what an operator says now is still the later word.
  const atMs = Math.max(ctx.nowMs, (conversion.statusAtMs ?? 0) + 1);
  const report: Report = {
    orderId: conversion.orderId, weakKey: conversion.weakKey, status: ask.status, statusRaw: ask.status, statusParameter: true,
    amount: ask.amount ?? null, currency: ask.currency ?? null, currencyAssumed: false, orderValue: null,
    occurredAt: new Date(atMs).toISOString(), occurredAtReported: true, clickIdCandidates: [], eventName: null,
    offerId: null, country: null, ip: null, user: {}, items: [], flags: [], empty: false,
  };
  takeIn(conversion, `operator:${operationId}`, ctx.nowMs, report, ctx, 'operator');
}

/** Ends what is certainly not at the platform. */
export function cancelDelivery(conversion: Conversion, key: string, why: string, nowMs: number): void {
  const delivery = conversion.deliveries.find((d) => d.key === key);
  if (!delivery) throw new OperationRefused('delivery_unknown', `There is no delivery "${key}".`);
  if (delivery.state === 'cancelled') return;
  const isOpenFailure = (delivery.state === 'failed' || delivery.state === 'skipped') && isNeverSent(delivery);
  if (!isUnsent(delivery) && !isOpenFailure) throw new OperationRefused('cannot_cancel', whyNotCancelled(delivery));
  cancel(delivery, `Cancelled by hand: ${why}`, nowMs);
  delivery.code = CANCELLED_BY_HAND;
}

function whyNotCancelled(delivery: Delivery): string {
  if (delivery.inFlightSinceMs !== null) return 'An attempt is under way, and nobody knows yet whether the platform has taken it. Ask again when it has ended.';
  if (delivery.state === 'delivered' || delivery.state === 'accepted') return 'The platform has it already.';
  if (delivery.state === 'expired') return 'It has ended already: nothing will be sent.';
  return 'An attempt of it had no answer: the platform may have it already.';
}
