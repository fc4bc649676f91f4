import type { DeliverResult } from '../contracts/activities.ts';
import type { Conversion, Delivery } from '../domain/conversion.ts';
import { destinationById, pauseDestination } from '../store/destinations.ts';
import type { DestinationDoc } from '../store/documents.ts';
import { raisePaused } from './alerts.ts';
import { recordEnd, retryLater } from './delivery-record.ts';
import type { Deps } from './deps.ts';

/**
 * A destination that refuses our credentials or settings is paused, once, with one alert; this delivery is parked, and all
 * its others will be without an attempt. Pausing compares the settings version that the attempt used, so that a late 401 of
 * the old token pauses nothing: then the delivery is simply tried again with the new settings.
 */
export async function pauseOver(
  deps: Deps, conversion: Conversion, delivery: Delivery, doc: DestinationDoc, why: { code: string; message: string },
): Promise<DeliverResult> {
  const pause = { code: why.code, reason: why.message, by: 'delivery' as const, at: new Date(deps.now()) };
  if (await pauseDestination(deps.db, doc._id, doc.version, pause)) await raisePaused(deps, doc, pause);
  const parked = await recordEnd(deps, conversion.id, delivery, { state: 'parked', code: why.code, reason: why.message, endedAtMs: null });
  const again = await destinationById(deps.db, doc._id);
  if (again?.state === 'active') {
    return retryLater(deps, conversion.id, delivery, { code: 'destination_changed', message: 'The destination was changed or resumed meanwhile.' }, deps.config.retryFirstMs);
  }
  return parked;
}
