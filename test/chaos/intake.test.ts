import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { newId, newKey } from '../../store/ids.ts';
import { insertIntegration } from '../../store/integrations.ts';
import { insertProperty } from '../../store/properties.ts';
import { integrationContext, newKeyText, parseKeys, seal } from '../../store/secrets.ts';
import type { Store } from '../../store/db.ts';
import { openTestStore } from '../harness.ts';
import { startProxy, type Proxy } from './proxy.ts';

/** The API as a process, its servers taken away, itself killed: what was answered 200 is stored in the end, once. */

// Processes are started and killed again and again, on whatever machine this runs.
vi.setConfig({ testTimeout: 240_000 });

const CREDENTIALS_KEY = newKeyText('k');
const SECRET = 'geheim99';
let store: Store;
let mongodb: Proxy;
let temporal: Proxy;
let dataDir: string;
let postbackKey: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  store = await openTestStore();
  dataDir = await mkdtemp(join(tmpdir(), 'tributary-intake-'));
  const { hostname, port } = new URL(inject('mongodbUri'));
  mongodb = await startProxy({ host: hostname, port: Number(port) });
  const [host, temporalPort] = inject('temporalAddress').split(':');
  temporal = await startProxy({ host: host!, port: Number(temporalPort) });
  postbackKey = newKey();
  const propertyId = newId(Date.now());
  await insertProperty(store.db, { _id: propertyId, name: 'p', tagKey: newKey(), postbackKey, createdAt: new Date() });
  const id = newId(Date.now());
  const secret = seal(parseKeys(CREDENTIALS_KEY), SECRET, integrationContext(id));
  await insertIntegration(store.db, { _id: id, propertyId, network: 'kma', settings: {}, secret, rules: null, version: 1, createdAt: new Date(), updatedAt: new Date() });
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  await mongodb.close();
  await temporal.close();
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

interface Api {
  child: ChildProcess;
  url: string;
}

async function startApi(): Promise<Api> {
  const child = fork(fileURLToPath(new URL('../../api/main.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env, API_PORT: '0', DATA_DIR: dataDir, CREDENTIALS_KEY, LOG_LEVEL: 'warn',
      MONGODB_URI: `mongodb://127.0.0.1:${mongodb.port}/?directConnection=true`, MONGODB_DATABASE: store.db.databaseName, TEMPORAL_ADDRESS: `127.0.0.1:${temporal.port}`,
      TEMPORAL_CALL_TIMEOUT_MS: '500', INTAKE_STORE_TIMEOUT_MS: '700', SPOOL_DRAIN_INTERVAL_MS: '100', SNAPSHOT_INTERVAL_MS: '200', SHUTDOWN_GRACE_MS: '3000',
    },
  });
  children.push(child);
  const [message] = (await once(child, 'message')) as [{ port: number }];
  return { child, url: `http://127.0.0.1:${message.port}` };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Tries again until it does not throw, for at most a minute. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  const endMs = Date.now() + 60_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > endMs) throw error;
      await sleep(50);
    }
  }
}

/** Calls; true where it was answered 200. A connection that broke promised nothing. */
const call = (api: Api, order: string, secret = SECRET): Promise<boolean> =>
  fetch(`${api.url}/${postbackKey}/collect/kma?orderid=${order}&status=A&secret=${secret}`, { signal: AbortSignal.timeout(20_000) }).then((r) => r.ok, () => false);
const spoolOf = async (api: Api) => ((await (await fetch(`${api.url}/readyz`)).json()) as { spool: { records: number; bytes: number; stuck: number } }).spool;
const storedOrders = async (): Promise<string[]> =>
  (await store.db.collection<{ _id: string; query: string }>('postbacks').find({}).toArray()).map(({ query }) => /orderid=([^&]+)/.exec(query)![1]!).sort();
const snapshotThere = () => eventually(() => stat(join(dataDir, 'snapshot.json')));
const takeServersAway = () => {
  mongodb.cut();
  temporal.cut();
};
const giveServersBack = () => {
  mongodb.restore();
  temporal.restore();
};

test('both servers away, the process killed and started without them: it knows callers, and drains when they are back', async () => {
  const first = await startApi();
  expect(await call(first, 'before')).toBe(true);
  await snapshotThere();
  takeServersAway();
  expect(await Promise.all(['a', 'b', 'c'].map((order) => call(first, order)))).toEqual([true, true, true]);
  await kill(first.child);

  const second = await startApi();
  expect(await call(second, 'd')).toBe(true);
  expect(await call(second, 'forged', 'wrong-one')).toBe(false);
  expect((await fetch(`${second.url}/readyz`)).status).toBe(200);
  // Four reports, and the refused call for its second look.
  expect((await spoolOf(second)).records).toBe(5);
  giveServersBack();
  await eventually(async () => expect(await spoolOf(second)).toEqual({ records: 0, bytes: 0, stuck: 0 }));
  expect(await storedOrders()).toEqual(['a', 'b', 'before', 'c', 'd']);
  expect(await store.db.collection('refusals').countDocuments()).toBe(1);
});

test('killed at any moment, with servers that come and go: every report answered 200 is stored once', async () => {
  const answered: string[] = [];
  let api = await startApi();
  await snapshotThere();
  for (let round = 0; round < 4; round += 1) {
    if (round % 2 === 0) takeServersAway();
    else mongodb.cut();
    let killed = false;
    const callers = Array.from({ length: 16 }, async (_, caller) => {
      for (let n = 0; !killed; n += 1) {
        const order = `r${round}c${caller}n${n}`;
        if (await call(api, order)) answered.push(order);
      }
    });
    const before = answered.length;
    // Not before some were answered; then at once, in the middle of whatever is under way.
    while (answered.length < before + 25 + 17 * round) await sleep(1);
    killed = true;
    await kill(api.child);
    await Promise.all(callers);
    if (round === 1) giveServersBack();
    api = await startApi();
  }
  giveServersBack();
  await eventually(async () => expect(await spoolOf(api)).toMatchObject({ records: 0, stuck: 0 }));
  const stored = await storedOrders();
  expect(new Set(stored).size).toBe(stored.length);
  const carried = await carriedByRuns();
  expect(answered.filter((order) => !stored.includes(order) && !carried.has(order))).toEqual([]);
});

/** Orders whose report lies in Temporal: no worker runs here that would store it. */
async function carriedByRuns(): Promise<Set<string>> {
  const { Connection, WorkflowClient } = await import('@temporalio/client');
  const connection = await Connection.connect({ address: inject('temporalAddress') });
  const orders = new Set<string>();
  await eventually(async () => {
    const property = await store.db.collection<{ _id: string }>('properties').findOne({});
    for await (const { workflowId } of new WorkflowClient({ connection }).list({ query: `Property = "${property!._id}"` })) orders.add(workflowId.split('order:')[1]!);
  });
  await connection.close();
  return orders;
}

test('a record that was half written when the machine died costs itself alone', async () => {
  const first = await startApi();
  await snapshotThere();
  takeServersAway();
  for (const order of ['a', 'b', 'c']) expect(await call(first, order)).toBe(true);
  await kill(first.child);
  const folder = join(dataDir, 'spool');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.seg')).sort();
  const last = join(folder, files.at(-1)!);
  await truncate(last, (await stat(last)).size - 7);
  giveServersBack();
  const second = await startApi();
  await eventually(async () => expect((await spoolOf(second)).records).toBe(0));
  expect(await storedOrders()).toEqual(['a', 'b']);
});

test('a MongoDB that hangs costs nobody more than the deadline', async () => {
  const api = await startApi();
  await snapshotThere();
  mongodb.hang();
  temporal.cut();
  const all = await Promise.all(Array.from({ length: 20 }, (_, n) => call(api, `h${n}`)));
  expect(all.every(Boolean)).toBe(true);
  expect((await spoolOf(api)).records).toBe(20);
  giveServersBack();
  await eventually(async () => expect((await spoolOf(api)).records).toBe(0));
  expect((await storedOrders()).length).toBe(20);
});

test('two processes on one folder: what one that was killed left is drained by the other, once', async () => {
  const [one, two] = [await startApi(), await startApi()];
  await snapshotThere();
  takeServersAway();
  for (const [api, order] of [[one, 'a'], [two, 'b'], [one, 'c']] as const) expect(await call(api, order)).toBe(true);
  expect([(await spoolOf(one)).records, (await spoolOf(two)).records]).toEqual([2, 1]);
  await kill(one.child);
  await eventually(async () => expect((await spoolOf(two)).records).toBe(3));
  giveServersBack();
  await eventually(async () => expect((await spoolOf(two)).records).toBe(0));
  expect(await storedOrders()).toEqual(['a', 'b', 'c']);
});
