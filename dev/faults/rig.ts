import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openShop } from '../demo/shop.ts';
import { sandboxClient, type SandboxClient } from '../sandbox/client.ts';
import { MAIN_PLATFORMS, sandboxDestinations } from '../sandbox/destinations.ts';
import { startSandbox } from '../sandbox/server.ts';
import { startMongodb, type MongodbServer } from '../servers/mongodb.ts';
import { startTemporal, type TemporalServer } from '../servers/temporal.ts';
import type { RunningProcess } from '../processes.ts';
import { startStack, type Stack } from '../stack.ts';
import { openStore, type Store } from '../../store/db.ts';
import type { PropertyDoc } from '../../store/documents.ts';
import { openGate, type Gate } from './gate.ts';

/** The real processes, each with a gate before it, so that any of them can be killed and any way to it be taken away. */
export interface Rig {
  stack: Stack;
  processes: Record<'api' | 'worker' | 'temporal' | 'mongodb', RunningProcess>;
  gates: Record<'temporal' | 'mongodb' | 'platforms', Gate>;
  sandbox: SandboxClient;
  /** Looks at MongoDB past its gate. */
  store: Store;
  property: PropertyDoc;
  spoolDir: string;
  stop(): Promise<void>;
}

/** Waits that are minutes or hours in earnest are seconds here; nothing else differs from production. */
const ENVIRONMENT = {
  TRUSTED_PROXIES: '127.0.0.1', RELAY_INTERVAL_MS: '2000', RELAY_AFTER_MS: '2000', RESULT_POLL_FIRST_MS: '500', RESULT_POLL_LONGEST_MS: '3000',
  RETRY_FIRST_MS: '300', RETRY_LONGEST_MS: '5000', SPOOL_DRAIN_INTERVAL_MS: '1000', PLATFORM_TIMEOUT_MS: '5000', LOG_LEVEL: 'info',
};

/** `keep`: the data folder, logs too, outlives the run. */
export async function startRig({ keep, log }: { keep: boolean; log: (line: string) => void }): Promise<Rig> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tributary-faults-'));
  const parts: { stop(): Promise<unknown> }[] = [];
  const stop = async (): Promise<void> => {
    for (const part of parts.splice(0).reverse()) await part.stop();
    if (!keep) rmSync(dataDir, { recursive: true, force: true });
  };
  const started = <T>(part: T, end: (part: T) => Promise<unknown>): T => {
    parts.push({ stop: () => end(part) });
    return part;
  };
  const gateTo = async (port: number): Promise<Gate> => started(await openGate(port), (gate) => gate.close());
  try {
    // Servers of our own, whatever the environment names: they will be killed.
    const env = { ...process.env, MONGODB_URI: '', TEMPORAL_ADDRESS: '' };
    const logFile = (name: string): string => join(dataDir, 'logs', `${name}.log`);
    const common = { env, restart: true, log };
    const mongodb = started(await startMongodb({ ...common, dataDir: join(dataDir, 'mongodb'), logFile: logFile('mongodb'), preference: 'durable' }), (server) => server.stop());
    const temporal = started(
      await startTemporal({ ...common, dataFile: join(dataDir, 'temporal.db'), logFile: logFile('temporal'), synchronous: 'FULL', uiPort: null }), (server) => server.stop(),
    );
    const sandbox = started(await startSandbox(0), (server) => server.close());
    const gates = {
      mongodb: await gateTo(Number(new URL(mongodb.uri).port)),
      temporal: await gateTo(Number(temporal.address.split(':')[1])),
      platforms: await gateTo(Number(new URL(sandbox.origin).port)),
    };
    const stack = started(await startStack({
      dataDir, sandboxOrigin: `http://127.0.0.1:${gates.platforms.port}`, restart: true, preference: 'durable', uiPort: null, log,
      env: { ...ENVIRONMENT, MONGODB_URI: `mongodb://127.0.0.1:${gates.mongodb.port}/?directConnection=true`, TEMPORAL_ADDRESS: `127.0.0.1:${gates.temporal.port}` },
    }), (each) => each.stop());
    const store = started(await openStore(mongodb.uri, stack.mongodbDatabase, 30_000), (each) => each.close());
    const client = sandboxClient(sandbox.origin);
    const property = await openShop(store, stack.credentialsKey, sandboxDestinations.filter(({ platform }) => MAIN_PLATFORMS.includes(platform)));
    return {
      stack, gates, store, property, stop,
      sandbox: client,
      processes: { api: stack.api, worker: stack.worker, ...ownProcesses(mongodb, temporal) },
      spoolDir: join(dataDir, 'spool'),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function ownProcesses(mongodb: MongodbServer, temporal: TemporalServer): { mongodb: RunningProcess; temporal: RunningProcess } {
  if (!mongodb.process || !temporal.process) throw new Error('MongoDB and Temporal are not ours to kill.');
  return { mongodb: mongodb.process, temporal: temporal.process };
}
