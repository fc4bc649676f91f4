import { Gauge, Registry } from 'prom-client';
import { COUNTED_MAX, countParked, overdueConversions } from '../../store/conversion-lists.ts';
import { destinationsWithParked } from '../../store/conversions.ts';
import { allDestinations } from '../../store/destinations.ts';
import { countStuckPostbacks, oldestStuckPostbacks } from '../../store/postback-lists.ts';
import type { ApiDeps } from '../deps.ts';

/** The state of the installation in the text form of Prometheus: read from the store when it is asked for, so that every API process says the same. */
export async function metricsOf({ db, now, spool }: Pick<ApiDeps, 'db' | 'now' | 'spool'>): Promise<{ type: string; text: string }> {
  const registry = new Registry();
  const gauge = (name: string, help: string, labelNames: string[] = []) => new Gauge({ name: `tributary_${name}`, help, labelNames, registers: [registry] });
  const at = now();
  const [unsettled, [oldest], overdue, all, parkedIds] = await Promise.all([
    countStuckPostbacks(db, at, COUNTED_MAX), oldestStuckPostbacks(db, at, 1), overdueConversions(db, at, 1), allDestinations(db), destinationsWithParked(db),
  ]);
  gauge('postbacks_without_outcome', `Postbacks that are stored and not taken in yet, counted up to ${COUNTED_MAX}.`).set(unsettled);
  gauge('postbacks_without_outcome_oldest_seconds', 'Age of the oldest of them; 0 where there is none.').set(oldest ? (at.getTime() - oldest.receivedAt.getTime()) / 1000 : 0);
  gauge('conversions_overdue', 'Conversions whose run should have acted and has not.').set(overdue.count);
  const paused = gauge('destination_paused', '1 while a destination is paused.', ['destination', 'platform']);
  const parked = gauge('destination_parked_conversions', 'Conversions with a delivery parked at a destination.', ['destination', 'platform']);
  for (const { _id: destination, platform, state } of all) {
    paused.set({ destination, platform }, state === 'paused' ? 1 : 0);
    parked.set({ destination, platform }, parkedIds.includes(destination) ? await countParked(db, destination) : 0);
  }
  const { records, bytes } = spool.state();
  gauge('spool_records', 'Postbacks in the spool of this process.').set(records);
  gauge('spool_bytes', 'Size of the spool of this process.').set(bytes);
  return { type: registry.contentType, text: await registry.metrics() };
}
