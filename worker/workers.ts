import { Worker, type NativeConnection } from '@temporalio/worker';
import type { Config } from '../config.ts';
import type { createActivities } from '../activities/create.ts';
import { taskQueues } from '../contracts/conversion.ts';

type WorkflowSource = { workflowBundle: { code: string } | { codePath: string } };

/**
 * The workers of one process: conversions (workflows and their database activities) and deliveries (requests to platforms,
 * no workflow code). Two queues, so that hanging platforms never keep a report from being taken in.
 */
export async function createWorkers(
  connection: NativeConnection, config: Config, source: WorkflowSource, activities: ReturnType<typeof createActivities>,
  queues: { conversions: string; deliveries: string } = taskQueues,
): Promise<Worker[]> {
  const shared = {
    connection,
    namespace: config.temporalNamespace,
    shutdownGraceTime: config.shutdownGraceMs,
    shutdownForceTime: config.shutdownGraceMs + 10_000,
  };
  return Promise.all([
    Worker.create({
      ...shared,
      ...source,
      taskQueue: queues.conversions,
      activities: activities.conversions as never,
      maxConcurrentWorkflowTaskExecutions: config.workflowSlots,
      maxCachedWorkflows: config.cachedWorkflows,
    }),
    Worker.create({
      ...shared,
      taskQueue: queues.deliveries,
      activities: activities.deliveries as never,
      maxConcurrentActivityTaskExecutions: config.activitySlots,
    }),
  ]);
}
