import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { DeliverResult } from '../contracts/activities.ts';
import type { Conversion, Delivery } from '../domain/conversion.ts';
import type { DeliveryState } from '../domain/event.ts';
import { changeDelivery, type DeliveryPatch } from '../store/conversions.ts';
import type { Deps } from './deps.ts';

/** Ends and waits of a delivery, as they are recorded and told to the workflow. */

/** Slack between the moment Temporal retries and the relay finding that it did not. */
const SLACK_MS = 60_000;
const SENDABLE: readonly DeliveryState[] = ['planned', 'parked', 'accepted'];

/** Records the state that a delivery came to. Where it is not in a sendable state any more, what it is in stands. */
export async function recordEnd(deps: Deps, conversionId: string, delivery: Delivery, patch: DeliveryPatch & { state: DeliveryState }): Promise<DeliverResult> {
  const now = deps.now();
  const after = await changeDelivery(
    deps.db, conversionId, delivery.key, SENDABLE, { inFlightSinceMs: null, endedAtMs: now, ...patch }, new Date(delivery.deadlineAtMs + SLACK_MS), new Date(now),
  );
  const recorded = after?.deliveries.find((d) => d.key === delivery.key);
  return recorded ? resultOf(recorded) : { state: patch.state, note: patch.reason ?? patch.state };
}

export const resultOf = (delivery: Delivery): DeliverResult =>
  ({ state: delivery.state, note: delivery.reason ?? (delivery.flags.includes('duplicate') ? 'the platform had it already' : delivery.state) });

/**
 * Another attempt after `delayMs`, or `expired` at once where that is later than the platform takes it. Throws the failure
 * that makes Temporal wait exactly that long.
 */
export async function retryLater(
  deps: Deps, conversionId: string, delivery: Delivery, why: { code: string; message: string }, delayMs: number, patch: DeliveryPatch = {},
): Promise<DeliverResult> {
  const nextMs = deps.now() + delayMs;
  if (nextMs > delivery.deadlineAtMs) {
    const reason = `The next attempt would be later than the platform takes it. Last answer: ${why.message}`;
    return recordEnd(deps, conversionId, delivery, { ...patch, state: 'expired', code: why.code, reason });
  }
  await changeDelivery(
    deps.db, conversionId, delivery.key, SENDABLE,
    { ...patch, inFlightSinceMs: null, code: why.code, reason: why.message }, new Date(nextMs + SLACK_MS), new Date(deps.now()),
  );
  throw waitFailure(why, delayMs);
}

/** An expected failure: Temporal waits `delayMs`, and its own error metrics stay quiet. */
export const waitFailure = (why: { code: string; message: string }, delayMs: number): ApplicationFailure =>
  ApplicationFailure.create({ message: why.message, type: why.code, nextRetryDelay: delayMs, category: ApplicationFailureCategory.BENIGN });

export const deliveryOf = (conversion: Conversion, key: string): Delivery | undefined => conversion.deliveries.find((d) => d.key === key);
