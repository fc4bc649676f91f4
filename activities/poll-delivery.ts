import { activityInfo } from '@temporalio/activity';
import type { DeliverInput, DeliverResult } from '../contracts/activities.ts';
import { RESEND, type Outcome } from '../destinations/contract.ts';
import { conversionById } from '../store/conversions.ts';
import { destinationById } from '../store/destinations.ts';
import { attempt, type Tokens } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import { deliveryOf, recordEnd, resultOf, SLACK_MS, waitFor } from './delivery-record.ts';
import type { Deps } from './deps.ts';
import { readyDestination } from './destination.ts';
import type { Limits } from './limits.ts';
import { takeTurn } from './turn.ts';

/** Asks the platform once what became of an accepted delivery; Temporal asks again until the answer is there. */
export const createPollDelivery = (deps: Deps, tokens: Tokens, limits: Limits) => async (input: DeliverInput): Promise<DeliverResult> => {
  const found = await conversionById(deps.db, input.conversionId);
  const delivery = found && deliveryOf(found.conversion, input.deliveryKey);
  if (!delivery) return { state: 'cancelled', note: 'This delivery is not planned any more.' };
  if (delivery.state !== 'accepted' || delivery.receipt === null) return resultOf(delivery);
  const { conversion } = found;
  const end = (state: 'delivered' | 'failed' | 'expired', code: string | null, reason: string | null, flags = delivery.flags) =>
    recordEnd(deps, conversion.id, delivery, { state, code, reason, flags });

  const doc = await destinationById(deps.db, delivery.destinationId);
  const ready = doc && readyDestination(doc, deps.keys);
  if (!ready || 'problem' in ready || !ready.platform.result) {
    const reason = 'The platform took it, but nobody can ask for the result any more: its destination was removed or changed.';
    return recordEnd(deps, conversion.id, delivery, { state: 'failed', code: 'result_unknown', reason, unknownSinceMs: deps.now() });
  }
  const { result } = ready.platform;
  const number = activityInfo().attempt;
  const ask = async (fresh: boolean): Promise<Outcome> => {
    const token = await tokens.get(ready, fresh);
    if ('outcome' in token) return token.outcome;
    const request = result.build(delivery.receipt!, ready.settings, { nowMs: deps.now(), ...(token.token !== undefined && { accessToken: token.token }) });
    const of = { conversionId: conversion.id, propertyId: conversion.propertyId, deliveryKey: `${delivery.key}/result`, number };
    const { outcome } = await attempt(deps, ready, of, request, token.token, (response) => result.classify(response, request));
    return outcome.kind === 'unauthorised' && outcome.refreshable && !fresh ? ask(true) : outcome;
  };

  const release = await takeTurn(deps, limits, conversion, delivery);
  const outcome = await ask(false).finally(release);
  switch (outcome.kind) {
    case 'delivered':
      return end('delivered', null, null, outcome.duplicate ? [...new Set([...delivery.flags, 'duplicate'])] : delivery.flags);
    case 'rejected':
      return end('failed', outcome.code, outcome.message);
    case 'expired':
      return end('expired', outcome.code, outcome.message);
    case 'retry':
      if (outcome.code === RESEND) return sendAgain(outcome);
      return waitAndAsk(outcome, outcome.retryAfterMs);
    case 'accepted':
      return waitAndAsk({ code: 'result_pending', message: 'The platform has not finished with it yet.' });
    case 'unauthorised':
    case 'misconfigured':
      // The event is taken; only the question is refused. The next delivery pauses the destination, the question waits.
      return waitAndAsk(outcome, deps.config.resultPollLongestMs);
  }

  /** The platform took it and then lost it: planned again, attempted when the platform wants it. */
  async function sendAgain(why: { code: string; message: string; retryAfterMs?: number }): Promise<DeliverResult> {
    const waitMs = why.retryAfterMs ?? backoffMs(number, deps.config.retryFirstMs, deps.config.retryLongestMs);
    const planned = { state: 'planned' as const, code: why.code, reason: why.message, endedAtMs: null, receipt: null, actsByMs: deps.now() + waitMs + SLACK_MS };
    return { ...(await recordEnd(deps, conversion.id, delivery!, planned)), waitMs };
  }

  function waitAndAsk(why: { code: string; message: string }, afterMs?: number): Promise<DeliverResult> {
    const firstMs = deps.config.resultPollFirstMs ?? result.firstPollMs;
    return waitFor(deps, conversion.id, delivery!, why, afterMs ?? backoffMs(number, firstMs, deps.config.resultPollLongestMs));
  }
};
