import { continueAsNew, proxyActivities, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import type { ReplayActivities } from '../contracts/activities.ts';
import type { DrainInput } from '../contracts/replay.ts';
import { isPace, paceOf } from './pace.ts';

/** Where the input says none, or one that is no pace: a drain that did not start would leave its deliveries parked. */
const PER_SECOND = 20;

export interface DrainResult {
  woken: number;
  /** Paused again before the end: what is left stays parked. */
  paused: boolean;
}

/**
 * Wakes the conversions with a delivery parked at a destination that is active again, so many a second, until each was woken
 * once or it is paused again. The relay starts it as long as something is parked there, so a wake that was lost comes again.
 */
export async function drain(input: DrainInput, cursor: string | null = null, woken = 0): Promise<DrainResult> {
  const { drainPage } = proxyActivities<ReplayActivities>({
    startToCloseTimeout: '3 minutes',
    heartbeatTimeout: '30 seconds',
    retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
    summary: 'wake conversions with a parked delivery',
  });
  const { batch, waitMs } = paceOf(isPace(input.perSecond) ? input.perSecond : PER_SECOND);
  for (;;) {
    const page = await drainPage({ destinationId: input.destinationId, cursor, limit: batch });
    woken += page.woken;
    setCurrentDetails(`${woken} conversions woken${page.paused ? '; the destination is paused again' : ''}`);
    if (page.paused || page.cursor === null) return { woken, paused: page.paused };
    cursor = page.cursor;
    await sleep(waitMs, { summary: 'the pace of the drain' });
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof drain>(input, cursor, woken);
  }
}
