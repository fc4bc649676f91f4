import type { RelayResult } from '../contracts/activities.ts';
import { startDrain } from '../contracts/start.ts';
import { clickDocId, knownClicks } from '../store/clicks.ts';
import { deferDue, destinationsWithParked, overdue, waitingAfter } from '../store/conversions.ts';
import { destinationById } from '../store/destinations.ts';
import { deferPostback, unsettledBefore } from '../store/postbacks.ts';
import type { PostbackDoc } from '../store/documents.ts';
import { backoffMs } from './backoff.ts';
import { beating } from './beating.ts';
import type { Deps } from './deps.ts';
import { beginProbe } from './probe.ts';
import { sendAlerts } from './send-alerts.ts';
import { sentence, tell } from './wake.ts';
import { watch } from './watch.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** How long one pass works on a backlog before it looks after the rest. */
const BACKLOG_MS = 2 * MINUTE;

/**
 * One pass over what should have been signalled and was not: postbacks without an outcome, conversions whose run is overdue,
 * waiters whose click exists, deliveries parked at a destination that is active again or due to be probed. Each failure is that one's own: it
 * gets a later next try and its reason, and holds up nobody.
 */
export const createRelayOnce = (deps: Deps) => (): Promise<RelayResult> => beating(() => pass(deps));

async function pass(deps: Deps): Promise<RelayResult> {
  const result: RelayResult = { postbacks: 0, conversions: 0, clicks: 0, parked: 0, probes: 0, failed: 0 };
  await relayPostbacks(deps, result);
  await wakeOverdue(deps, result);
  await tellWaiters(deps, result);
  await tendParked(deps, result);
  await alertOperators(deps);
  if (result.postbacks + result.conversions + result.clicks + result.parked + result.probes + result.failed > 0) deps.log.info(result, 'relay');
  return result;
}

/** The passes go on whatever becomes of the alerts. */
async function alertOperators(deps: Deps): Promise<void> {
  for (const step of [watch, sendAlerts]) {
    await step(deps).catch((error: unknown) => deps.log.error({ step: step.name, error: sentence(error) }, 'relay could not look after alerts'));
  }
}

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
      await tell(deps, postback.conversionId, { postbackId: postback._id });
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

/** What was parked goes on at a destination that is active again; at one that a delivery had paused, one of them now and then. */
async function tendParked(deps: Deps, result: RelayResult): Promise<void> {
  for (const destinationId of await destinationsWithParked(deps.db)) {
    try {
      const destination = await destinationById(deps.db, destinationId);
      if (destination?.state === 'active') {
        await deps.withDeadline(() => startDrain(deps.workflows, { destinationId, perSecond: deps.config.drainPerSecond }));
        result.parked++;
      } else if (destination && (await beginProbe(deps, destination))) result.probes++;
    } catch (error) {
      result.failed++;
      deps.log.warn({ destination: destinationId, error: sentence(error) }, 'relay could not look after what is parked');
    }
  }
}

async function attemptWake(
  deps: Deps, result: RelayResult, count: 'conversions' | 'clicks', conversionId: string, message: { reason: string } | { clickId: string },
): Promise<void> {
  try {
    await tell(deps, conversionId, message);
    result[count]++;
  } catch (error) {
    result.failed++;
    deps.log.warn({ conversion: conversionId, error: sentence(error) }, 'relay could not wake a conversion');
  }
}
