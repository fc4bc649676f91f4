import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { DeliverResult } from '../contracts/activities.ts';
import type { Conversion, Delivery } from '../domain/conversion.ts';
import type { DeliveryState } from '../domain/event.ts';
import { changeDelivery, conversionById, type DeliveryPatch } from '../store/conversions.ts';
import { raiseEnd } from './alerts.ts';
import type { Deps } from './deps.ts';

/** Ends and waits of a delivery, as they are recorded and told to the workflow. */

/** Slack between the moment Temporal acts and the relay finding that it did not. */
export const SLACK_MS = 60_000;
const SENDABLE: readonly DeliveryState[] = ['planned', 'parked', 'accepted'];

/**
 * Records the state that a delivery came to. Where it is not as it was read any more, what is recorded stands: another
 * attempt has taken over, or it was cancelled.
 */
export async function recordEnd(deps: Deps, conversionId: string, delivery: Delivery, patch: DeliveryPatch & { state: DeliveryState }): Promise<DeliverResult> {
  await raiseEnd(deps, conversionId, delivery, patch);
  const now = deps.now();
  const change = { inFlightSinceMs: null, endedAtMs: now, actsByMs: delivery.deadlineAtMs + SLACK_MS, ...patch };
  const after = await changeDelivery(deps.db, conversionId, delivery, SENDABLE, change, new Date(now));
  const recorded = after && deliveryOf(after, delivery.key);
  return recorded ? resultOf(recorded) : whatStands(deps, conversionId, delivery.key);
}

async function whatStands(deps: Deps, conversionId: string, key: string): Promise<DeliverResult> {
  const found = await conversionById(deps.db, conversionId);
  const recorded = found && deliveryOf(found.conversion, key);
  if (!recorded) return { state: 'cancelled', note: 'This delivery is not planned any more.' };
  if (recorded.state === 'planned') throw waitFailure({ code: 'attempt_overtaken', message: 'Another attempt of this delivery has begun.' }, deps.config.retryFirstMs);
  return resultOf(recorded);
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
  if (deps.now() + delayMs > delivery.deadlineAtMs) {
    const reason = `The next attempt would be later than the platform takes it. Last answer: ${why.message}`;
    return recordEnd(deps, conversionId, delivery, { ...patch, state: 'expired', code: why.code, reason });
  }
  return waitFor(deps, conversionId, delivery, why, delayMs, patch);
}

/** Records why and until when it waits, and throws the failure that makes Temporal wait so long. */
export async function waitFor(
  deps: Deps, conversionId: string, delivery: Delivery, why: { code: string; message: string }, delayMs: number, patch: DeliveryPatch = {},
): Promise<never> {
  const now = deps.now();
  const change = { ...patch, inFlightSinceMs: null, code: why.code, reason: why.message, actsByMs: now + delayMs + SLACK_MS };
  await changeDelivery(deps.db, conversionId, delivery, SENDABLE, change, new Date(now));
  throw waitFailure(why, delayMs);
}

/** Temporal takes a delay of 0 ("Retry-After: 0", a date that has passed) for "no retry at all", and the event would be lost. */
const WAIT_LEAST_MS = 100;

/** An expected failure: Temporal waits `delayMs`, and its own error metrics stay quiet. */
export const waitFailure = (why: { code: string; message: string }, delayMs: number): ApplicationFailure =>
  ApplicationFailure.create({ message: why.message, type: why.code, nextRetryDelay: Math.max(delayMs, WAIT_LEAST_MS), category: ApplicationFailureCategory.BENIGN });

export const deliveryOf = (conversion: Conversion, key: string): Delivery | undefined => conversion.deliveries.find((d) => d.key === key);
