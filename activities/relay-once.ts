import type { RelayResult } from '../contracts/activities.ts';
import { signalConversion } from '../contracts/start.ts';
import { partsOfConversionId } from '../domain/conversion-id.ts';
import { clickDocId, knownClicks } from '../store/clicks.ts';
import { deferDue, destinationsWithParked, overdue, parkedAt, waitingAfter } from '../store/conversions.ts';
import { destinationById } from '../store/destinations.ts';
import { deferPostback, unsettledBefore } from '../store/postbacks.ts';
import type { PostbackDoc } from '../store/documents.ts';
import { backoffMs } from './backoff.ts';
import type { Deps } from './deps.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** How long one pass works on a backlog before it looks after the rest. */
const BACKLOG_MS = 2 * MINUTE;

/**
 * One pass over what should have been signalled and was not: postbacks without an outcome, conversions whose run is overdue,
 * waiters whose click exists, deliveries parked at a destination that is active again. Each failure is that one's own: it
 * gets a later next try and its reason, and holds up nobody.
 */
export const createRelayOnce = (deps: Deps) => async (): Promise<RelayResult> => {
  const result: RelayResult = { postbacks: 0, conversions: 0, clicks: 0, parked: 0, failed: 0 };
  await relayPostbacks(deps, result);
  await wakeOverdue(deps, result);
  await tellWaiters(deps, result);
  await wakeParked(deps, result);
  if (result.postbacks + result.conversions + result.clicks + result.parked + result.failed > 0) deps.log.info(result, 'relay');
  return result;
};

async function relayPostbacks(deps: Deps, result: RelayResult): Promise<void> {
  const { db, config } = deps;
  // Each one taken on is due later from then on, so the loop ends; a backlog is worked off within few passes.
  const untilMs = deps.now() + BACKLOG_MS;
  for (let batch = await unsettledBefore(db, new Date(deps.now()), config.relayBatch); batch.length > 0 && deps.now() < untilMs; batch = await unsettledBefore(db, new Date(deps.now()), config.relayBatch)) {
    await relayBatch(deps, batch, result);
  }
}

async function relayBatch(deps: Deps, batch: PostbackDoc[], result: RelayResult): Promise<void> {
  const { db } = deps;
  for (const postback of batch) {
    // The next try is set before the signal: what arrives meanwhile is not signalled twice, and a failure is not repeated at once.
    const nextTryAt = new Date(deps.now() + backoffMs(postback.tries + 1, MINUTE, HOUR));
    try {
      if (postback.conversionId === null) throw new Error('It names no conversion.');
      await deferPostback(db, postback._id, { nextTryAt, lastError: null });
      await signal(deps, postback.conversionId, { postbackId: postback._id });
      result.postbacks++;
    } catch (error) {
      result.failed++;
      await deferPostback(db, postback._id, { nextTryAt, lastError: sentence(error) });
    }
  }
}

async function wakeOverdue(deps: Deps, result: RelayResult): Promise<void> {
  for (const { conversionId } of await overdue(deps.db, new Date(deps.now()), deps.config.relayBatch)) {
    await attemptWake(deps, result, 'conversions', conversionId, { reason: 'overdue' });
    await deferDue(deps.db, conversionId, new Date(deps.now() + 5 * MINUTE));
  }
}

/** A click is written before its waiters are sought; this finds those that were missed when the API died in between. */
async function tellWaiters(deps: Deps, result: RelayResult): Promise<void> {
  const { relayBatch } = deps.config;
  for (let page = await waitingAfter(deps.db, '', relayBatch); page.length > 0; page = await waitingAfter(deps.db, page.at(-1)!.conversionId, relayBatch)) {
    const pairs = page.flatMap((waiter) => waiter.waitingFor.map((clickId) => ({ ...waiter, clickId })));
    const known = await knownClicks(deps.db, pairs);
    for (const { conversionId, propertyId, clickId } of pairs) {
      if (known.has(clickDocId(propertyId, clickId))) await attemptWake(deps, result, 'clicks', conversionId, { clickId });
    }
  }
}

/** What was parked at a destination that is active again; the few at a time keep a long queue from flooding the platform. */
async function wakeParked(deps: Deps, result: RelayResult): Promise<void> {
  for (const destinationId of await destinationsWithParked(deps.db)) {
    const destination = await destinationById(deps.db, destinationId);
    if (destination?.state === 'paused') continue;
    for (const { conversionId } of await parkedAt(deps.db, destinationId, deps.config.relayBatch)) {
      await attemptWake(deps, result, 'parked', conversionId, { reason: 'destination resumed' });
    }
  }
}

async function attemptWake(
  deps: Deps, result: RelayResult, count: 'conversions' | 'clicks' | 'parked', conversionId: string, message: { reason: string } | { clickId: string },
): Promise<void> {
  try {
    await signal(deps, conversionId, message);
    result[count]++;
  } catch (error) {
    result.failed++;
    deps.log.warn({ conversion: conversionId, error: sentence(error) }, 'relay could not wake a conversion');
  }
}

function signal(deps: Deps, conversionId: string, message: Parameters<typeof signalConversion>[2]): Promise<void> {
  const { propertyId, network } = partsOfConversionId(conversionId);
  return deps.withDeadline(() => signalConversion(deps.workflows, { conversionId, propertyId, network }, message));
}

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
