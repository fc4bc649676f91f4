import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../config.ts';
import { apiToken, credentialsKey, makeDataDir } from './credentials-key.ts';
import { startNodeProcess } from './node-process.ts';
import { assertPortFree, onPort } from './ports.ts';
import type { RunningProcess } from './processes.ts';
import { claimRunFile, type RunFile } from './run-file.ts';
import { startMongodb, type MongodbServer } from './servers/mongodb.ts';
import type { MongodbPreference } from './servers/mongodb-program.ts';
import { startTemporal, type TemporalServer } from './servers/temporal.ts';

export interface StackOptions {
  /** Everything that is kept, logs too. */
  dataDir: string;
  /** Every request to an ad platform goes there instead (dev/sandbox). */
  sandboxOrigin?: string;
  /** On top of this process's environment, for our own choices and for api and worker. */
  env?: NodeJS.ProcessEnv;
  /** Whether what dies comes back by itself. */
  restart: boolean;
  preference: MongodbPreference;
  /** SQLite's `synchronous` of the Temporal server; FULL if not said. */
  synchronous?: 'OFF' | 'NORMAL' | 'FULL';
  /** Ports that a person chose; undefined: free ones. `uiPort: null`: no Temporal UI. */
  apiPort?: number;
  temporalPort?: number;
  uiPort?: number | null;
  mongodbPort?: number;
  log: (line: string) => void;
  /** Other entries than api/main.ts and worker/main.ts, for tests of the stack itself. */
  entries?: { api: string; worker: string };
}

export interface Stack {
  apiUrl: string;
  mongodbUri: string;
  mongodbDatabase: string;
  temporalAddress: string;
  temporalUiUrl: string | null;
  credentialsKey: string;
  /** The environment that api and worker run with, for what else works on the same data. */
  env: NodeJS.ProcessEnv;
  logDir: string;
  api: RunningProcess;
  worker: RunningProcess;
  mongodb: MongodbServer;
  temporal: TemporalServer;
  /** Stops api, worker, Temporal and MongoDB, in this order. */
  stop(): Promise<void>;
}

const CRASH_WAIT_MS = 8000;
const root = fileURLToPath(new URL('..', import.meta.url));
const stopOrder = ['api', 'worker', 'temporal', 'mongodb'] as const;

type Parts = Partial<Record<(typeof stopOrder)[number], { stop(): Promise<void> }>>;

/** Starts MongoDB, Temporal, api and worker on one data folder; resolves when all of them are ready. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dataDir = resolve(options.dataDir);
  makeDataDir(dataDir);
  const runFile = claimRunFile(dataDir);
  const parts: Parts = {};
  const stop = async (): Promise<void> => {
    for (const name of stopOrder) await parts[name]?.stop();
    runFile.remove();
  };
  try {
    return await startParts({ ...options, dataDir }, runFile, parts, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What came up is in `parts` from then on, so that it is stopped where something after it fails. */
async function startParts(options: StackOptions, runFile: RunFile, parts: Parts, stop: () => Promise<void>): Promise<Stack> {
  const { dataDir, restart, log, preference } = options;
  const given = { ...process.env, ...options.env };
  const logDir = join(dataDir, 'logs');
  const logFile = (name: string): string => join(logDir, `${name}.log`);
  const portWaitMs = runFile.afterCrash ? CRASH_WAIT_MS : 0;
  const common = { env: given, restart, log, portWaitMs };
  if (options.apiPort) await assertPortFree(options.apiPort, 'the API', 'API_PORT', portWaitMs);

  const mongodbOptions = { ...common, dataDir: join(dataDir, 'mongodb'), logFile: logFile('mongodb'), preference, port: options.mongodbPort };
  const temporalOptions = {
    ...common, dataFile: join(dataDir, 'temporal.db'), logFile: logFile('temporal'), synchronous: options.synchronous ?? ('FULL' as const),
    port: options.temporalPort, uiPort: options.uiPort,
  };
  const [mongodb, temporal] = await all(
    startMongodb(mongodbOptions).then((server) => (parts.mongodb = server)),
    startTemporal(temporalOptions).then((server) => (parts.temporal = server)),
  );

  const key = credentialsKey(dataDir, given);
  const token = apiToken(dataDir, given);
  const env: NodeJS.ProcessEnv = {
    ...given,
    DATA_DIR: dataDir,
    MONGODB_URI: mongodb.uri,
    TEMPORAL_ADDRESS: temporal.address,
    CREDENTIALS_KEY: key,
    ...(token && { API_TOKEN: token }),
    ...(temporal.uiUrl && { TEMPORAL_UI_URL: temporal.uiUrl }),
    ...(options.sandboxOrigin && { SANDBOX_ORIGIN: options.sandboxOrigin }),
  };
  let stack: Stack | null = null;
  const record = (): void => (stack ? runFile.write(recordOf(stack)) : undefined);
  const startChild = (name: 'api' | 'worker'): Promise<RunningProcess> => {
    const entry = options.entries?.[name] ?? join(root, name, 'main.ts');
    return startNodeProcess({ name, entry, env: () => env, logFile: logFile(name), restart, log, onStart: record }).then((child) => (parts[name] = child));
  };
  const startApi = (port: number): Promise<RunningProcess> => {
    env.API_PORT = String(port); // also for its restarts: its address stays
    return startChild('api');
  };
  const [api, worker] = await all(onPort(options.apiPort, startApi), startChild('worker'));

  const config = readConfig(env);
  stack = {
    apiUrl: config.publicUrl ?? `http://127.0.0.1:${config.apiPort}`,
    mongodbUri: mongodb.uri,
    mongodbDatabase: config.mongodbDatabase,
    temporalAddress: temporal.address,
    temporalUiUrl: temporal.uiUrl,
    credentialsKey: key,
    env,
    logDir,
    api,
    worker,
    mongodb,
    temporal,
    stop,
  };
  record();
  return stack;
}

/** Waits for both even if one fails, so that none is forgotten while it is still coming up. */
async function all<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

const recordOf = (stack: Stack) => ({
  apiUrl: stack.apiUrl,
  localApiUrl: `http://127.0.0.1:${stack.env.API_PORT}`,
  mongodbUri: stack.mongodbUri,
  mongodbDatabase: stack.mongodbDatabase,
  temporalAddress: stack.temporalAddress,
  temporalUiUrl: stack.temporalUiUrl,
  sandboxOrigin: stack.env.SANDBOX_ORIGIN?.trim() || null,
  pids: {
    api: stack.api.pid,
    worker: stack.worker.pid,
    temporal: stack.temporal.process?.pid ?? null,
    mongodb: stack.mongodb.process?.pid ?? null,
  },
});
