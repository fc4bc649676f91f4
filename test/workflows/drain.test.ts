import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startDrain } from '../../contracts/start.ts';
import { drainWorkflowId } from '../../contracts/replay.ts';
import { pauseDestination, resumeDestination } from '../../setup/destinations.ts';
import { destinationById, pauseDestination as pauseInStore } from '../../store/destinations.ts';
import type { DestinationDoc } from '../../store/documents.ts';
import { startEngine, type Engine } from '../engine.ts';
import { storeMany, tally } from './many.ts';

let engine: Engine;
let meta: string;
beforeAll(async () => {
  engine = await startEngine({ platforms: ['meta'], config: { destinationProbeMs: 60_000, drainPerSecond: 100 } });
  meta = engine.destinations['meta']!;
});
afterAll(() => engine.close());

const destination = async (): Promise<DestinationDoc> => (await destinationById(engine.store.db, meta))!;
const setDestination = (fields: object) => engine.store.db.collection('destinations').updateOne({ _id: meta as never }, { $set: fields });
const pause = () => pauseDestination(engine.setup, engine.property._id, 'Main meta', 'test');
const resume = () => resumeDestination(engine.setup, engine.property._id, 'Main meta');
const drainHandle = () => engine.client.workflow.getHandle(drainWorkflowId(meta));
const relayOnce = () => engine.activities.conversions.relayOnce();
/** Event ids as the platform counts them, each as often as it came. */
const accepted = async (prefix: string): Promise<string[]> => (await engine.sandbox.accepted('meta')).map((event) => event.eventId!).filter((id) => id.startsWith(prefix));
async function until<T>(ask: () => Promise<T>, holds: (found: T) => boolean, timeoutMs = 60_000): Promise<T> {
  for (const end = Date.now() + timeoutMs; ;) {
    const found = await ask();
    if (holds(found)) return found;
    if (Date.now() > end) throw new Error(`not so in time: ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('hundreds of parked deliveries go out in batches with waits between, stop when the destination is paused again, and go on when it is resumed', { timeout: 240_000 }, async () => {
  await pause();
  const many = await storeMany(engine, 'flood', 300, { state: 'parked', code: '190', reason: 'token' });
  expect(await relayOnce()).toMatchObject({ parked: 0, probes: 0 });

  await resume();
  await startDrain(engine.client.workflow, { destinationId: meta, perSecond: 10 });
  const first = await drainHandle().describe();
  await until(() => accepted('flood'), (found) => found.length > 0);
  await pause();
  const stopped = await engine.client.workflow.getHandle(drainWorkflowId(meta), first.runId).result() as { woken: number; paused: boolean };
  expect(stopped.paused).toBe(true);
  expect(stopped.woken).toBeLessThan(300);
  const rest = (await many.deliveries()).filter((each) => each.state === 'parked');
  expect(rest.length).toBeGreaterThanOrEqual(300 - stopped.woken);
  expect(rest.every((each) => each.attempts === 0)).toBe(true);

  await resume();
  expect(await relayOnce()).toMatchObject({ parked: 1 });
  const second = await drainHandle().describe();
  // Another start while it runs is the same run.
  await startDrain(engine.client.workflow, { destinationId: meta, perSecond: 1 });
  expect((await drainHandle().describe()).runId).toBe(second.runId);
  const went = await engine.client.workflow.getHandle(drainWorkflowId(meta), second.runId).result() as { woken: number; paused: boolean };
  expect(went.paused).toBe(false);
  // Those that the first one never reached, and those that it woke too late.
  expect(went.woken).toBeGreaterThanOrEqual(300 - stopped.woken);
  expect(went.woken).toBeLessThanOrEqual(rest.length);
  // A wake that met its run at the very moment of parking comes again with the relay's next pass.
  await until(relayOnce, ({ parked }) => parked === 0, 120_000);
  const ended = await many.until((each) => each.state === 'delivered');
  expect(ended.every((each) => each.attempts === 1)).toBe(true);
  const ids = await accepted('flood');
  expect(ids).toHaveLength(300);
  expect(new Set(ids).size).toBe(300);

  // The pace is in the history: a page wakes half a second's worth, and a timer of half a second follows.
  const { events } = await engine.client.workflow.getHandle(drainWorkflowId(meta), second.runId).fetchHistory();
  const steps = events!.flatMap(({ activityTaskScheduledEventAttributes: page, timerStartedEventAttributes: timer }): (number | string)[] => {
    if (page) return [JSON.parse(Buffer.from(page.input!.payloads![0]!.data!).toString()).limit as number];
    return timer ? [`${Number(timer.startToFireTimeout!.seconds ?? 0) * 1000 + Number(timer.startToFireTimeout!.nanos ?? 0) / 1e6} ms`] : [];
  });
  expect(steps.slice(0, 4)).toEqual([50, '500 ms', 50, '500 ms']);
});

describe('a destination that a delivery had paused', () => {
  beforeEach(async () => {
    await engine.sandbox.clearFaults();
    // What another test left parked would be probed instead.
    await engine.store.db.collection('conversions').deleteMany({});
    const { version } = await destination();
    await setDestination({ state: 'active', paused: null });
    await engine.store.db.collection('destinations').updateOne({ _id: meta as never }, { $unset: { probe: 1 } });
    await pauseInStore(engine.store.db, meta, version, { code: '190', reason: 'token', by: 'delivery', at: new Date(Date.now() - 120_000) });
  });
  afterEach(() => void vi.restoreAllMocks());
  const due = () => setDestination({ 'probe.nextAt': new Date(0) });
  const probeOver = () => until(destination, (found) => found.probe?.open === false);

  test('is probed with one parked delivery: refused again it stays paused without a new alert, taken it is active and the others follow', { timeout: 120_000 }, async () => {
    const many = await storeMany(engine, 'probe', 4, { state: 'parked', code: '190', reason: 'token' });
    const alerts = vi.spyOn(engine.deps.log, 'error');
    await engine.sandbox.fault({ platform: 'meta', answer: { code: '190' } });
    expect(await relayOnce()).toMatchObject({ probes: 1, parked: 0, failed: 0 });
    const refused = await probeOver();
    expect(refused).toMatchObject({ state: 'paused', paused: { by: 'delivery' } });
    expect(tally(await many.until((each) => each.state === 'parked'))).toEqual({ parked: 4 });
    expect((await many.deliveries()).map((each) => each.attempts)).toEqual([1, 0, 0, 0]);
    // Not again before its time; and the pause has its one alert, the probe none.
    expect(await relayOnce()).toMatchObject({ probes: 0 });
    expect(alerts.mock.calls.map((call: unknown[]) => call[1])).toEqual(['destination paused']);
    expect((await many.deliveries()).map((each) => each.attempts)).toEqual([1, 0, 0, 0]);

    await due();
    expect(await relayOnce()).toMatchObject({ probes: 1 });
    await many.until((each) => each.state === 'delivered');
    expect(await destination()).toMatchObject({ state: 'active', paused: null });
    // The second probe took another one than the first.
    expect((await many.deliveries()).map((each) => each.attempts)).toEqual([2, 1, 1, 1]);
    expect(refused.probe!.conversionId).toBe(many.ids[0]);
    expect((await destination()).probe!.conversionId).toBe(many.ids[1]);
    expect(await accepted('probe')).toHaveLength(4);
  });

  test('a probe that gets no verdict is tried again, and its delivery resumes the destination', { timeout: 120_000 }, async () => {
    const many = await storeMany(engine, 'busy', 3, { state: 'parked', code: '190', reason: 'token' });
    await engine.sandbox.fault({ platform: 'meta', times: 2, answer: { status: 503, body: 'Service Unavailable' } });
    expect(await relayOnce()).toMatchObject({ probes: 1 });
    await many.until((each) => each.state === 'delivered');
    expect((await many.deliveries()).map((each) => each.attempts)).toEqual([3, 1, 1]);
    expect((await destination()).state).toBe('active');
  });

  test('a probe does not end the pause of an operator who came in between, nor is such a pause probed', { timeout: 120_000 }, async () => {
    const many = await storeMany(engine, 'hand', 2, { state: 'parked', code: '190', reason: 'token' });
    await engine.stopWorkers();
    expect(await relayOnce()).toMatchObject({ probes: 1 });
    await pause();
    await engine.startWorkers();
    // Its run has looked at the record, and found nothing that it may attempt.
    await until(() => engine.handle(many.ids[0]!).query<{ status: string }>('view'), (view) => view.status !== 'unknown');
    await setDestination({ 'paused.at': new Date(0), 'probe.nextAt': new Date(0) });
    expect(await relayOnce()).toMatchObject({ probes: 0 });
    expect(await destination()).toMatchObject({ state: 'paused', paused: { by: 'operator' } });
    expect((await many.deliveries()).map((each) => each.attempts)).toEqual([0, 0]);
    await resume();
    await relayOnce();
    await many.until((each) => each.state === 'delivered');
  });

  test('a wake of another conversion parks again without an attempt while one is probed', { timeout: 120_000 }, async () => {
    const many = await storeMany(engine, 'other', 2, { state: 'parked', code: '190', reason: 'token' });
    await engine.sandbox.fault({ platform: 'meta', times: 50, answer: { status: 503, body: 'Service Unavailable' } });
    expect(await relayOnce()).toMatchObject({ probes: 1 });
    await until(async () => (await many.deliveries())[0]!.attempts, (attempts) => attempts > 1);
    const direct = await engine.activities.deliveries.deliver({ conversionId: many.ids[1]!, deliveryKey: (await many.deliveries())[1]!.key });
    expect(direct.state).toBe('parked');
    expect((await many.deliveries())[1]!.attempts).toBe(0);
    // After the window the one that was probed is parked like the others.
    await setDestination({ 'probe.until': new Date(0) });
    await many.until((each) => each.state === 'parked');
    await engine.sandbox.clearFaults();
    await resume();
    await relayOnce();
    await many.until((each) => each.state === 'delivered');
  });
});
