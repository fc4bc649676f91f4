import { heartbeat } from '@temporalio/activity';
import type { ReplayActivities } from '../../contracts/activities.ts';
import { conversionById, conversionsToReplay } from '../../store/conversions.ts';
import type { Deps } from '../deps.ts';
import { questionOf } from './filter.ts';

/** Conversions that one query looks at: a filter that means few of many must not run into the store's own limit of time. */
export const SCAN = 2000;
/** How long one page seeks before it gives what it has. */
const SEEK_MS = 20_000;

/** The next conversions of the filter, by id: an order that no change of theirs moves. */
export const createReplayPage = (deps: Deps): ReplayActivities['replayPage'] => async ({ filter, force, cursor, limit }) => {
  if (filter.conversionId !== undefined) {
    return { conversionIds: (await conversionById(deps.db, filter.conversionId)) === null ? [] : [filter.conversionId], cursor: null };
  }
  const question = questionOf(filter, force);
  const untilMs = deps.now() + SEEK_MS;
  const conversionIds: string[] = [];
  let after = cursor;
  do {
    heartbeat();
    const { ids, scannedTo } = await conversionsToReplay(deps.db, question, after, SCAN, limit - conversionIds.length);
    conversionIds.push(...ids);
    after = scannedTo;
  } while (after !== null && conversionIds.length < limit && deps.now() < untilMs);
  return { conversionIds, cursor: after };
};
