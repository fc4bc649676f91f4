import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { WorkflowFailedError } from '@temporalio/client';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCountReplay } from '../../activities/replay/count-replay.ts';
import { createReplayConversions } from '../../activities/replay/replay-conversions.ts';
import type { ReplayActivities, ReplayConversionsInput, ReplayResult } from '../../contracts/activities.ts';
import { REPLAY_WORKFLOW, taskQueues } from '../../contracts/conversion.ts';
import { pauseReplaySignal, replayProgressQuery, replayWorkflowId, resumeReplaySignal, type ReplayInput, type ReplayProgress } from '../../contracts/replay.ts';
import { signalConversion, startReplay } from '../../contracts/start.ts';
import { replayResultsOf } from '../../store/replay-results.ts';
import { startEngine, type Engine } from '../engine.ts';
import { storeMany, tally } from './many.ts';

let engine: Engine;
beforeAll(async () => void (engine = await startEngine({ platforms: ['meta', 'tiktok'] })));
afterAll(() => engine.close());

const FAILED = { state: 'failed' as const, code: 'refused', reason: 'The platform said no.' };
const by = { who: 'olga', why: 'the pixel was mended' };
const input = (more: Partial<Omit<ReplayInput, 'filter'>> & { filter?: Partial<ReplayInput['filter']> } = {}): ReplayInput & { perSecond: number } =>
  ({ ...by, dryRun: false, perSecond: 200, ...more, filter: { propertyId: engine.property._id, ...more.filter } });
const start = (id: string, ask: ReplayInput & { perSecond: number }) => startReplay(engine.client.workflow, id, ask);
const handle = (id: string) => engine.client.workflow.getHandle(replayWorkflowId(id));
const progress = (id: string): Promise<ReplayProgress> => handle(id).query(replayProgressQuery);
const results = (id: string) => replayResultsOf(engine.store.db, id, '', 1000);
async function until<T>(ask: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
  for (const end = Date.now() + 60_000; ;) {
    const found = await ask();
    if (holds(found)) return found;
    if (Date.now() > end) throw new Error(`not so in time: ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
/** The others are gone: what a test replays is its own. */
async function alone(kind: string, ...rest: [count: number, patch: Parameters<typeof storeMany>[3], status?: 'A' | 'P']) {
  await engine.store.db.collection('conversions').deleteMany({});
  return storeMany(engine, kind, ...rest);
}
const acceptedAt = async (platform: 'meta' | 'tiktok', kind: string): Promise<string[]> =>
  (await engine.sandbox.accepted(platform)).map((event) => event.eventId!).filter((id) => id.startsWith(`${kind}-`));

test('a dry run counts and lists what would be sent, and changes nothing', async () => {
  await alone('dry', 12, FAILED);
  const docs = () => engine.store.db.collection('conversions').find({}).sort({ _id: 1 }).toArray();
  const before = await docs();
  await start('dry-1', input({ dryRun: true }));
  const ended = await handle('dry-1').result() as ReplayProgress;
  expect(ended).toMatchObject({ state: 'done', matched: 12, done: 12, retried: 0, unchanged: 0, failed: 0 });
  expect(ended.recent).toHaveLength(12);
  expect((await results('dry-1')).map(({ outcome, note }) => `${outcome}: ${note}`)[0])
    .toBe('listed: Purchase -> "Main meta": failed, The platform said no.; Purchase -> "Main tiktok": failed, The platform said no.');
  expect(await docs()).toEqual(before);
  expect(await engine.sandbox.requests()).toEqual([]);
});

test('sends what the filter means, its runs open or closed, and touches no other destination and no other status', { timeout: 120_000 }, async () => {
  const many = await alone('some', 10, FAILED);
  const pending = await storeMany(engine, 'wait', 3, FAILED, 'P');
  const [propertyId, network] = [engine.property._id, 'kma'];
  for (const conversionId of many.ids.slice(0, 4)) await signalConversion(engine.client.workflow, { conversionId, propertyId, network }, { reason: 'test' });
  for (const id of many.ids.slice(0, 4)) await until(() => engine.handle(id).query<{ status: string }>('view'), (view) => view.status === 'approved');
  await expect(engine.handle(many.ids[5]!).describe()).rejects.toThrow();

  await start('some-1', input({ filter: { destinationId: engine.destinations['meta']!, status: 'approved', network } }));
  expect(await handle('some-1').result()).toMatchObject({ state: 'done', matched: 10, done: 10, retried: 10, unchanged: 0, failed: 0 });
  const ended = await many.until((each) => each.platform !== 'meta' || each.state === 'delivered');
  expect(tally(ended)).toEqual({ delivered: 10, failed: 10 });
  expect(tally(await pending.deliveries())).toEqual({ failed: 6 });
  expect((await acceptedAt('meta', 'some')).toSorted()).toEqual(many.ids.map((_, n) => `some-${n}-Purchase`).toSorted());
  const [first] = await results('some-1');
  expect(first).toMatchObject({ conversionId: many.ids[0], outcome: 'retried', deliveryKeys: [ended[0]!.key] });

  // Another replay of the same finds nothing to do.
  await start('some-2', input({ filter: { destinationId: engine.destinations['meta']!, status: 'approved', network } }));
  expect(await handle('some-2').result()).toMatchObject({ matched: 0, done: 0 });
  expect(await acceptedAt('meta', 'some')).toHaveLength(10);
});

test('pausing stops it before the next batch, resuming goes on; the pace is a timer', { timeout: 120_000 }, async () => {
  const many = await alone('pause', 30, FAILED);
  await start('pause-1', input({ perSecond: 5 }));
  await until(() => progress('pause-1'), ({ done }) => done > 0);
  await handle('pause-1').signal(pauseReplaySignal, { who: 'ivan', why: 'lunch' });
  const events = async () => (await handle('pause-1').fetchHistory()).events!;
  await until(
    async () => { const all = await events(); return all.slice(all.findIndex((event) => event.workflowExecutionSignaledEventAttributes)); },
    (since) => since.some((event) => event.timerFiredEventAttributes),
  );
  const paused = await progress('pause-1');
  expect(paused).toMatchObject({ state: 'paused', matched: 30 });
  expect(paused.done).toBeLessThan(30);
  expect(paused.done % 5).toBe(0);
  await handle('pause-1').signal(resumeReplaySignal, by);
  expect(await handle('pause-1').result()).toMatchObject({ state: 'done', done: 30, retried: 30 });
  // Nothing was begun between the wait that ended while it was paused and the signal to go on.
  const all = (await events()).map((event) => [
    event.timerFiredEventAttributes && 'waited', event.activityTaskScheduledEventAttributes && 'began', event.workflowExecutionSignaledEventAttributes?.signalName,
  ].find(Boolean)).filter(Boolean);
  expect(all[all.indexOf('resume') - 1]).toBe('waited');
  const timers = (await events()).flatMap(({ timerStartedEventAttributes: timer }) => (timer ? [Number(timer.startToFireTimeout!.seconds)] : []));
  expect(new Set(timers)).toEqual(new Set([1]));
  await many.until((each) => each.state === 'delivered');
});

test('cancelling keeps the progress; started again with the same id it goes on and repeats nothing', { timeout: 120_000 }, async () => {
  const many = await alone('stop', 30, FAILED);
  await start('stop-1', input({ perSecond: 5 }));
  await until(() => progress('stop-1'), ({ done }) => done > 0);
  await handle('stop-1').cancel();
  const failure = await handle('stop-1').result().then(() => null, (error: unknown) => error);
  expect((failure as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
  const stopped = await progress('stop-1');
  expect(stopped.state).toBe('cancelled');
  expect(stopped.done).toBeLessThan(30);
  expect(stopped.retried).toBe(stopped.done);
  expect(await results('stop-1')).toHaveLength(stopped.done);
  const [out, kept] = [many.ids.slice(0, stopped.done), many.ids.slice(stopped.done)];
  for (const id of out) await engine.until(id, ({ deliveries }) => deliveries.every((each) => each.state === 'delivered'));
  for (const id of kept) expect((await engine.conversion(id)).deliveries.map(({ state }) => state)).toEqual(['failed', 'failed']);

  await start('stop-1', input());
  expect(await handle('stop-1').result()).toMatchObject({ state: 'done', matched: kept.length, retried: kept.length });
  expect((await many.until((each) => each.state === 'delivered')).every((each) => each.attempts === 1)).toBe(true);
  const { runId } = await handle('stop-1').describe();
  // One that has ended is that replay; it is not made again.
  await start('stop-1', input({ force: true }));
  expect((await handle('stop-1').describe()).runId).toBe(runId);
});

test('with force it sends what was delivered once more, under the same event id, and a worker that stops in the middle costs nothing', { timeout: 120_000 }, async () => {
  const many = await alone('force', 30, { state: 'delivered', attempts: 1, endedAtMs: Date.now() });
  await start('force-0', input());
  expect(await handle('force-0').result()).toMatchObject({ matched: 0 });
  await start('force-1', input({ force: true, perSecond: 10 }));
  await until(() => progress('force-1'), ({ done }) => done > 0);
  await engine.stopWorkers();
  await engine.startWorkers();
  expect(await handle('force-1').result()).toMatchObject({ state: 'done', matched: 30, done: 30, retried: 30 });
  const ended = await many.until((each) => each.state === 'delivered' && each.attempts === 2);
  expect(ended.map((each) => each.eventId)).toEqual(many.ids.flatMap((_, n) => [`force-${n}-Purchase`, `force-${n}-Purchase`]));
  expect((await acceptedAt('tiktok', 'force')).toSorted()).toEqual(many.ids.map((_, n) => `force-${n}-Purchase`).toSorted());
});

test('one conversion, whatever the rest of the filter says', async () => {
  const many = await alone('one', 2, FAILED);
  await start('one-1', input({ filter: { conversionId: many.ids[1]!, status: 'pending' } }));
  expect(await handle('one-1').result()).toMatchObject({ matched: 1, retried: 1 });
  await engine.until(many.ids[1]!, ({ deliveries }) => deliveries.every((each) => each.state === 'delivered'));
  expect((await engine.conversion(many.ids[0]!)).deliveries.map(({ state }) => state)).toEqual(['failed', 'failed']);
});

test('what cannot be sent again is unchanged, with the reason', async () => {
  await alone('late', 2, { ...FAILED, state: 'expired', deadlineAtMs: Date.now() - 1000 });
  await start('late-1', input());
  expect(await handle('late-1').result()).toMatchObject({ matched: 2, retried: 0, unchanged: 2 });
  expect((await results('late-1'))[0]!.note).toContain('takes it no more');
});

test('the next run of a long replay goes on where the last one ended, with its counts and its pause', async () => {
  const many = await alone('long', 6, FAILED);
  const carried = {
    cursor: many.ids[3], paused: by, progress: { state: 'running', matched: 6, done: 4, retried: 4, unchanged: 0, failed: 0, recent: [{ conversionId: many.ids[3], outcome: 'retried' }] },
  };
  await engine.client.workflow.start(REPLAY_WORKFLOW, { workflowId: replayWorkflowId('long-1'), taskQueue: taskQueues.conversions, args: [input(), carried] });
  expect(await progress('long-1')).toMatchObject({ state: 'paused', done: 4 });
  await handle('long-1').signal(resumeReplaySignal, by);
  const ended = await handle('long-1').result() as ReplayProgress;
  expect(ended).toMatchObject({ state: 'done', matched: 6, done: 6, retried: 6 });
  expect(ended.recent.map(({ conversionId }) => conversionId)).toEqual([many.ids[5], many.ids[4], many.ids[3]]);
});

test.each<[name: string, args: unknown[], says: RegExp]>([
  ['no filter', [{}], /names no propertyId/],
  ['no dryRun', [{ filter: { propertyId: 'p' } }], /dryRun must be true or false/],
  ['nobody', [{ filter: { propertyId: 'p' }, dryRun: true }], /who must say/],
  ['no pace', [{ filter: { propertyId: 'p' }, dryRun: true, who: 'olga', why: '', perSecond: 0 }], /perSecond/],
  ['no date', [{ filter: { propertyId: 'p', from: 'yesterday' }, dryRun: true, who: 'olga', why: '' }], /"yesterday" is no date/],
])('started by hand with %s it ends at once and says what is missing', async (name, args, says) => {
  const failed = engine.client.workflow.execute(REPLAY_WORKFLOW, { workflowId: replayWorkflowId(`bad-${name.replace(' ', '-')}`), taskQueue: taskQueues.conversions, args });
  const error = await failed.then(() => null, (each: WorkflowFailedError) => each.cause as Error & { cause?: Error });
  expect(`${error?.message} ${error?.cause?.message}`).toMatch(says);
});

describe('a batch', () => {
  const ask = (replayId: string, conversionIds: string[]): ReplayConversionsInput =>
    ({ ...by, replayId, conversionIds, operation: { kind: 'retryDeliveries', force: true }, filter: { propertyId: engine.property._id }, dryRun: false });
  const run = (activity: ReplayActivities['replayConversions'], input: ReplayConversionsInput, attempt = 1): Promise<ReplayResult[]> =>
    new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR') }).run(activity, input);

  test('that died after the operation and before its result is finished by the next try, and operates on nothing twice', async () => {
    const many = await alone('died', 2, { state: 'delivered', attempts: 1 });
    const { operate } = engine.activities.conversions;
    const dying = createReplayConversions(engine.deps, async (each) => { await operate(each); throw new Error('killed'); });
    await expect(run(dying, ask('died-1', many.ids))).rejects.toThrow('killed');
    expect((await results('died-1')).map(({ outcome }) => outcome)).toEqual([null, null]);
    expect(tally(await many.deliveries())).toEqual({ planned: 4 });
    const next = createReplayConversions(engine.deps, operate);
    expect((await run(next, ask('died-1', many.ids), 2)).map(({ outcome }) => outcome)).toEqual(['retried', 'retried']);
    await many.until((each) => each.state === 'delivered' && each.attempts === 2);
    expect((await run(next, ask('died-1', many.ids))).map(({ outcome }) => outcome)).toEqual(['retried', 'retried']);
    expect((await many.deliveries()).every((each) => each.state === 'delivered' && each.attempts === 2)).toBe(true);
  });

  test('holds up no conversion over another: one that is refused or keeps failing is that one\'s own failure', async () => {
    const many = await alone('own', 3, FAILED);
    const broken = createReplayConversions(engine.deps, async (each) => {
      if (each.conversionId === many.ids[0]) throw ApplicationFailure.nonRetryable('It may not.', 'refused');
      if (each.conversionId === many.ids[1]) throw new Error('It broke.');
      return engine.activities.conversions.operate(each);
    });
    await expect(run(broken, ask('own-1', many.ids))).rejects.toThrow('It broke.');
    expect((await results('own-1')).map(({ outcome }) => outcome)).toEqual(['failed', null, 'retried']);
    expect((await run(broken, ask('own-1', many.ids), 5)).map(({ outcome, note }) => `${outcome}: ${note}`.slice(0, 20)))
      .toEqual(['failed: It may not.', 'failed: It broke.', expect.stringMatching(/^retried/)]);
  });

  test('a count goes on from the last heartbeat of a worker that died', async () => {
    const many = await alone('count', 5, FAILED);
    const environment = new MockActivityEnvironment({ attempt: 2, heartbeatDetails: { after: many.ids[1], count: 1000 } });
    expect(await environment.run(createCountReplay(engine.deps), { filter: { propertyId: engine.property._id }, force: false })).toBe(1003);
  });
});
