import { hostname } from 'node:os';
import { Connection } from '@temporalio/client';
import { readConfig } from '../config.ts';
import { taskQueues } from '../contracts/conversion.ts';

/**
 * `node dist/deploy/health.js api|worker`: the containers' health check, exit code 0 or 1 with a sentence. The API is well
 * when it says that it can take postbacks. A worker has no port: it is well when Temporal has lately been asked for work by this very host.
 */

const POLLED_WITHIN_MS = 3 * 60_000;
const TIMEOUT_MS = 8_000;
const ACTIVITY = 2; // temporal.api.enums.v1.TaskQueueType

async function apiTrouble(port: number): Promise<string | null> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  return response.ok ? null : `The API cannot take postbacks: it answers /readyz with ${response.status}.`;
}

async function workerTrouble(address: string, namespace: string): Promise<string | null> {
  const connection = await Connection.connect({ address, connectTimeout: TIMEOUT_MS });
  try {
    const { pollers } = await connection.withDeadline(Date.now() + TIMEOUT_MS, () =>
      connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name: taskQueues.deliveries }, taskQueueType: ACTIVITY }),
    );
    const since = Date.now() - POLLED_WITHIN_MS;
    const ours = pollers?.some((poller) => poller.identity?.includes(hostname()) && Number(poller.lastAccessTime?.seconds ?? 0) * 1000 >= since);
    return ours ? null : `Temporal has not been asked for work by ${hostname()} in the last three minutes.`;
  } finally {
    await connection.close();
  }
}

const config = readConfig(process.env);
const check = { api: () => apiTrouble(config.apiPort), worker: () => workerTrouble(config.temporalAddress, config.temporalNamespace) };
const name = process.argv[2];
const trouble =
  name === 'api' || name === 'worker'
    ? await check[name]().catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
    : 'Usage: health.js api|worker';
if (trouble !== null) {
  console.error(trouble);
  process.exitCode = 1;
}
