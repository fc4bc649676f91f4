import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { ConversionActivities, DeliverResult, DeliveryActivities, OpenInput, OpenPlan, OperateInput, PlannedDelivery, SettleInput } from '../../contracts/activities.ts';
import { conversionWorkflowId, postbackSignal, retryDeliveriesUpdate, taskQueues, viewQuery, type OperationResult } from '../../contracts/conversion.ts';
import { searchAttributes } from '../../contracts/search-attributes.ts';
import { signalConversion } from '../../contracts/start.ts';

/**
 * Waits of days and weeks, on a server that skips time while nothing is to be done. The activities are fakes that say what
 * the test is about and note when they were called.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const server = inject('timeSkippingServer');

interface Script {
  open(input: OpenInput, nowMs: number, call: number): OpenPlan | Promise<OpenPlan>;
  deliver?(key: string, nowMs: number): DeliverResult | Promise<DeliverResult>;
  poll?(key: string, nowMs: number): DeliverResult;
  operate?(input: OperateInput): OperationResult | Promise<OperationResult>;
  store?(reports: string[]): Promise<{ postbackIds: string[] }>;
}
interface Call {
  what: 'open' | 'deliver' | 'poll' | 'settle' | 'operate';
  atMs: number;
  input: OpenInput | SettleInput | OperateInput | { deliveryKey: string };
}

describe.skipIf(server.path === null)('in skipped time', () => {
  let env: TestWorkflowEnvironment;
  let stopWorkers: () => Promise<void>;
  const scripts = new Map<string, { script: Script; calls: Call[] }>();

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path: server.path! } } });
    // This server takes search attributes that were added, but lists none: prepareNamespace asks for the list first.
    await env.connection.operatorService.addSearchAttributes({
      namespace: env.namespace ?? 'default',
      searchAttributes: {
        [searchAttributes.property.name]: 2, [searchAttributes.network.name]: 2, [searchAttributes.conversionStatus.name]: 2,
        [searchAttributes.oldestOpenAt.name]: 6, [searchAttributes.openDestinations.name]: 7, [searchAttributes.openPlatforms.name]: 7,
      },
    });
    const noted = async (conversionId: string, what: Call['what'], input: Call['input']) => {
      const known = scripts.get(conversionId)!;
      const atMs = await env.currentTimeMs();
      known.calls.push({ what, atMs, input });
      return { script: known.script, atMs, call: known.calls.filter((each) => each.what === what).length };
    };
    const conversions: ConversionActivities = {
      openConversion: async (input) => {
        const { script, atMs, call } = await noted(input.conversionId, 'open', input);
        return script.open(input, atMs, call);
      },
      settleDelivery: async (input) => {
        await noted(input.conversionId, 'settle', input);
        return { state: input.state, note: input.reason };
      },
      operate: async (input) => {
        const { script } = await noted(input.conversionId, 'operate', input);
        return script.operate!(input);
      },
      // A report names no conversion: the test that stores one says so in its report.
      storePostbacks: async ({ reports }) => scripts.get(reports[0]!.split(' ')[0]!)!.script.store!(reports),
    };
    const deliveries: DeliveryActivities = {
      deliver: async (input) => {
        const { script, atMs } = await noted(input.conversionId, 'deliver', input);
        return script.deliver!(input.deliveryKey, atMs);
      },
      pollDelivery: async (input) => {
        const { script, atMs } = await noted(input.conversionId, 'poll', input);
        return script.poll!(input.deliveryKey, atMs);
      },
    };
    const connection = env.nativeConnection;
    const workers = await Promise.all([
      Worker.create({ connection, taskQueue: taskQueues.conversions, workflowBundle: { codePath: inject('workflowBundlePath') }, activities: conversions as never }),
      Worker.create({ connection, taskQueue: taskQueues.deliveries, activities: deliveries as never }),
    ]);
    const running = Promise.all(workers.map((worker) => worker.run()));
    stopWorkers = async () => {
      for (const worker of workers) worker.shutdown();
      await running;
    };
  });
  afterAll(async () => {
    await stopWorkers?.();
    await env?.teardown();
  });

  let serial = 0;
  /** Starts a conversion with its first postback. */
  async function start(script: Script) {
    const conversionId = `p/kma/order:${++serial}`;
    const calls: Call[] = [];
    scripts.set(conversionId, { script, calls });
    const signal = (message: Parameters<typeof signalConversion>[2]) =>
      signalConversion(env.client.workflow, { conversionId, propertyId: 'p', network: 'kma' }, message);
    const startMs = await env.currentTimeMs();
    await signal({ postbackId: 'pb1' });
    const handle = env.client.workflow.getHandle(conversionWorkflowId(conversionId));
    return {
      calls, signal, handle, startMs, conversionId,
      of: (what: Call['what']) => calls.filter((call) => call.what === what),
      postbackIds: () => calls.flatMap((call) => (call.what === 'open' ? (call.input as OpenInput).postbackIds : [])),
      /** How long the run was open, ms of the server's clock. */
      closedAfterMs: async (): Promise<number> => {
        await handle.result();
        return (await handle.describe()).closeTime!.getTime() - startMs;
      },
    };
  }
  /** Until a fake was called so often; real time, since a call of an activity is what the server skips no time for. */
  const until = (holds: () => boolean | Promise<boolean>) => expect.poll(holds, { timeout: 20_000, interval: 20 }).toBe(true);

  const plan = (changes: Partial<OpenPlan> = {}): OpenPlan => ({
    status: 'pending', headline: 'pending', deliveries: [], destinations: { meta: 'Main pixel' }, final: false, unknown: false, waitUntilMs: null, holdUntilMs: null, ...changes,
  });
  const approved = (deliveries: PlannedDelivery[], changes: Partial<OpenPlan> = {}) => plan({ status: 'approved', final: true, deliveries, ...changes });
  const planned = (changes: Partial<PlannedDelivery> & { deadlineAtMs: number }): PlannedDelivery => ({
    key: 'k1', lane: 'meta/Lead', state: 'planned', kind: 'event', summary: 'Lead -> Meta "Main pixel"', label: 'meta-Lead-1', reason: null, ready: true, ...changes,
  });
  const expectAbout = (ms: number, expected: number) => {
    expect(ms).toBeGreaterThanOrEqual(expected);
    expect(ms).toBeLessThan(expected + 2 * MINUTE);
  };

  test('the run of a pending conversion closes when its hold of 60 days is over', async () => {
    let holdUntilMs = 0;
    const run = await start({ open: (_input, now) => plan({ holdUntilMs: (holdUntilMs ||= now + 60 * DAY) }) });
    expectAbout(await run.closedAfterMs(), 60 * DAY);
  });

  test('a report within the hold keeps the run open for 60 days more', async () => {
    let holdUntilMs = 0;
    const run = await start({
      open: ({ postbackIds }, now) => {
        if (postbackIds.length > 0) holdUntilMs = now + 60 * DAY;
        return plan({ holdUntilMs });
      },
    });
    await env.sleep(30 * DAY);
    await run.signal({ postbackId: 'pb2' });
    expectAbout(await run.closedAfterMs(), 90 * DAY);
    expect(run.postbackIds()).toEqual(['pb1', 'pb2']);
  });

  test('the end of the wait for a late click opens the record again, and what waited is delivered', async () => {
    let waitUntilMs = 0;
    const run = await start({
      open: (_input, now) => {
        waitUntilMs ||= now + DAY;
        const isOver = now >= waitUntilMs;
        return approved([planned({ deadlineAtMs: waitUntilMs + 6 * DAY, ready: isOver })], { waitUntilMs: isOver ? null : waitUntilMs });
      },
      deliver: () => ({ state: 'delivered', note: 'delivered' }),
    });
    expectAbout(await run.closedAfterMs(), DAY);
    expect(run.of('deliver')).toHaveLength(1);
    expectAbout(run.of('deliver')[0]!.atMs - run.startMs, DAY);
    expect((run.of('open')[1]!.input as OpenInput).reason).toBe('timer');
  });

  test('a parked delivery keeps a final conversion open until its deadline, and operators find it by its destination', async () => {
    let deadlineAtMs = 0;
    const run = await start({
      open: (_input, now) => {
        deadlineAtMs ||= now + 7 * DAY;
        const isOver = now >= deadlineAtMs;
        return approved([planned({ deadlineAtMs, ready: false, state: isOver ? 'expired' : 'parked', reason: isOver ? 'too late' : 'the token was refused' })]);
      },
    });
    await env.sleep(6 * DAY);
    const open = await run.handle.describe();
    expect(open.status.name).toBe('RUNNING');
    expect(open.typedSearchAttributes.get(searchAttributes.openDestinations)).toEqual(['Main pixel']);
    expect(open.typedSearchAttributes.get(searchAttributes.conversionStatus)).toBe('approved');
    expect(await run.handle.query(viewQuery)).toMatchObject({ openDeliveries: ['k1'], details: expect.stringContaining('**parked**: the token was refused') });
    expectAbout(await run.closedAfterMs(), 7 * DAY);
    expect(run.of('deliver')).toEqual([]);
    expect((await run.handle.describe()).typedSearchAttributes.get(searchAttributes.openDestinations)).toBeUndefined();
  });

  test('a wake that comes while a delivery is just being parked is not lost', async () => {
    let deadlineAtMs = 0;
    let attempts = 0;
    const run = await start({
      open: (_input, now, call) => {
        deadlineAtMs ||= now + 7 * DAY;
        // The second look is that of the wake: the record has it parked already, and its destination is active again.
        return approved([planned({ deadlineAtMs, ...(call > 1 && { state: 'parked' as const }) })]);
      },
      deliver: async () => {
        if (++attempts > 1) return { state: 'delivered', note: 'delivered' };
        await run.signal({ reason: 'destination resumed' });
        await until(() => run.of('open').length === 2);
        return { state: 'parked', note: 'parked' };
      },
    });
    await run.closedAfterMs();
    expect(run.of('deliver')).toHaveLength(2);
    expect(run.of('open')).toHaveLength(2);
  });

  test('a delivery that failed and could still be sent keeps the run open until its deadline', async () => {
    let deadlineAtMs = 0;
    const run = await start({ open: (_input, now) => approved([planned({ deadlineAtMs: (deadlineAtMs ||= now + 7 * DAY), state: 'failed', ready: false })]) });
    expectAbout(await run.closedAfterMs(), 7 * DAY);
    expect(run.of('deliver')).toEqual([]);
  });

  test('an accepted delivery is asked for when the platform wants it first, and not sent again', async () => {
    const run = await start({
      open: (_input, now) => approved([planned({ deadlineAtMs: now + 7 * DAY })]),
      deliver: (_key, now) => ({ state: 'accepted', note: 'taken', poll: { firstMs: 30 * MINUTE, untilMs: now + 2 * DAY } }),
      poll: () => ({ state: 'delivered', note: 'delivered' }),
    });
    await run.closedAfterMs();
    expect([run.of('deliver').length, run.of('poll').length]).toEqual([1, 1]);
    expectAbout(run.of('poll')[0]!.atMs - run.of('deliver')[0]!.atMs, 30 * MINUTE);
  });

  test('a delivery that no attempt ended by its deadline is settled as expired', async () => {
    const run = await start({
      open: (_input, now) => approved([planned({ deadlineAtMs: now + 5 * HOUR })]),
      deliver: () => {
        throw ApplicationFailure.create({ message: 'not now', type: '503', nextRetryDelay: HOUR });
      },
    });
    const closedAfterMs = await run.closedAfterMs();
    expect(run.of('deliver').length).toBeGreaterThanOrEqual(4);
    expect(run.of('settle').map((call) => call.input)).toEqual([expect.objectContaining({ deliveryKey: 'k1', state: 'expired' })]);
    expect(closedAfterMs).toBeGreaterThanOrEqual(4 * HOUR - MINUTE);
    expect(closedAfterMs).toBeLessThan(5 * HOUR + 2 * MINUTE);
    expect((await run.handle.query(viewQuery)).details).toContain('**expired**');
  });

  test('a delivery whose activity broke off for another reason than time is settled as failed, with the words of the failure', async () => {
    const run = await start({
      open: (_input, now) => approved([planned({ deadlineAtMs: now + 5 * HOUR })]),
      deliver: () => {
        throw ApplicationFailure.nonRetryable('no such field: pixel');
      },
    });
    await until(() => run.of('settle').length === 1);
    expect(run.of('settle')[0]!.input).toMatchObject({ deliveryKey: 'k1', state: 'failed', reason: 'The attempt broke off: no such field: pixel' });
    expect((await run.handle.query(viewQuery)).deliveries).toMatchObject([{ key: 'k1', state: 'failed', note: 'The attempt broke off: no such field: pixel' }]);
  });

  test('an update while its run is about to end is answered first, and the record looked at again', async () => {
    const operated = deferred<OperationResult>();
    const opened = deferred<void>();
    const run = await start({
      open: async (_input, _now, call) => {
        if (call === 1) await opened.promise;
        return approved([]);
      },
      operate: () => operated.promise,
    });
    await until(() => run.of('open').length === 1);
    const update = run.handle.executeUpdate(retryDeliveriesUpdate, { updateId: 'u1', args: [{ who: 'ann', why: 'the token is new' }] });
    await until(() => run.of('operate').length === 1);
    opened.resolve();
    // The run has looked at the record, and would end but for the update.
    await until(async () => (await run.handle.query(viewQuery)).status === 'approved');
    expect((await run.handle.describe()).status.name).toBe('RUNNING');
    operated.resolve({ changes: ['done'], deliveries: [] });
    expect(await update).toEqual({ changes: ['done'], deliveries: [] });
    await run.handle.result();
    expect(run.of('open').map((call) => (call.input as OpenInput).reason)).toEqual(['postback', 'operator: retryDeliveries']);
    const { runId } = await run.handle.describe();
    expect(run.of('operate')[0]!.input).toMatchObject({ operationId: `${runId}/u1`, who: 'ann', why: 'the token is new' });
  });

  test('a report that came while the store was away is stored before the record is opened, and holds up no other', async () => {
    const stored = deferred<{ postbackIds: string[] }>();
    let isFinal = false;
    const run = await start({ open: (_input, now) => plan({ final: isFinal, holdUntilMs: now + DAY }), store: () => stored.promise });
    await until(() => run.of('open').length === 1);
    isFinal = true;
    await run.handle.signal(postbackSignal, { postbackId: 'pb2', report: `${run.conversionId} sealed` });
    await run.signal({ postbackId: 'pb3' });
    await until(() => run.postbackIds().includes('pb3'));
    expect(run.postbackIds()).toEqual(['pb1', 'pb3']);
    expect((await run.handle.describe()).status.name).toBe('RUNNING');
    stored.resolve({ postbackIds: ['pb2'] });
    await run.handle.result();
    expect(run.postbackIds()).toEqual(['pb1', 'pb3', 'pb2']);
  });

  test('a delivery that a plan cancels is stopped, its lane goes on, and what it answers later changes nothing', async () => {
    const answer = deferred<DeliverResult>();
    const run = await start({
      open: ({ postbackIds }, now) => {
        const first = planned({ deadlineAtMs: now + 7 * DAY });
        if (postbackIds.includes('pb1')) return plan({ deliveries: [first], holdUntilMs: now + DAY });
        return approved([{ ...first, state: 'cancelled', reason: 'superseded' }, planned({ key: 'k2', label: 'meta-Lead-2', deadlineAtMs: now + 7 * DAY })]);
      },
      deliver: (key) => (key === 'k1' ? answer.promise : { state: 'delivered', note: 'delivered' }),
    });
    await until(() => run.of('deliver').length === 1);
    await run.signal({ postbackId: 'pb2' });
    await run.handle.result();
    answer.resolve({ state: 'delivered', note: 'too late to matter' });
    const { details } = await run.handle.query(viewQuery);
    expect(details).toContain('**cancelled**: superseded');
    expect(details).toContain('**delivered**');
    expect(details).not.toContain('too late to matter');
    expect(run.of('settle')).toEqual([]);
  });

  test('signals that come while the record is being opened are not lost', async () => {
    const opened = deferred<void>();
    const run = await start({
      open: async (_input, _now, call) => {
        if (call === 1) await opened.promise;
        return approved([]);
      },
    });
    await until(() => run.of('open').length === 1);
    await run.signal({ postbackId: 'pb2' });
    await run.signal({ postbackId: 'pb3' });
    opened.resolve();
    await run.handle.result();
    expect(run.of('open').map((call) => (call.input as OpenInput).postbackIds)).toEqual([['pb1'], ['pb2', 'pb3']]);
  });

  test('a run goes on as a new one after 1,000 signals, and none of them is lost', { timeout: 120_000 }, async () => {
    let isFinal = false;
    const run = await start({ open: (_input, now) => plan({ final: isFinal, holdUntilMs: now + 60 * DAY }) });
    await until(() => run.of('open').length === 1);
    const first = (await run.handle.describe()).runId;
    const ids = Array.from({ length: 999 }, (_, n) => `pb${n + 2}`);
    const runId = async () => (await run.handle.describe()).runId;
    for (const batch of chunks(ids.slice(0, 998), 50)) await Promise.all(batch.map((postbackId) => run.signal({ postbackId })));
    await until(() => run.postbackIds().length === 999);
    expect(await runId()).toBe(first);
    await run.signal({ postbackId: ids.at(-1)! });
    await until(async () => (await runId()) !== first);
    isFinal = true;
    await run.signal({ reason: 'the end' });
    await run.handle.result();
    expect(new Set(run.postbackIds())).toEqual(new Set(['pb1', ...ids]));
  });
});

function* chunks<T>(list: T[], size: number): Generator<T[]> {
  for (let from = 0; from < list.length; from += size) yield list.slice(from, from + size);
}

/** Node 20 has no Promise.withResolvers. */
function deferred<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}
