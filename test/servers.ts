import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import type { TestProject } from 'vitest/node';
import { readConfig } from '../config.ts';
import { LaunchError } from '../dev/launch-error.ts';
import { startMongodb } from '../dev/servers/mongodb.ts';
import { startTemporal } from '../dev/servers/temporal.ts';
import { timeSkippingServerPath } from '../dev/servers/time-skipping.ts';
import { buildWorkflowBundle } from '../worker/bundle.ts';
import { prepareNamespace } from '../worker/namespace.ts';

declare module 'vitest' {
  interface ProvidedContext {
    mongodbUri: string;
    /** A real server: schedules, lists and search work, time passes as it does. */
    temporalAddress: string;
    /** The workflow code, bundled once for the whole run: `workflowBundle: { codePath }`. */
    workflowBundlePath: string;
    /** The time-skipping test server's program; `missing` is the reason where there is none. */
    timeSkippingServer: { path: string } | { path: null; missing: string };
  }
}

/** Once for a run of the tests: one MongoDB, one Temporal server, one bundle. MONGODB_URI and TEMPORAL_ADDRESS name others to use. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'tributary-test-'));
  const log = (line: string): void => console.log(line);
  const [mongodb, temporal, workflowBundlePath, timeSkippingServer] = await Promise.all([
    startMongodb({ dataDir: join(dir, 'mongodb'), preference: 'durable', logFile: join(dir, 'mongodb.log'), log }),
    // What a test stores need not survive a power loss.
    startTemporal({ dataFile: join(dir, 'temporal.db'), synchronous: 'OFF', uiPort: null, logFile: join(dir, 'temporal.log'), log }),
    writeBundle(join(dir, 'workflow-bundle.js')),
    findTimeSkippingServer(),
  ]);
  if (!temporal.process) await prepareForeignServer(temporal.address);
  project.provide('mongodbUri', mongodb.uri);
  project.provide('temporalAddress', temporal.address);
  project.provide('workflowBundlePath', workflowBundlePath);
  project.provide('timeSkippingServer', timeSkippingServer);
  return async () => {
    await Promise.all([temporal.stop(), mongodb.stop()]);
    await rm(dir, { recursive: true, force: true });
  };
}

async function writeBundle(file: string): Promise<string> {
  await writeFile(file, (await buildWorkflowBundle()).code);
  return file;
}

const findTimeSkippingServer = (): Promise<{ path: string } | { path: null; missing: string }> =>
  timeSkippingServerPath().then(
    (path) => ({ path }),
    (error: Error) => (error instanceof LaunchError ? { path: null, missing: error.message } : Promise.reject(error)),
  );

/** A server that we did not start does not know our search attributes yet. */
async function prepareForeignServer(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const { temporalNamespace, retentionMs } = readConfig({});
  await prepareNamespace(connection, temporalNamespace, retentionMs);
  await connection.close();
}
