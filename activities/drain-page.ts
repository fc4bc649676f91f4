import { heartbeat } from '@temporalio/activity';
import type { ReplayActivities } from '../contracts/activities.ts';
import { parkedAt } from '../store/conversions.ts';
import { destinationById } from '../store/destinations.ts';
import type { Deps } from './deps.ts';
import { sentence, tell } from './wake.ts';

/**
 * Wakes the next conversions with a delivery parked at a destination, as long as it is active. One that cannot be woken holds
 * up no other: it is still parked, so the relay starts another drain for it.
 */
export const createDrainPage = (deps: Deps): ReplayActivities['drainPage'] => async ({ destinationId, cursor, limit }) => {
  const destination = await destinationById(deps.db, destinationId);
  if (destination?.state !== 'active') return { woken: 0, cursor, paused: true };
  const page = await parkedAt(deps.db, destinationId, limit, cursor ?? '');
  let woken = 0;
  for (const { conversionId } of page) {
    heartbeat();
    try {
      await tell(deps, conversionId, { reason: 'destination resumed' });
      woken++;
    } catch (error) {
      deps.log.warn({ conversion: conversionId, destination: destinationId, error: sentence(error) }, 'drain could not wake a conversion');
    }
  }
  return { woken, cursor: page.length < limit ? null : page.at(-1)!.conversionId, paused: false };
};
