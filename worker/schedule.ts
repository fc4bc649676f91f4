import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { RELAY_WORKFLOW, taskQueues } from '../contracts/conversion.ts';

const SCHEDULE_ID = 'relay';

/** The relay runs when Temporal does: a Schedule, made or brought up to date at every start of a worker. */
export async function ensureRelaySchedule(client: Client, everyMs: number): Promise<void> {
  const spec = { intervals: [{ every: everyMs }] };
  const action = { type: 'startWorkflow' as const, workflowType: RELAY_WORKFLOW, workflowId: 'relay', taskQueue: taskQueues.conversions, args: [] };
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' as const };
  try {
    await client.schedule.create({ scheduleId: SCHEDULE_ID, spec, action, policies });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(SCHEDULE_ID).update((before) => ({ ...before, spec, policies, action: { ...action, workflowId: 'relay' } }));
  }
}
