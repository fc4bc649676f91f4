import { copyFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cached, cacheDir, reachable } from '../cache.ts';
import { executable, onPath, runCommand } from './run-command.ts';
import type { Route } from './routes.ts';
import { pip } from './wheel.ts';

/** A program that speaks MongoDB's protocol, and how it is started on a port and a folder. */
export interface MongodbProgram {
  kind: 'mongod' | 'secantus';
  command: string;
  args(port: number, dataDir: string): string[];
  env: Record<string, string>;
}

/** `fast-start` takes what is installed soonest, `durable` what is built for load; whichever is cached comes first. */
export type MongodbPreference = 'fast-start' | 'durable';

const MONGOD_VERSION = '8.0.4';
const MONGOD = `mongod-${MONGOD_VERSION}`;
const MONGOD_HOST = 'fastdl.mongodb.org';
const SECANTUS_CRATE_VERSION = '0.5.3-beta.196';
const SECANTUS_WHEEL_VERSION = '0.7.0b3';
const SECANTUS_CRATE = `secantus-${SECANTUS_CRATE_VERSION}`;
const SECANTUS_WHEEL = `secantus-wheel-${SECANTUS_WHEEL_VERSION}`;
const BUILD_TIMEOUT_MS = 20 * 60_000;

export const REPLICA_SET = 'tributary';

/** MongoDB itself where it can be had; else SecantusDB, a compatible server for development and tests, run as a program of its own. */
export function mongodbRoutes(preference: MongodbPreference, log: (line: string) => void): Route<MongodbProgram>[] {
  const crateCached = { title: `SecantusDB ${SECANTUS_CRATE_VERSION} from the cache`, take: () => secantusCrate('cached', log) };
  const wheelCached = { title: `SecantusDB ${SECANTUS_WHEEL_VERSION} from the cache`, take: () => secantusWheel('cached') };
  const crate = { title: `SecantusDB ${SECANTUS_CRATE_VERSION} built by cargo`, take: () => secantusCrate('install', log) };
  const wheel = { title: `SecantusDB ${SECANTUS_WHEEL_VERSION} from PyPI`, take: () => secantusWheel('install') };
  return [
    { title: 'the mongod of MONGOMS_SYSTEM_BINARY', take: () => systemBinary() },
    { title: '`mongod` on PATH', take: async () => mongod(await onPath('mongod')) ?? 'no `mongod` on PATH' },
    { title: `mongod ${MONGOD_VERSION} from the cache`, take: async () => mongod(await mongodIn(join(cacheDir(), MONGOD))) ?? '' },
    { title: `mongod ${MONGOD_VERSION} by download`, take: () => downloadedMongod() },
    ...(preference === 'durable' ? [crateCached, crate, wheelCached, wheel] : [crateCached, wheelCached, wheel, crate]),
  ];
}

async function systemBinary(): Promise<MongodbProgram | string> {
  const path = process.env.MONGOMS_SYSTEM_BINARY;
  if (!path) return '';
  return mongod((await executable(path)) ? path : null) ?? `MONGOMS_SYSTEM_BINARY is ${path}, which is no program`;
}

const mongod = (command: string | null): MongodbProgram | null =>
  command === null
    ? null
    : {
        kind: 'mongod',
        command,
        args: (port, dataDir) => ['--port', String(port), '--bind_ip', '127.0.0.1', '--dbpath', dataDir, '--replSet', REPLICA_SET, '--quiet'],
        env: {},
      };

async function mongodIn(dir: string): Promise<string | null> {
  const name = (await readdir(dir).catch(() => [])).find((file) => file.startsWith('mongod'));
  return name && (await executable(join(dir, name))) ? join(dir, name) : null;
}

async function downloadedMongod(): Promise<MongodbProgram | string> {
  if (!(await reachable(MONGOD_HOST))) return `${MONGOD_HOST} is not reachable`;
  try {
    const { MongoBinary } = await import('mongodb-memory-server-core/lib/util/MongoBinary.js');
    const dir = await cached(MONGOD, async (downloadDir) => {
      const path = await MongoBinary.getPath({ version: MONGOD_VERSION, downloadDir });
      // It may have found one that another project downloaded.
      if (dirname(path) !== downloadDir) await copyFile(path, join(downloadDir, 'mongod'));
    });
    return mongod(await mongodIn(dir)) ?? `${dir} holds no mongod`;
  } catch (error) {
    return `the download of mongod failed: ${String(error)}`;
  }
}

/** Without --sync-on-commit it acknowledges journaled writes that a kill -9 then loses. */
const secantusArgs = (port: number, dataDir: string): string[] =>
  ['--port', String(port), '--storage-path', dataDir, '--log-level', 'ERROR', '--sync-on-commit'];

async function secantusCrate(how: 'cached' | 'install', log: (line: string) => void): Promise<MongodbProgram | string> {
  const program = (dir: string): MongodbProgram => ({ kind: 'secantus', command: join(dir, 'bin', 'secantusd-rs'), args: secantusArgs, env: {} });
  const there = join(cacheDir(), SECANTUS_CRATE);
  if (await executable(program(there).command)) return program(there);
  if (how === 'cached') return '';
  if (!(await onPath('cargo'))) return 'no `cargo` to build secantusd-rs';
  log(`MongoDB: building SecantusDB ${SECANTUS_CRATE_VERSION} with cargo, about 4 minutes, once ...`);
  const dir = await cached(SECANTUS_CRATE, async (root) => {
    // It asks for a newer rustc than it needs, hence --ignore-rust-version.
    const args = ['install', 'secantus-mdb', '--version', SECANTUS_CRATE_VERSION, '--ignore-rust-version', '--root', root, '--quiet'];
    const result = await runCommand('cargo', args, BUILD_TIMEOUT_MS);
    if (!result.ok) throw new Error(`cargo: ${result.output.split('\n').at(-1)}`);
  }).catch((error: Error) => error);
  return dir instanceof Error ? dir.message : program(dir);
}

async function secantusWheel(how: 'cached' | 'install'): Promise<MongodbProgram | string> {
  const program = (dir: string): MongodbProgram => ({
    kind: 'secantus',
    command: 'python3',
    args: (port, dataDir) => [join(dir, 'bin', 'secantusd-py'), ...secantusArgs(port, dataDir)],
    env: { PYTHONPATH: dir },
  });
  const there = join(cacheDir(), SECANTUS_WHEEL);
  if (await executable(join(there, 'bin', 'secantusd-py'))) return program(there);
  if (how === 'cached') return '';
  // A folder of its own for it and what it needs: no virtual environment, nothing added to the system's Python.
  return program(await cached(SECANTUS_WHEEL, (target) => pip('install', '--target', target, `SecantusDB==${SECANTUS_WHEEL_VERSION}`)));
}
