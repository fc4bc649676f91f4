import type { DeliverInput, DeliverResult } from '../contracts/activities.ts';
import { startDrain } from '../contracts/start.ts';
import { conversionById, parkedAt } from '../store/conversions.ts';
import { endProbe, openProbe, resumeDestination } from '../store/destinations.ts';
import type { DestinationDoc } from '../store/documents.ts';
import type { Deps } from './deps.ts';
import { planOf } from './plan.ts';
import { sentence, tell } from './wake.ts';

/**
 * The breaker, half open: a destination that a delivery had paused gets one of its parked deliveries now and then. If the
 * platform takes it, the destination is active again and the others follow; if not, it stays paused, without another alert
 * and without an attempt of the others. A pause by an operator is theirs to end.
 */

/** The one delivery may be tried for so long: an answer that says nothing (a timeout, 503) is tried again within it. */
const WINDOW_MS = 5 * 60_000;
/** Conversions that are looked at for one that can be sent at once. */
const CANDIDATES_MAX = 20;

/** Begins a probe where one is due. True: its conversion was woken. */
export async function beginProbe(deps: Deps, destination: DestinationDoc): Promise<boolean> {
  const nowMs = deps.now();
  const { destinationProbeMs } = deps.config;
  if (destination.paused?.by !== 'delivery') return false;
  const dueMs = Math.max(destination.paused.at.getTime() + destinationProbeMs, destination.probe?.nextAt.getTime() ?? 0);
  if (nowMs < dueMs) return false;
  const candidate = await candidateOf(deps, destination, nowMs);
  if (!candidate) return false;
  const probe = { ...candidate, open: true, nextAt: new Date(nowMs + destinationProbeMs), until: new Date(nowMs + Math.min(destinationProbeMs, WINDOW_MS)) };
  if (!(await openProbe(deps.db, destination._id, destination.probe?.nextAt ?? null, probe))) return false;
  await tell(deps, candidate.conversionId, { reason: 'probe of a paused destination' });
  deps.log.info({ destination: destination._id, name: destination.name, conversion: candidate.conversionId, delivery: candidate.deliveryKey }, 'destination probed');
  return true;
}

/** Not the one of the last time, if there is another: an event that the platform refuses must not keep the destination paused. */
async function candidateOf(deps: Deps, destination: DestinationDoc, nowMs: number): Promise<DeliverInput | null> {
  const last = destination.probe?.conversionId ?? '';
  const after = await parkedAt(deps.db, destination._id, CANDIDATES_MAX, last);
  const fromStart = last === '' ? [] : await parkedAt(deps.db, destination._id, CANDIDATES_MAX, '');
  for (const { conversionId } of [...after, ...fromStart]) {
    const deliveryKey = await sendableOf(deps, destination, conversionId, nowMs);
    if (deliveryKey !== null) return { conversionId, deliveryKey };
  }
  return null;
}

/** A parked delivery that nothing of its own lane stands before: its run would not attempt another. */
async function sendableOf(deps: Deps, destination: DestinationDoc, conversionId: string, nowMs: number): Promise<string | null> {
  const found = await conversionById(deps.db, conversionId);
  const lanes = new Set<string>();
  for (const each of found ? planOf(found.conversion, [destination]).deliveries : []) {
    if (!each.lane.startsWith(`${destination._id}/`) || lanes.has(each.lane) || !['planned', 'accepted', 'parked'].includes(each.state)) continue;
    lanes.add(each.lane);
    if (each.state === 'parked' && each.deadlineAtMs > nowMs) return each.key;
  }
  return null;
}

/** What the end of a probe's attempt says about its destination; `result` is passed on. */
export async function concludeProbe(deps: Deps, destination: DestinationDoc, input: DeliverInput, result: DeliverResult): Promise<DeliverResult> {
  if (result.state === 'delivered' || result.state === 'accepted') {
    // Compares the settings that the attempt used, and who paused it: an operator who did so meanwhile is not overruled.
    if (await resumeDestination(deps.db, destination._id, destination.version, new Date(deps.now()), 'delivery')) {
      deps.log.info({ destination: destination._id, name: destination.name, platform: destination.platform, by: 'probe' }, 'destination resumed');
      await drainNow(deps, destination._id);
    }
  }
  await endProbe(deps.db, destination._id, input);
  return result;
}

/** At once, so that nothing waits for the relay; which starts it within its interval where this fails. */
async function drainNow(deps: Deps, destinationId: string): Promise<void> {
  try {
    await deps.withDeadline(() => startDrain(deps.workflows, { destinationId, perSecond: deps.config.drainPerSecond }));
  } catch (error) {
    deps.log.warn({ destination: destinationId, error: sentence(error) }, 'drain not started; the relay will');
  }
}
