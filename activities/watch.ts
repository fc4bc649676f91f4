import { destinationResumed, relayAge, silence, summedUp, unattributedShare } from '../domain/alerts.ts';
import { attributionFigures, newestPostback, takeCheck } from '../store/alert-figures.ts';
import { alertsToFollowUp, followUpAt, type AlertDoc } from '../store/alerts.ts';
import { allDestinations, destinationById } from '../store/destinations.ts';
import type { IntegrationDoc } from '../store/documents.ts';
import { allIntegrations } from '../store/integrations.ts';
import { countStuckPostbacks, oldestStuckPostbacks } from '../store/postback-lists.ts';
import { alerted, raise, raisePaused } from './alerts.ts';
import type { Deps } from './deps.ts';

/**
 * What the relay's pass looks at to raise alerts: all of it can be seen in the store at any time, so that an alert is not
 * lost with the process that should have raised it, nor with an operator's command that raises none.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FOLLOWED_MAX = 200;
/** Beyond it nobody cares for the exact number. */
const COUNTED_MAX = 10_000;

export async function watch(deps: Deps): Promise<void> {
  await watchPauses(deps);
  await followUp(deps);
  await watchAge(deps);
  if (await takeCheck(deps.db, 'integrations', new Date(deps.now()), HOUR)) {
    for (const integration of await allIntegrations(deps.db)) await watchIntegration(deps, integration);
  }
}

/** Also those by an operator, and those whose process died before it could raise the alert. */
async function watchPauses(deps: Deps): Promise<void> {
  for (const doc of await allDestinations(deps.db)) if (doc.paused) await raisePaused(deps, doc, doc.paused);
}

async function followUp(deps: Deps): Promise<void> {
  const now = new Date(deps.now());
  for (const alert of await alertsToFollowUp(deps.db, now, FOLLOWED_MAX)) {
    if (alert.kind === 'destination_paused') await followPause(deps, alert, now);
    else {
      if (alert.count > (alert.sentCount ?? 1)) await raise(deps, summedUp(alert, alert.count));
      await followUpAt(deps.db, alert._id, null);
    }
  }
}

async function followPause(deps: Deps, alert: AlertDoc, now: Date): Promise<void> {
  const doc = await destinationById(deps.db, alert.subject);
  if (doc?.paused?.at.toISOString() === alert.occurrence) return followUpAt(deps.db, alert._id, now);
  // Paused anew, by an operator or after it worked for a moment: that pause has an alert of its own.
  if (doc?.state === 'active') await raise(deps, destinationResumed(alerted(doc), Date.parse(alert.occurrence)));
  return followUpAt(deps.db, alert._id, null);
}

async function watchAge(deps: Deps): Promise<void> {
  const { db, config } = deps;
  if (config.alertRelayAgeMs === 0) return;
  const nowMs = deps.now();
  const before = new Date(nowMs - config.alertRelayAgeMs);
  const [oldest] = await oldestStuckPostbacks(db, before, 1);
  if (!oldest) return;
  const count = await countStuckPostbacks(db, before, COUNTED_MAX);
  await raise(deps, relayAge({ count, oldestAtMs: oldest.receivedAt.getTime(), lastError: oldest.lastError, nowMs }));
}

async function watchIntegration(deps: Deps, { _id: integrationId, propertyId, network, settings }: IntegrationDoc): Promise<void> {
  const { db, config } = deps;
  const of = { integrationId, propertyId, network };
  if (config.alertUnattributedPercent !== null) {
    // Those of a day whose wait for a click is over: of younger ones only the found are known.
    const toMs = deps.now() - (settings.lateClickWaitMs ?? config.lateClickWaitMs);
    const { all, unattributed } = await attributionFigures(db, of, new Date(toMs - DAY), new Date(toMs));
    const isMany = all >= config.alertUnattributedLeast && 100 * unattributed > config.alertUnattributedPercent * all;
    if (isMany) await raise(deps, unattributedShare(of, { unattributed, all, toMs }));
  }
  if (config.alertSilenceMs !== null) {
    // One that has been silent for longer than a day over was told of; one that never reported is not installed yet.
    const silentFromMs = deps.now() - config.alertSilenceMs;
    const last = await newestPostback(db, of, new Date(silentFromMs - DAY));
    if (last && last.receivedAt.getTime() <= silentFromMs) await raise(deps, silence(of, { postbackId: last._id, atMs: last.receivedAt.getTime() }));
  }
}
