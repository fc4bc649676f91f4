import { activityInfo, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ConversionActivities, ReplayActivities, ReplayConversionsInput, ReplayResult } from '../../contracts/activities.ts';
import type { Operation } from '../../contracts/conversion.ts';
import type { Delivery } from '../../domain/conversion.ts';
import { conversionById } from '../../store/conversions.ts';
import { beginReplayResult, endReplayResult } from '../../store/replay-results.ts';
import type { Deps } from '../deps.ts';
import { sentence, tell } from '../wake.ts';
import { deliveriesMeant } from './filter.ts';

/** One conversion that fails so often is that one's own failure; before that it may be the store's or Temporal's. */
const TRIES = 5;

/**
 * The operation on each conversion, then the wake of its run, and the result of each in the list. What a repeat finds in the
 * list is not done again; what was begun and not finished goes on with the deliveries that were meant then, under the same
 * operation id.
 */
export const createReplayConversions = (deps: Deps, operate: ConversionActivities['operate']): ReplayActivities['replayConversions'] => async (input) => {
  const results: ReplayResult[] = [];
  let failure: unknown = null;
  for (const conversionId of input.conversionIds) {
    heartbeat();
    try {
      results.push(await replayOne(deps, operate, input, conversionId));
    } catch (error) {
      if (!isItsOwn(error)) failure = error;
      else results.push(await settle(deps, input.replayId, conversionId, 'failed', sentence(error)));
    }
  }
  // The others of the batch have their results by now, and keep them in the next try.
  if (failure !== null) throw failure;
  return results;
};

const isItsOwn = (error: unknown): boolean => (error instanceof ApplicationFailure && error.nonRetryable === true) || activityInfo().attempt >= TRIES;

async function replayOne(deps: Deps, operate: ConversionActivities['operate'], input: ReplayConversionsInput, conversionId: string): Promise<ReplayResult> {
  const { replayId, operation, filter, dryRun, who, why, verified } = input;
  const force = operation.kind === 'retryDeliveries' && operation.force === true;
  const found = await conversionById(deps.db, conversionId);
  const meant = found ? deliveriesMeant(found.conversion, filter, force) : [];
  const begun = await beginReplayResult(deps.db, { replayId, conversionId, deliveryKeys: meant.map(({ key }) => key), startedAt: new Date(deps.now()) });
  if (begun.outcome !== null) return { conversionId, outcome: begun.outcome, note: begun.note ?? '' };
  const end = (outcome: ReplayResult['outcome'], note: string) => settle(deps, replayId, conversionId, outcome, note);

  if (!found) return end('failed', 'There is no such conversion.');
  if (dryRun) return end('listed', meant.map(wordsOf).join('; ') || NOTHING);
  const isWholeConversion = filter.conversionId !== undefined;
  if (begun.deliveryKeys.length === 0 && !isWholeConversion) return end('unchanged', NOTHING);
  const { changes, refused = [] } = await operate({
    conversionId, operationId: `replay/${replayId}/${conversionId}`, operation: isWholeConversion ? operation : only(operation, begun.deliveryKeys),
    who, why, ...(verified !== undefined && { verified }),
  });
  await tell(deps, conversionId, { reason: `replay ${replayId}` });
  return changes.length > 0 ? end('retried', changes.join(' ')) : end('unchanged', refused.map(({ reason }) => reason).join(' ') || 'Nothing of it is to be sent again.');
}

const NOTHING = 'It has no delivery of this filter any more.';

const only = (operation: Operation, keys: string[]): Operation => (operation.kind === 'retryDeliveries' ? { ...operation, keys } : operation);

const wordsOf = ({ event, destinationName, state, reason }: Delivery): string => `${event} -> "${destinationName}": ${state}${reason ? `, ${reason}` : ''}`;

async function settle(deps: Deps, replayId: string, conversionId: string, outcome: ReplayResult['outcome'], note: string): Promise<ReplayResult> {
  await endReplayResult(deps.db, { replayId, conversionId, outcome, note, endedAt: new Date(deps.now()) });
  return { conversionId, outcome, note };
}
