import { allHandlersFinished, condition, continueAsNew, setCurrentDetails, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import type { OpenPlan } from '../contracts/activities.ts';
import { clickSignal, postbackSignal, viewQuery, wakeSignal, type ConversionInput } from '../contracts/conversion.ts';
import { record } from './activities.ts';
import { detailsOf, viewOf } from './details.ts';
import { Inbox } from './inbox.ts';
import { Lanes } from './lanes.ts';
import { setOperatorHandlers } from './operator.ts';
import { createAttributes } from './attributes.ts';

/** A conversation of statuses never gets near; a guard against a network gone wild. */
const MESSAGES_MAX = 1000;

/**
 * The life of one conversion. Signals only leave a message, updates change the record first; the loop takes the record (MongoDB)
 * up to date, starts the deliveries that follow beside itself, and waits for the next report, a late click, an operator, or the end of a wait. It ends on a
 * final status with nothing open, or when the hold is over. What it knows it can read again: a new run of the same id
 * loads the conversion and skips what is done.
 */
export async function conversion(input: ConversionInput): Promise<void> {
  const inbox = new Inbox();
  let plan: OpenPlan | undefined;
  const lanes = new Lanes(input.conversionId, () => show());
  const attributes = createAttributes();
  setHandler(postbackSignal, (message) => inbox.postback(message), { description: 'A postback of this conversion.' });
  setHandler(clickSignal, () => inbox.look('click'), { description: 'The click that it waited for was stored.' });
  setHandler(wakeSignal, ({ reason }) => inbox.look(reason), { description: 'Read the record again: after a destination was resumed, or when overdue.' });
  setHandler(viewQuery, () => viewOf(plan, lanes), { description: 'The state: deliveries with their keys, the last reports.' });
  setOperatorHandlers({ conversionId: input.conversionId, knows: (key) => !plan || lanes.knows(key), look: (reason) => inbox.look(reason) });

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

  // A first report that is yet to be stored: until then there may be nothing to look at.
  if (inbox.isStoring()) await condition(() => !inbox.isEmpty());
  for (;;) {
    if (!plan || !inbox.isEmpty() || timer?.fired) {
      const message = inbox.take();
      if (timer?.fired) timer = undefined;
      plan = await record().openConversion({ ...input, ...message });
      lanes.follow(plan);
      show();
    }
    const now = Date.now();
    const ended = plan.unknown || plan.final || (plan.holdUntilMs !== null && plan.holdUntilMs <= now);
    // An update that is being carried out is waited for, and looked at: nobody would answer it after the end.
    const idle = inbox.isEmpty() && !inbox.isStoring() && allHandlersFinished();
    if (ended && plan.waitUntilMs === null && lanes.open(now).length === 0 && idle) return;
    if ((inbox.count >= MESSAGES_MAX || workflowInfo().continueAsNewSuggested) && lanes.idle() && idle) await continueAsNew<typeof conversion>(input);

    // A hold that is over while something is still open is no moment to wait for any more.
    const holdMs = plan.holdUntilMs !== null && plan.holdUntilMs > now ? plan.holdUntilMs : null;
    armTimer(lanes.nextActMs(now, [plan.waitUntilMs, holdMs]));
    const seen = lanes.changes;
    await condition(() => !inbox.isEmpty() || timer?.fired === true || lanes.changes !== seen);
  }
}
