import { mkdir } from 'node:fs/promises';
import { MongoClient, MongoServerError, type Db, type Document } from 'mongodb';
import { assertPortFree, onPort } from '../ports.ts';
import { startProcess, type RunningProcess } from '../processes.ts';
import { mongodbRoutes, REPLICA_SET, type MongodbPreference, type MongodbProgram } from './mongodb-program.ts';
import { firstRoute } from './routes.ts';

export interface MongodbOptions {
  /** Kept over restarts; made if missing. */
  dataDir: string;
  /** Undefined: a free port. */
  port?: number;
  preference: MongodbPreference;
  logFile: string;
  restart?: boolean;
  portWaitMs?: number;
  env?: NodeJS.ProcessEnv;
  log: (line: string) => void;
}

export interface MongodbServer {
  uri: string;
  source: string;
  /** Null where the server is not ours. */
  process: RunningProcess | null;
  stop(): Promise<void>;
}

/** Gives a MongoDB: the one of MONGODB_URI, else one of our own on `dataDir`. Resolves when it takes writes. */
export async function startMongodb(options: MongodbOptions): Promise<MongodbServer> {
  const env = options.env ?? process.env;
  if (env.MONGODB_URI) {
    options.log('MongoDB: as MONGODB_URI says.');
    return { uri: env.MONGODB_URI, source: 'MONGODB_URI', process: null, stop: async () => {} };
  }
  if (options.port) await assertPortFree(options.port, 'MongoDB', 'MONGODB_PORT', options.portWaitMs);
  const { found, source } = await firstRoute(
    'MongoDB',
    mongodbRoutes(options.preference, options.log),
    'Install MongoDB, or pip for Python 3.10 or newer, or cargo; or start a MongoDB yourself and set MONGODB_URI.',
  );
  options.log(`MongoDB: ${source}.`);
  await mkdir(options.dataDir, { recursive: true });
  return onPort(options.port, (port) => start(found, port, source, options));
}

async function start(program: MongodbProgram, port: number, source: string, options: MongodbOptions): Promise<MongodbServer> {
  const uri = `mongodb://127.0.0.1:${port}/?directConnection=true`;
  const running = await startProcess({
    name: 'MongoDB',
    command: program.command,
    args: program.args(port, options.dataDir),
    env: () => ({ ...process.env, ...options.env, ...program.env }),
    logFile: options.logFile,
    channel: false,
    isUp: () => isUp(uri, port, program.kind),
    readyTimeoutMs: 60_000,
    restart: options.restart ?? false,
    stopGraceMs: 10_000,
    log: options.log,
  });
  return { uri, source, process: running, stop: running.stop };
}

/** Ready is: it takes writes. A mongod becomes the primary of its one-node replica set on the way. */
async function isUp(uri: string, port: number, kind: MongodbProgram['kind']): Promise<boolean> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 2000, connectTimeoutMS: 2000, socketTimeoutMS: 5000 });
  try {
    await client.connect();
    const admin = client.db('admin');
    if ((await admin.command({ hello: 1 })).isWritablePrimary) return true;
    if (kind === 'mongod') await formReplicaSet(admin, `127.0.0.1:${port}`);
    return false; // look again
  } catch {
    return false; // not yet
  } finally {
    await client.close();
  }
}

/** Makes the one-node replica set, or, where the data folder knows it under another port, moves it to this one. */
async function formReplicaSet(admin: Db, host: string): Promise<void> {
  const members = [{ _id: 0, host }];
  try {
    await admin.command({ replSetInitiate: { _id: REPLICA_SET, members } });
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.codeName !== 'AlreadyInitialized') throw error;
    const { config } = (await admin.command({ replSetGetConfig: 1 })) as Document;
    if (config.members[0].host === host) return; // the election is under way
    await admin.command({ replSetReconfig: { ...config, members, version: config.version + 1 }, force: true });
  }
}
