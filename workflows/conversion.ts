import { condition, continueAsNew, setCurrentDetails, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import type { OpenPlan } from '../contracts/activities.ts';
import { clickSignal, postbackSignal, viewQuery, wakeSignal, type ConversionInput } from '../contracts/conversion.ts';
import { record } from './activities.ts';
import { detailsOf } from './details.ts';
import { Lanes } from './lanes.ts';
import { createAttributes } from './attributes.ts';

/** A conversation of statuses never gets near; a guard against a network gone wild. */
const SIGNALS_MAX = 1000;

/**
 * The life of one conversion. Signals only enqueue; the loop takes the record (MongoDB) up to date, starts the deliveries
 * that follow beside itself, and waits for the next report, a late click, an operator, or the end of a wait. It ends on a
 * final status with nothing open, or when the hold is over. What it knows it can read again: a new run of the same id
 * loads the conversion and skips what is done.
 */
export async function conversion(input: ConversionInput): Promise<void> {
  const inbox = { postbackIds: [] as string[], reasons: [] as string[], signals: 0 };
  let plan: OpenPlan | undefined;
  const lanes = new Lanes(input.conversionId, () => show());
  const attributes = createAttributes();
  const enqueue = (reason: string, postbackId?: string) => {
    inbox.signals++;
    inbox.reasons.push(reason);
    if (postbackId !== undefined) inbox.postbackIds.push(postbackId);
  };
  setHandler(postbackSignal, ({ postbackId }) => enqueue('postback', postbackId), { description: 'A stored postback of this conversion.' });
  setHandler(clickSignal, () => enqueue('click'), { description: 'The click that it waited for was stored.' });
  setHandler(wakeSignal, ({ reason }) => enqueue(reason), { description: 'Read the record again: after a destination was resumed, or when overdue.' });
  setHandler(viewQuery, () => ({ status: plan?.status ?? 'unknown', details: plan ? detailsOf(plan, lanes) : '', openDeliveries: lanes.open(Date.now()) }));

  function show(): void {
    if (!plan) return;
    setCurrentDetails(detailsOf(plan, lanes));
    attributes.update(plan, lanes);
  }

  let timer: { atMs: number; fired: boolean } | undefined;
  const armTimer = (atMs: number | null) => {
    if (atMs === null || (timer && !timer.fired && timer.atMs <= atMs)) return;
    const armed = { atMs, fired: false };
    timer = armed;
    // A moment that has passed and is still not dealt with (clocks differ) is looked at again in a minute, not at once.
    const inMs = atMs > Date.now() ? atMs - Date.now() + 1 : 60_000;
    void sleep(inMs, { summary: 'end of a wait' }).then(() => { armed.fired = true; });
  };

  for (;;) {
    if (!plan || inbox.reasons.length > 0 || timer?.fired) {
      const postbackIds = inbox.postbackIds.splice(0);
      const reason = inbox.reasons.splice(0).join(', ') || 'timer';
      if (timer?.fired) timer = undefined;
      plan = await record().openConversion({ ...input, postbackIds, reason });
      lanes.follow(plan);
      show();
    }
    const now = Date.now();
    const ended = plan.unknown || plan.final || (plan.holdUntilMs !== null && plan.holdUntilMs <= now);
    if (ended && plan.waitUntilMs === null && lanes.open(now).length === 0 && inbox.reasons.length === 0) return;
    if ((inbox.signals >= SIGNALS_MAX || workflowInfo().continueAsNewSuggested) && lanes.idle() && inbox.reasons.length === 0) await continueAsNew<typeof conversion>(input);

    // A hold that is over while something is still open is no moment to wait for any more.
    const holdMs = plan.holdUntilMs !== null && plan.holdUntilMs > now ? plan.holdUntilMs : null;
    armTimer(lanes.nextActMs(now, [plan.waitUntilMs, holdMs]));
    const seen = lanes.changes;
    await condition(() => inbox.reasons.length > 0 || timer?.fired === true || lanes.changes !== seen);
  }
}
