import { activityInfo, heartbeat } from '@temporalio/activity';
import type { ReplayActivities } from '../../contracts/activities.ts';
import { conversionById, conversionsToReplay } from '../../store/conversions.ts';
import type { Deps } from '../deps.ts';
import { questionOf } from './filter.ts';
import { SCAN } from './replay-page.ts';

interface Counted {
  after: string | null;
  count: number;
}

/** How many conversions the filter means, a piece at a time: where a worker dies, the next goes on from the last heartbeat. */
export const createCountReplay = (deps: Deps): ReplayActivities['countReplay'] => async ({ filter, force }) => {
  if (filter.conversionId !== undefined) return (await conversionById(deps.db, filter.conversionId)) === null ? 0 : 1;
  const question = questionOf(filter, force);
  let { after, count } = (activityInfo().heartbeatDetails as Counted | undefined) ?? { after: null, count: 0 };
  for (;;) {
    const { ids, scannedTo } = await conversionsToReplay(deps.db, question, after, SCAN, SCAN);
    count += ids.length;
    if (scannedTo === null) return count;
    after = scannedTo;
    heartbeat({ after, count } satisfies Counted);
  }
};
