import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoServerSelectionError, type Collection } from 'mongodb';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDirectory } from '../../api/directory.ts';
import { createRestore } from '../../api/restore.ts';
import { createDrain } from '../../api/spool/drain.ts';
import { openPostback } from '../../store/sealed-text.ts';
import { conversionWorkflowId } from '../../contracts/conversion.ts';
import { describeRun, eventually, startApi, type TestApi } from './harness.ts';

/** MongoDB away or slow: a postback answered 200 lies in Temporal or in the spool, and comes back from there. */

let api: TestApi;
let root: string;
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'tributary-away-'))));
afterEach(async () => {
  vi.restoreAllMocks();
  await api.close();
  await rm(root, { recursive: true, force: true });
});

const withoutTemporal = { temporalAddress: '127.0.0.1:1', temporalCallTimeoutMs: 300 };
const away = () => {
  throw new MongoServerSelectionError('no server', {} as never);
};
/** From now on the named collections, all if none is named, do as told; back to normal by the mock's `mockRestore`. */
function breakStore(names: string[] = [], fail: (real: Collection) => Collection = away) {
  const { db } = api.deps;
  const real = db.collection.bind(db);
  return vi.spyOn(db, 'collection').mockImplementation(((name: string) => (names.length === 0 || names.includes(name) ? fail(real(name)) : real(name))) as typeof db.collection);
}
/** MongoDB is asked again a moment after it was found away. */
const whenBack = () => eventually(() => api.deps.gates.mongodb.run(async () => undefined));
const drain = () => {
  const { deps } = api;
  const directory = createDirectory({ db: deps.db, gate: deps.gates.mongodb, snapshot: null, nowMs: Date.now });
  return createDrain({ spool: deps.spool, handle: createRestore(deps, directory), log: pino({ level: 'silent' }) }).pass();
};
const get = async (url: string) => {
  const response = await fetch(url);
  const text = await response.text();
  return { status: response.status, code: response.status === 200 ? text : (JSON.parse(text) as { code: string }).code, retryAfter: response.headers.get('retry-after') };
};

describe('MongoDB away, Temporal there', () => {
  beforeEach(async () => void (api = await startApi()));

  test('the run is told with the whole report, which only the key opens', async () => {
    const { property, collect } = await api.kma();
    await get(`${collect}?orderid=0`);
    const broken = breakStore(['postbacks']);
    expect(await get(`${collect}?orderid=1&status=A&phone=5551234`)).toMatchObject({ status: 200, code: 'OK' });
    broken.mockRestore();
    const { signals } = await describeRun(conversionWorkflowId(`${property._id}/kma/order:1`));
    const { postbackId, report } = signals[0]!.argument as { postbackId: string; report: string };
    expect(report).not.toMatch(/5551234|orderid/);
    expect(openPostback(api.deps.keys, report)).toMatchObject({ _id: postbackId, query: 'orderid=1&status=A&phone=5551234', receivedAt: expect.any(Date), outcome: null });
    expect((await api.postbacks(property)).map(({ query }) => query)).toEqual(['orderid=0']);
  });

  test('a report that starts nothing is spooled, since no run could store it', async () => {
    const { property, collect } = await api.kma();
    await get(`${collect}?orderid=0`);
    const broken = breakStore(['postbacks']);
    expect(await get(`${collect}?foo=1`)).toMatchObject({ status: 200 });
    broken.mockRestore();
    expect(api.deps.spool.state().records).toBe(1);
    await whenBack();
    await drain();
    expect((await api.postbacks(property)).map(({ outcome }) => outcome?.effect ?? null)).toEqual([null, 'empty']);
  });

  test('a slow MongoDB is waited for no longer than the deadline, and its late success makes no second report', async () => {
    await api.close();
    api = await startApi({ intakeStoreTimeoutMs: 200 });
    const { property, collect } = await api.kma();
    await get(`${collect}?orderid=0`);
    let release = () => {};
    const late = new Promise<void>((resolve) => (release = resolve));
    let written: Promise<unknown> | undefined;
    const broken = breakStore(['postbacks'], (real) =>
      Object.assign(Object.create(real), { insertOne: (doc: object) => (written = late.then(() => real.insertOne(doc))) }) as Collection);
    expect(await get(`${collect}?orderid=1&status=A`)).toMatchObject({ status: 200 });
    broken.mockRestore();
    release();
    await written;
    const { signals } = await describeRun(conversionWorkflowId(`${property._id}/kma/order:1`));
    const stored = (await api.postbacks(property)).map(({ _id }) => _id);
    expect([stored.length, stored[1]]).toEqual([2, (signals[0]!.argument as { postbackId: string }).postbackId]);
  });
});

describe('MongoDB and Temporal away', () => {
  beforeEach(async () => void (api = await startApi(withoutTemporal)));

  test('a report is spooled and keeps the time of its arrival; drained, it lies there for the relay', async () => {
    const { property, collect } = await api.kma({}, 'geheim');
    await api.snapshot.refresh(api.deps.db);
    const broken = breakStore();
    const before = Date.now();
    expect(await get(`${collect}?orderid=1&status=A&secret=geheim`)).toMatchObject({ status: 200, code: 'OK' });
    const after = Date.now();
    expect(api.deps.spool.state()).toMatchObject({ records: 1, stuck: 0 });
    await drain();
    expect(api.deps.spool.state().records).toBe(1);
    broken.mockRestore();
    await whenBack();
    await drain();
    const [postback] = await api.postbacks(property);
    expect(postback).toMatchObject({ query: 'orderid=1&status=A&secret=', outcome: null, tries: 0, conversionId: `${property._id}/kma/order:1` });
    expect(postback!.receivedAt.getTime()).toBeGreaterThanOrEqual(before);
    expect(postback!.receivedAt.getTime()).toBeLessThanOrEqual(after);
    expect(postback!.nextTryAt!.getTime()).toBeGreaterThan(after);
    expect(api.deps.spool.state()).toEqual({ records: 0, bytes: 0, stuck: 0 });
  });

  test('callers are checked by the snapshot; one that is refused is looked at again with what holds then', async () => {
    const { property, collect } = await api.kma({ ipList: ['127.0.0.1'] }, 'geheim');
    const elsewhere = await api.kma({ ipList: ['10.0.0.1'] });
    await api.snapshot.refresh(api.deps.db);
    const broken = breakStore();
    expect(await get(`${collect}?orderid=1&status=A&secret=geheim`)).toMatchObject({ status: 200 });
    expect(await get(`${collect}?orderid=2&status=A&secret=falsch`)).toMatchObject({ status: 403, code: 'secret_refused' });
    expect(await get(`${elsewhere.collect}?orderid=3&status=A`)).toMatchObject({ status: 403, code: 'address_refused' });
    broken.mockRestore();
    await whenBack();
    await drain();
    expect((await api.postbacks(property)).map(({ query }) => query)).toEqual(['orderid=1&status=A&secret=']);
    expect((await api.refusals(property)).map(({ code, query }) => [code, query])).toEqual([['secret_refused', 'orderid=2&status=A&secret=']]);
    expect((await api.refusals(elsewhere.property)).map(({ code }) => code)).toEqual(['address_refused']);
  });

  test('without a snapshot calls are spooled unchecked and checked when they are drained', async () => {
    const { property, collect } = await api.kma({}, 'geheim');
    const broken = breakStore();
    const urls = [`${collect}?orderid=1&status=A&secret=geheim`, `${collect}?orderid=2&status=A&secret=falsch`, `${api.url}/AAAAAAAAAAAA/collect/kma?orderid=3`];
    for (const url of urls) expect(await get(url)).toMatchObject({ status: 200 });
    const posted = await fetch(collect, { method: 'POST', body: new URLSearchParams({ orderid: '4', status: 'D', secret: 'geheim' }) });
    expect(posted.status).toBe(200);
    broken.mockRestore();
    await whenBack();
    await drain();
    const stored = await api.postbacks(property);
    expect(stored.map(({ query, body }) => body?.toString('utf8') ?? query).sort()).toEqual(['orderid=1&status=A&secret=', 'orderid=4&status=D&secret=']);
    expect((await api.refusals(property)).map(({ code }) => code)).toEqual(['secret_refused']);
    expect(api.deps.spool.state()).toEqual({ records: 0, bytes: 0, stuck: 0 });
  });

  test('a record that is drained twice is stored once', async () => {
    const { property, collect } = await api.kma();
    await api.snapshot.refresh(api.deps.db);
    const broken = breakStore();
    await get(`${collect}?orderid=1&status=A`);
    broken.mockRestore();
    await whenBack();
    const [file] = await api.deps.spool.files();
    const { records } = await api.deps.spool.read(file!);
    const restore = createRestore(api.deps, api.deps.directory);
    expect(await Promise.all([restore(records[0]!), restore(records[0]!)])).toEqual(['done', 'done']);
    expect(await restore(records[0]!)).toBe('done');
    expect(await api.postbacks(property)).toHaveLength(1);
  });

  test('the spool on disk holds nothing that can be read', async () => {
    const { collect } = await api.kma({}, 'geheim');
    await api.snapshot.refresh(api.deps.db);
    breakStore();
    await get(`${collect}?orderid=1&status=A&phone=5551234&secret=geheim`);
    const [file] = await api.deps.spool.files();
    const { records } = await api.deps.spool.read(file!);
    expect(records[0]!.text).not.toMatch(/5551234|geheim|orderid/);
  });
});

test('with Temporal back alone, the spool goes to the runs', async () => {
  api = await startApi();
  const { property, collect } = await api.kma();
  await api.snapshot.refresh(api.deps.db);
  const broken = breakStore();
  const tell = vi.spyOn(api.deps.starter, 'tell').mockRejectedValue(new Error('away'));
  expect(await get(`${collect}?orderid=1&status=A`)).toMatchObject({ status: 200 });
  tell.mockRestore();
  await drain();
  expect(api.deps.spool.state().records).toBe(0);
  broken.mockRestore();
  const { signals } = await describeRun(conversionWorkflowId(`${property._id}/kma/order:1`));
  expect(openPostback(api.deps.keys, (signals[0]!.argument as { report: string }).report).query).toBe('orderid=1&status=A');
});

describe('503 with Retry-After, and nothing kept, where', () => {
  test('the spool is full', async () => {
    api = await startApi({ ...withoutTemporal, spoolMaxBytes: 100 });
    const { property, collect } = await api.kma();
    await api.snapshot.refresh(api.deps.db);
    const broken = breakStore();
    expect(await get(`${collect}?orderid=1&status=A`)).toEqual({ status: 503, code: 'spool_full', retryAfter: '30' });
    broken.mockRestore();
    expect([api.deps.spool.state().records, await api.postbacks(property)]).toEqual([0, []]);
  });

  test('the disk refuses', async () => {
    await writeFile(join(root, 'file'), '');
    api = await startApi({ ...withoutTemporal, spoolDir: join(root, 'file', 'spool') });
    const { collect } = await api.kma();
    await api.snapshot.refresh(api.deps.db);
    breakStore();
    expect(await get(`${collect}?orderid=1&status=A`)).toEqual({ status: 503, code: 'spool_refused', retryAfter: '30' });
  });

  test('there is no key to seal a report with', async () => {
    api = await startApi({ credentialsKey: null });
    const { collect } = await api.kma();
    await get(`${collect}?orderid=0`);
    breakStore(['postbacks']);
    expect(await get(`${collect}?orderid=1&status=A`)).toEqual({ status: 503, code: 'store_unavailable', retryAfter: '30' });
  });
});

test('readyz says how much is spooled, and 503 only where no way is left', async () => {
  api = await startApi({ ...withoutTemporal, spoolMaxBytes: 3_000 });
  const { collect } = await api.kma();
  await api.snapshot.refresh(api.deps.db);
  breakStore();
  vi.spyOn(api.deps.db, 'command').mockRejectedValue(new Error('away'));
  const ready = async () => {
    const response = await fetch(`${api.url}/readyz`);
    return { status: response.status, ...((await response.json()) as { ready: boolean; spool: { records: number; bytes: number } }) };
  };
  let taken = 0;
  for (; (await get(`${collect}?orderid=${taken}&status=A`)).status === 200; taken += 1) {
    expect(await ready()).toMatchObject({ status: 200, ready: true, mongodb: { ok: false }, temporal: { ok: false }, spool: { records: taken + 1 } });
  }
  expect(taken).toBeGreaterThan(0);
  expect(await ready()).toMatchObject({ status: 503, ready: false, spool: { records: taken } });
});
