import type { DeliverInput, DeliverResult } from '../contracts/activities.ts';
import { destinationByPlatform } from '../destinations/catalog.ts';
import type { Destination, Outcome, OutboundEvent, PlatformRequest, PlatformResponse } from '../destinations/contract.ts';
import type { Conversion, Delivery } from '../domain/conversion.ts';
import { meansRejection } from '../domain/corrections.ts';
import { isRejection } from '../domain/report.ts';
import { isNeverSent, isUnsent } from '../domain/standing.ts';
import type { ClickDoc } from '../store/documents.ts';
import { clickById } from '../store/clicks.ts';
import { changeDelivery, conversionById, type DeliveryPatch } from '../store/conversions.ts';
import { destinationById } from '../store/destinations.ts';
import { attempt, type Tokens } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import { deliveryOf, recordEnd, resultOf, retryLater, SLACK_MS, waitFailure } from './delivery-record.ts';
import type { Deps } from './deps.ts';
import { reversalOf } from './destination-facts.ts';
import { readyDestination, type ReadyDestination } from './destination.ts';
import { isProbe } from './half-open.ts';
import { outboundEvent } from './outbound-event.ts';
import { pauseOver } from './pause.ts';
import { concludeProbe } from './probe.ts';
import type { Limits } from './limits.ts';
import { takeTurn } from './turn.ts';

/** The HTTP timeout and two writes fit into this: a younger attempt of somebody else may still be under way. */
const ATTEMPT_MAX_MS = 20_000;

/**
 * One attempt of one delivery. Returns its end, or throws what makes Temporal try again at the right moment. The HTTP call,
 * its limits, its record and the decision about a retry are here, for every platform; what is sent and how the answer is
 * read is the platform's own (destinations/).
 */
export const createDeliver = (deps: Deps, tokens: Tokens, limits: Limits) => async (input: DeliverInput): Promise<DeliverResult> => {
  const found = await conversionById(deps.db, input.conversionId);
  const delivery = found && deliveryOf(found.conversion, input.deliveryKey);
  if (!delivery) return { state: 'cancelled', note: 'This delivery is not planned any more.' };
  const { conversion } = found;
  if (delivery.state === 'accepted') return acceptedResult(deps, delivery);
  if (delivery.state !== 'planned' && delivery.state !== 'parked') return resultOf(delivery);

  const destination = await destinationFor(deps, conversion, delivery);
  if ('state' in destination) return destination;
  const click = conversion.clickId === null ? null : await clickById(deps.db, conversion.propertyId, conversion.clickId);
  const hindered = await hindrance(deps, conversion, delivery, destination, outboundEvent(conversion, delivery, click));
  if (hindered) return hindered;
  const release = await takeTurn(deps, limits, conversion, delivery);
  const result = await send(deps, tokens, conversion, delivery, destination, click).finally(release);
  return destination.doc.state === 'paused' ? concludeProbe(deps, destination.doc, input, result) : result;
};

async function destinationFor(deps: Deps, conversion: Conversion, delivery: Delivery): Promise<ReadyDestination | DeliverResult> {
  const doc = await destinationById(deps.db, delivery.destinationId);
  if (!doc) return recordEnd(deps, conversion.id, delivery, { state: 'skipped', code: 'destination_gone', reason: 'The destination was removed.' });
  const isHalfOpen = isProbe(doc, conversion.id, delivery.key) && deps.now() < doc.probe!.until.getTime();
  if (doc.state === 'paused' && !isHalfOpen) return park(deps, conversion, delivery, doc.paused?.code ?? 'paused', `"${doc.name}" is paused: ${doc.paused?.reason ?? ''}`);
  const ready = readyDestination(doc, deps.keys);
  if ('problem' in ready) return pauseOver(deps, conversion, delivery, doc, { code: 'settings_invalid', message: ready.problem });
  return ready;
}

/** After `parked` is recorded the destination is read again: it may have been resumed while that was written. */
async function park(deps: Deps, conversion: Conversion, delivery: Delivery, code: string, reason: string): Promise<DeliverResult> {
  const parked = await recordEnd(deps, conversion.id, delivery, { state: 'parked', code, reason, endedAtMs: null });
  const again = await destinationById(deps.db, delivery.destinationId);
  if (again?.state === 'active') throw waitFailure({ code: 'destination_resumed', message: 'The destination was resumed meanwhile.' }, 100);
  return parked;
}

/** What stands in the way of an attempt; null where nothing does. */
async function hindrance(
  deps: Deps, conversion: Conversion, delivery: Delivery, { doc, platform, settings }: ReadyDestination, event: OutboundEvent,
): Promise<DeliverResult | null> {
  const now = deps.now();
  const since = delivery.inFlightSinceMs;
  if (since !== null && now - since < ATTEMPT_MAX_MS) {
    throw waitFailure({ code: 'attempt_under_way', message: 'Another attempt of this delivery may still be under way.' }, ATTEMPT_MAX_MS - (now - since));
  }
  const end = (state: Delivery['state'], code: string, reason: string, flags = delivery.flags) =>
    recordEnd(deps, conversion.id, delivery, { state, code, reason, flags });

  // In flight when the rejection came, and now known not to have arrived: nothing is left to let finish.
  if (delivery.kind === 'event' && isRejection(conversion.status) && isUnsent(delivery) && !meansRejection(conversion, delivery)) {
    return end('cancelled', 'superseded', `superseded: the conversion is ${conversion.status}`);
  }
  const original = delivery.corrects === null ? null : deliveryOf(conversion, delivery.corrects);
  if (original && ['planned', 'accepted', 'parked'].includes(original.state)) {
    throw waitFailure({ code: 'original_open', message: 'It waits for the delivery that it corrects.' }, deps.config.retryFirstMs);
  }
  if (original && isNeverSent(original)) return end('cancelled', 'nothing_to_correct', `The event that it corrects is ${original.state}.`);
  const reversal = reversalOf(doc, platform);
  if (isCorrection(delivery) && !reversal) return end('skipped', 'corrections_off', `"${doc.name}" is not told of changes.`);
  const early = original && await untilCorrectable(deps, conversion, delivery, original, platform);
  if (early) return early;
  const ageMaxMs = isCorrection(delivery) ? (reversal?.ageMaxMs ?? Number.POSITIVE_INFINITY) : platform.ageMaxMs;
  const tooOldMs = Math.min(delivery.deadlineAtMs, delivery.occurredAtMs + ageMaxMs);
  if (now >= tooOldMs) return end('expired', 'too_old', `${platform.title} takes no event of this age.${delivery.reason ? ` Last answer: ${delivery.reason}` : ''}`);

  const unknownSince = delivery.unknownSinceMs ?? since;
  if (unknownSince !== null && now - unknownSince > platform.dedupeWindowMs && doc.policy.unknownOutcome === 'hold') {
    return end('failed', 'outcome_unknown', `An attempt got no answer, and ${platform.title} would not recognise a repeat any more. Send it again by hand if the platform shows nothing.`, withFlag(delivery, 'outcome_unknown'));
  }
  const missing = isCorrection(delivery) ? (reversal?.missing?.(event, settings) ?? null) : platform.missing(event, settings);
  return missing === null ? null : end('skipped', 'missing', missing);
}

const isCorrection = ({ kind }: Delivery): boolean => kind === 'retract' || kind === 'restate';

/** Some platforms take a correction only some time after the event (Google Ads: 24 hours). Throws the wait until then; ends what would wait too long. */
async function untilCorrectable(
  deps: Deps, conversion: Conversion, delivery: Delivery, original: Delivery, { title, reversal }: Destination,
): Promise<DeliverResult | null> {
  const fromMs = (original.endedAtMs ?? original.occurredAtMs) + (reversal?.notBeforeMs ?? 0);
  const waitMs = fromMs - deps.now();
  if (!reversal?.notBeforeMs || waitMs <= 0) return null;
  return retryLater(deps, conversion.id, delivery, { code: 'too_early', message: `${title} takes a correction from ${new Date(fromMs).toISOString()} on.` }, waitMs);
}

const withFlag = (delivery: Delivery, flag: string): string[] => [...new Set([...delivery.flags, flag])];

async function send(
  deps: Deps, tokens: Tokens, conversion: Conversion, delivery: Delivery, destination: ReadyDestination, click: ClickDoc | null,
): Promise<DeliverResult> {
  const startedMs = deps.now();
  const unknownSinceMs = delivery.unknownSinceMs ?? delivery.inFlightSinceMs;
  const begun = await changeDelivery(
    deps.db, conversion.id, delivery, ['planned', 'parked'],
    {
      state: 'planned', inFlightSinceMs: startedMs, unknownSinceMs, attempts: delivery.attempts + 1, actsByMs: startedMs + ATTEMPT_MAX_MS + SLACK_MS,
      flags: unknownSinceMs === null ? delivery.flags : withFlag(delivery, 'sent_again'),
    },
    new Date(startedMs),
  );
  const current = begun && deliveryOf(begun, delivery.key);
  if (!current) throw waitFailure({ code: 'delivery_changed', message: 'It was changed while it was read.' }, 100);

  // What is sent is what was claimed: amount or click may have changed since it was first read.
  const sameClick = begun.clickId === conversion.clickId ? click : await clickById(deps.db, begun.propertyId, begun.clickId!);
  const { request, outcome, unknown } = await sendWithToken(deps, tokens, begun, current, destination, outboundEvent(begun, current, sameClick), false);
  const patch = { unknownSinceMs: unknown ? (current.unknownSinceMs ?? startedMs) : current.unknownSinceMs, ...(request && { sent: request.sent[0] ?? null }) };
  return conclude(deps, begun, current, destination, outcome, patch);
}

/** With a fresh token once where the platform refuses the one at hand. */
async function sendWithToken(
  deps: Deps, tokens: Tokens, conversion: Conversion, delivery: Delivery, destination: ReadyDestination, event: OutboundEvent, fresh: boolean,
): Promise<{ request: PlatformRequest | null; outcome: Outcome; unknown: boolean }> {
  const token = await tokens.get(destination, fresh);
  if ('outcome' in token) return { request: null, outcome: token.outcome, unknown: false };
  const { platform, settings } = destination;
  const ctx = { nowMs: deps.now(), ...(token.token !== undefined && { accessToken: token.token }) };
  const correction = isCorrection(delivery) ? platform.reversal : undefined;
  const request = correction ? correction.build(event, settings, ctx) : platform.build([event], settings, ctx);
  const classify = (response: PlatformResponse): Outcome => (correction ?? platform).classify(response, request)[0]!;
  const of = { conversionId: conversion.id, propertyId: conversion.propertyId, deliveryKey: delivery.key, number: delivery.attempts, personal: personalOf(event) };
  const { outcome, unknown } = await attempt(deps, destination, of, request, token.token, classify);
  if (outcome.kind === 'unauthorised' && outcome.refreshable && platform.authorise && !fresh) {
    return sendWithToken(deps, tokens, conversion, delivery, destination, event, true);
  }
  return { request, outcome, unknown };
}

/** Who the buyer is and where they were; a country is nobody. */
const personalOf = ({ user, click }: OutboundEvent): string[] =>
  [...Object.entries(user).flatMap(([field, value]) => (field === 'country' ? [] : value)), click?.ip, click?.userAgent]
    .filter((value): value is string => typeof value === 'string');

async function conclude(
  deps: Deps, conversion: Conversion, delivery: Delivery, { doc, platform }: ReadyDestination,
  outcome: Outcome, patch: DeliveryPatch,
): Promise<DeliverResult> {
  switch (outcome.kind) {
    case 'delivered': {
      const flags = outcome.duplicate ? withFlag(delivery, 'duplicate') : delivery.flags;
      return recordEnd(deps, conversion.id, delivery, { ...patch, state: 'delivered', code: null, reason: warningsOf(outcome), flags });
    }
    case 'accepted': {
      const later = acceptedResult(deps, delivery);
      const actsByMs = deps.now() + later.poll!.firstMs + SLACK_MS;
      const result = await recordEnd(deps, conversion.id, delivery, { ...patch, state: 'accepted', code: null, reason: warningsOf(outcome), receipt: outcome.receipt, endedAtMs: null, actsByMs });
      return { ...later, ...result };
    }
    case 'retry': {
      const delayMs = outcome.retryAfterMs ?? backoffMs(delivery.attempts, deps.config.retryFirstMs, deps.config.retryLongestMs);
      return retryLater(deps, conversion.id, delivery, outcome, delayMs, patch);
    }
    case 'rejected':
      return recordEnd(deps, conversion.id, delivery, { ...patch, state: 'failed', code: outcome.code, reason: outcome.message });
    case 'expired':
      return recordEnd(deps, conversion.id, delivery, { ...patch, state: 'expired', code: outcome.code, reason: outcome.message });
    case 'unauthorised':
    case 'misconfigured':
      return pauseOver(deps, conversion, delivery, doc, { code: outcome.code, message: `${platform.title}: ${outcome.message}` });
  }
}

const warningsOf = (outcome: { warnings?: string[] }): string | null => (outcome.warnings?.length ? `Warnings: ${outcome.warnings.join('; ')}` : null);

/** When to ask for the result of an accepted delivery, by the platform's own advice unless configured. */
function acceptedResult(deps: Deps, delivery: Delivery): DeliverResult {
  const firstMs = deps.config.resultPollFirstMs ?? destinationByPlatform(delivery.platform)?.result?.firstPollMs ?? 0;
  return { state: 'accepted', note: 'taken, its result comes later', poll: { firstMs, untilMs: deps.now() + RESULT_WAIT_MAX_MS } };
}

/** A result that did not come within this is not waited for any more. */
const RESULT_WAIT_MAX_MS = 48 * 60 * 60_000;
