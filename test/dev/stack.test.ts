import { mkdtempSync, readFileSync, rmSync, statSync, existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunRecord } from '../../dev/run-file.ts';
import { startStack, type Stack, type StackOptions } from '../../dev/stack.ts';
import { parseKeys } from '../../store/secrets.ts';
import { alive, until } from './alive.ts';

/** With the real servers, and fakes of api and worker that keep to the same contract. */

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const runFile = (dir: string): string => join(dir, 'run.json');
const readRun = (dir: string): RunRecord => JSON.parse(readFileSync(runFile(dir), 'utf8')) as RunRecord;
const options = (dataDir: string): StackOptions => ({
  dataDir, restart: true, preference: 'durable', synchronous: 'OFF', uiPort: null, log: () => {},
  env: { MONGODB_URI: '', TEMPORAL_ADDRESS: '', CREDENTIALS_KEY: '', API_PORT: '', PUBLIC_URL: '' },
  entries: { api: fixture('api.ts'), worker: fixture('worker.ts') },
});
const newDir = (): string => mkdtempSync(join(tmpdir(), 'tributary-stack-'));

describe('a running stack', () => {
  let dir: string;
  let stack: Stack;
  beforeAll(async () => {
    dir = newDir();
    stack = await startStack(options(dir));
  });
  afterAll(async () => {
    await stack.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('writes down, for its owner alone, where it runs', () => {
    expect(statSync(runFile(dir)).mode & 0o777).toBe(0o600);
    expect(readRun(dir)).toMatchObject({
      apiUrl: stack.apiUrl, mongodbUri: stack.mongodbUri, mongodbDatabase: 'tributary', temporalAddress: stack.temporalAddress, temporalUiUrl: null,
      pids: { api: stack.api.pid, worker: stack.worker.pid },
    });
  });

  test('keeps a credentials key of its own, for its owner alone', () => {
    const file = join(dir, 'credentials.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(parseKeys(readFileSync(file, 'utf8')).first).toBe('k1');
  });

  test('refuses a second one on the same data with a sentence', async () => {
    await expect(startStack(options(dir))).rejects.toThrow(`Tributary is running already on ${dir} at ${stack.apiUrl} (process ${process.pid}).`);
    expect(existsSync(runFile(dir))).toBe(true);
  });

  test('gives worker and API the addresses of its servers', () => {
    expect(stack.worker.ready.address).toBe(stack.temporalAddress);
  });

  test('brings the API back at its address after a kill -9, and writes down the new process', async () => {
    const first = stack.api.pid;
    stack.api.kill('SIGKILL');
    await stack.api.restarted(first);
    expect(await (await fetch(stack.apiUrl)).text()).toBe(String(stack.api.pid));
    expect(readRun(dir).pids?.api).toBe(stack.api.pid);
  });
});

describe('the data folder', () => {
  let dir: string;
  beforeEach(() => void (dir = newDir()));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  test('survives a stop, which leaves no process and no run record', async () => {
    const first = await startStack(options(dir));
    const key = first.credentialsKey;
    const client = await new MongoClient(first.mongodbUri).connect();
    await client.db('kept').collection('things').insertOne({ kept: true });
    await client.close();
    const pids = [first.api.pid, first.worker.pid, first.mongodb.process?.pid ?? 0, first.temporal.process?.pid ?? 0];
    expect(pids.map(alive)).toEqual([true, true, true, true]);
    await first.stop();
    expect(pids.map(alive)).toEqual([false, false, false, false]);
    expect(existsSync(runFile(dir))).toBe(false);

    const second = await startStack(options(dir));
    const again = await new MongoClient(second.mongodbUri).connect();
    expect(await again.db('kept').collection('things').countDocuments()).toBe(1);
    expect(second.credentialsKey).toBe(key);
    await again.close();
    await second.stop();
  });

  test('is free again where a start failed, with nothing left running', async () => {
    const logs: string[] = [];
    const failing = startStack({ ...options(dir), log: (line) => logs.push(line), entries: { api: fixture('failing.mjs'), worker: fixture('worker.ts') } });
    await expect(failing).rejects.toThrow(/^api ended at start \(exit code 3\)/);
    expect(existsSync(runFile(dir))).toBe(false);
  });

  test('is not touched by a start whose port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(startStack({ ...options(dir), apiPort: port })).rejects.toThrow(`Port ${port}, wanted for the API, is taken`);
    taken.close();
    await until('no record is left', () => !existsSync(runFile(dir)));
    expect(existsSync(join(dir, 'mongodb'))).toBe(false);
  });
});
