import { ApplicationFailure, condition, continueAsNew, CancellationScope, isCancellation, proxyActivities, setCurrentDetails, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import type { ReplayActivities, ReplayResult } from '../contracts/activities.ts';
import type { Acting } from '../contracts/conversion.ts';
import { pauseReplaySignal, replayProgressQuery, resumeReplaySignal, type ReplayInput, type ReplayProgress } from '../contracts/replay.ts';
import { isPace, paceOf } from './pace.ts';

const PER_SECOND = 10;
/** Ids that one page brings; a page is worked off in batches, and is the unit of continue-as-new. */
const PAGE = 200;
const RECENT = 100;

/** What goes on in the next run of a long replay. */
export interface ReplayCarried {
  cursor: string | null;
  progress: ReplayProgress;
  paused: Acting | null;
}

/** Database work and signals, repeatable: retried for as long as it takes. */
const replaying = (summary: string, startToCloseTimeout: '5 minutes' | '1 hour') =>
  proxyActivities<ReplayActivities>({
    startToCloseTimeout,
    heartbeatTimeout: '30 seconds',
    retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
    summary,
  });

/**
 * Sends again what the filter means, over many conversions, their runs open or closed: counts, then goes through them in the
 * order of their ids, so many a second. Each conversion is operated on under an id made of the replay's and its own, so that
 * a repeat of a step, or of the whole replay, does nothing twice. Cancelling ends it between two batches; what it did by then
 * stays, in the progress and in the list.
 */
export async function replay(input: ReplayInput, carried?: ReplayCarried): Promise<ReplayProgress> {
  const progress: ReplayProgress = carried?.progress ?? { state: 'counting', matched: 0, done: 0, retried: 0, unchanged: 0, failed: 0, recent: [] };
  let paused: Acting | null = carried?.paused ?? null;
  const view = (): ReplayProgress => ({ ...progress, state: paused !== null && progress.state === 'running' ? 'paused' : progress.state });
  const show = () => setCurrentDetails(wordsOf(view(), input, paused));
  setHandler(pauseReplaySignal, (by) => { paused = by ?? { who: 'somebody', why: '' }; show(); }, { description: 'Stops before the next batch: {"who","why"}.' });
  setHandler(resumeReplaySignal, () => { paused = null; show(); }, { description: 'Goes on: {"who","why"}.' });
  setHandler(replayProgressQuery, view, { description: 'How far it is.' });

  const { filter, dryRun, who, why, verified, force = false, newEventId = false, perSecond = PER_SECOND } = checked(input);
  const { batch, waitMs } = paceOf(perSecond);
  const replayId = workflowInfo().workflowId.replace(/^replay\//, '');
  const acting = { who, why, ...(verified !== undefined && { verified }) };
  const operation = { kind: 'retryDeliveries' as const, ...(force && { force }), ...(newEventId && { newEventId }) };
  const turn = () => condition(() => paused === null);

  try {
    if (!carried) progress.matched = await replaying('count the conversions', '1 hour').countReplay({ filter, force });
    progress.state = 'running';
    show();
    let cursor = carried?.cursor ?? null;
    do {
      const page = await replaying('the next conversions', '5 minutes').replayPage({ filter, force, cursor, limit: PAGE });
      for (let from = 0; from < page.conversionIds.length; from += batch) {
        await turn();
        const conversionIds = page.conversionIds.slice(from, from + batch);
        const summary = `${dryRun ? 'list' : 'send again'}: conversions ${progress.done + 1} to ${progress.done + conversionIds.length} of ${progress.matched}`;
        // A batch that has begun is let finish and counted: what was done must not be missing from the progress.
        const results = await CancellationScope.nonCancellable(() =>
          replaying(summary, '5 minutes').replayConversions({ replayId, conversionIds, operation, filter, dryRun, ...acting }));
        count(progress, results);
        show();
        const isLast = page.cursor === null && from + batch >= page.conversionIds.length;
        if (!isLast) await sleep(waitMs, { summary: 'the pace of the replay' });
      }
      cursor = page.cursor;
      if (cursor !== null && workflowInfo().continueAsNewSuggested) await continueAsNew<typeof replay>(input, { cursor, progress, paused });
    } while (cursor !== null);
    progress.state = 'done';
    show();
    return view();
  } catch (error) {
    if (isCancellation(error)) {
      progress.state = 'cancelled';
      show();
    }
    throw error;
  }
}

/** An input from the Temporal UI was checked by nobody: what is wrong is said at once, in a sentence. */
function checked(input: ReplayInput): ReplayInput {
  const refuse = (message: string) => { throw ApplicationFailure.nonRetryable(message, 'replay_invalid'); };
  if (!input?.filter?.propertyId && !input?.filter?.conversionId) refuse('The filter names no propertyId and no conversionId: {"filter":{"propertyId":"..."},"dryRun":true,"who":"...","why":"..."}.');
  if (typeof input.dryRun !== 'boolean') refuse('dryRun must be true or false.');
  if (!input.who) refuse('who must say who asks for it.');
  if (input.perSecond !== undefined && !isPace(input.perSecond)) refuse('perSecond must be a number over 0.');
  return input;
}

function count(progress: ReplayProgress, results: ReplayResult[]): void {
  for (const { conversionId, outcome } of results) {
    progress.done++;
    if (outcome !== 'listed') progress[outcome]++;
    progress.recent.unshift({ conversionId, outcome });
  }
  progress.recent.length = Math.min(progress.recent.length, RECENT);
}

/** For the top of the run's page in the Temporal UI. */
function wordsOf({ state, matched, done, retried, unchanged, failed }: ReplayProgress, { dryRun, who }: ReplayInput, paused: Acting | null): string {
  const head = state === 'paused' ? `paused by ${paused?.who}${paused?.why ? `: ${paused.why}` : ''}` : state;
  const counts = dryRun ? `${done} of ${matched} conversions listed, nothing changed` : `${done} of ${matched} conversions: ${retried} sent again, ${unchanged} unchanged, ${failed} failed`;
  return `**${dryRun ? 'Dry run' : 'Replay'} by ${who}: ${head}**\n\n${counts}`;
}
