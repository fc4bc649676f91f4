import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { readConfig } from '../../config.ts';
import type { Conversion } from '../../domain/conversion.ts';
import { postbacksByIds } from '../../store/postbacks.ts';
import { createWorkers } from '../../worker/workers.ts';
import { startEngine, type Engine } from '../engine.ts';

/** Two worker processes' worth of workers, stopped and started one after the other as a deployment does, while reports come in. */

const CONVERSIONS = 12;
const RESTARTS_LEAST = 4;

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ withWorkers: false });
});
afterAll(() => engine.close());

/** Workers of their own connection; `stop` is what SIGTERM does: what is under way is ended, nothing new is taken. */
async function startProcess(): Promise<{ stop(): Promise<void> }> {
  const connection = await NativeConnection.connect({ address: engine.config.temporalAddress });
  const workers = await createWorkers(connection, engine.config, { workflowBundle: { codePath: inject('workflowBundlePath') } }, engine.activities);
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

/** One conversion from its click to its approval, the next report as soon as the one before is taken in. */
async function live(n: number): Promise<string> {
  const serial = String(n).padStart(3, '0');
  const click = `mz7yYainzaN6hkc52QW${serial}`;
  await engine.click(click);
  const report = (status: string) => engine.postback(`status=${status}&orderid=6${serial}&data3=${click}&sum=12&currency=USD`);
  const id = await report('P');
  await engine.until(id, (c) => c.history.length === 1, 60_000);
  await report('A');
  // A repeat that comes at any moment of the approval.
  await report('A');
  return id;
}

const settled = (c: Conversion) => c.history.length === 3 && c.deliveries.length === 6 && c.deliveries.every((d) => d.state === 'delivered');

test('workers that are restarted one after the other under traffic lose no report and send no event twice', { timeout: 180_000 }, async () => {
  // Slow platforms: each restart finds attempts under way.
  for (const platform of ['meta', 'tiktok', 'google-data-manager'] as const) await engine.sandbox.fault({ platform, times: 10_000, answer: { delayMs: 250 } });
  const processes = [await startProcess(), await startProcess()];
  const ids: string[] = [];
  let isOver = false;
  const traffic = (async () => {
    for (let n = 0; n < CONVERSIONS; n += 3) ids.push(...(await Promise.all([live(n), live(n + 1), live(n + 2)])));
  })().finally(() => { isOver = true; });

  let restarts = 0;
  while (!isOver || restarts < RESTARTS_LEAST) {
    await processes[restarts % 2]!.stop();
    processes[restarts % 2] = await startProcess();
    restarts++;
  }
  await traffic;
  const conversions = await Promise.all(ids.map((id) => engine.until(id, settled, 60_000)));
  for (const id of ids) await engine.handle(id).result();
  for (const each of processes) await each.stop();

  expect(conversions).toHaveLength(CONVERSIONS);
  expect(conversions.map(({ status, amount }) => `${status} ${amount}`)).toEqual(conversions.map(() => 'approved 12'));
  const outcomes = await postbacksByIds(engine.store.db, conversions.flatMap((c) => c.history.map(({ postbackId }) => postbackId)));
  expect(outcomes.map(({ outcome }) => outcome?.effect).filter((effect) => effect !== 'applied' && effect !== 'duplicate')).toEqual([]);

  // Nothing lost and nothing repeated: every event is at its platform once, and was sent once.
  const sent = (await engine.sandbox.accepted()).map(({ platform, event, eventId, transactionId, counted }) => `${platform} ${event} ${eventId ?? transactionId} ${counted}`);
  expect(new Set(sent).size).toBe(sent.length);
  expect(sent).toHaveLength(CONVERSIONS * 6);
  expect(sent.filter((line) => !line.endsWith(' true'))).toEqual([]);
  expect(conversions.flatMap((c) => c.deliveries.filter((d) => d.attempts !== 1).map((d) => `${d.key} ${d.attempts}`))).toEqual([]);
});

test('a worker that is asked to stop waits longer than an attempt may take', async () => {
  const worker = await startProcess();
  const click = 'mz7yYainzaN6hkc52QW900';
  await engine.click(click);
  const id = await engine.postback(`status=A&orderid=6900&data3=${click}&sum=12&currency=USD`);
  await engine.handle(id).result();
  await worker.stop();
  const { events } = await engine.handle(id).fetchHistory();
  const attempts = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => (scheduled?.activityType?.name === 'deliver' ? [Number(scheduled.startToCloseTimeout!.seconds) * 1000] : []));
  const { shutdownGraceMs, platformTimeoutMs } = readConfig({});
  expect(attempts.length).toBeGreaterThan(0);
  // Temporal takes an attempt for lost after that time, and has it made again elsewhere.
  for (const startToCloseMs of attempts) {
    expect(shutdownGraceMs).toBeGreaterThan(startToCloseMs);
    expect(startToCloseMs).toBeGreaterThan(platformTimeoutMs);
  }
});
