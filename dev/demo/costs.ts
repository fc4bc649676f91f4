import type { WorkflowClient } from '@temporalio/client';
import { conversionWorkflowId } from '../../contracts/conversion.ts';
import type { Store } from '../../store/db.ts';

/** What one conversion costs: history events, billable actions, activity executions, and MongoDB operations. */

export interface RunCosts {
  events: number;
  /** Events of asking for asynchronous results: their timers, activities, and workflow tasks that only these caused. */
  pollEvents: number;
  /** Start, signals, activities, timers, search attribute updates. */
  actions: number;
  activities: number;
  polls: number;
}

const ACTION_EVENTS = new Set([
  'workflowExecutionStartedEventAttributes', 'workflowExecutionSignaledEventAttributes', 'activityTaskScheduledEventAttributes',
  'timerStartedEventAttributes', 'upsertWorkflowSearchAttributesEventAttributes',
]);
/** Timer started and fired, activity scheduled, started and completed, and a workflow task of three events after each. */
const EVENTS_OF_A_POLL = 11;

export async function costsOf(client: WorkflowClient, conversionId: string): Promise<RunCosts> {
  const { events } = await client.getHandle(conversionWorkflowId(conversionId)).fetchHistory();
  const list = events ?? [];
  const scheduled = list.flatMap((event) => (event.activityTaskScheduledEventAttributes ? [event.activityTaskScheduledEventAttributes] : []));
  const polls = scheduled.filter((each) => each.activityType?.name === 'pollDelivery').length;
  return {
    events: list.length,
    pollEvents: polls * EVENTS_OF_A_POLL,
    actions: list.filter((event) => Object.keys(event).some((name) => ACTION_EVENTS.has(name) && event[name as keyof typeof event])).length,
    activities: scheduled.length - polls,
    polls,
  };
}

/** Operations that MongoDB has counted so far; what is compared is the difference. */
export async function mongodbOperations(store: Store): Promise<number> {
  const status = (await store.db.admin().command({ serverStatus: 1 })) as { opcounters?: Record<string, number> };
  const { insert = 0, query = 0, update = 0, delete: deleted = 0, getmore = 0, command = 0 } = status.opcounters ?? {};
  return insert + query + update + deleted + getmore + command;
}
