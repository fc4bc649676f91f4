import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createActivities } from '../../activities/create.ts';
import type { DeliverResult } from '../../contracts/activities.ts';
import type { PlatformRequest } from '../../destinations/contract.ts';
import type { Conversion } from '../../domain/conversion.ts';
import { startActivities, type Told } from './harness.ts';

let world: Awaited<ReturnType<typeof startActivities>>;
beforeAll(async () => void (world = await startActivities({ platforms: ['meta', 'tiktok', 'google-data-manager'] })));
afterAll(() => world.close());
beforeEach(() => world.reset());

/** A conversion of its own for each. */
async function pendings(count: number): Promise<Conversion[]> {
  const all: Conversion[] = [];
  for (let n = 0; n < count; n++) {
    all.push(await world.report('status=P'));
    await world.reset();
  }
  return all;
}

/** Activities with limits of their own and a clock that stands still. */
function limited(config: object, http = world.engine.deps.http) {
  const clock = { ms: world.now() };
  const { deps } = world.engine;
  const activities = createActivities({ ...deps, http, config: { ...deps.config, ...config }, now: () => clock.ms });
  const run = (call: Promise<DeliverResult>): Promise<Told> => call.catch((error: unknown) => {
    if (!(error instanceof ApplicationFailure)) throw error;
    return { waits: error.type!, ms: Number(error.nextRetryDelay) };
  });
  const keyOf = (conversion: Conversion, platform: string) => conversion.deliveries.find((each) => each.platform === platform)!.key;
  return {
    clock,
    deliver: (conversion: Conversion, platform: string) => run(activities.deliveries.deliver({ conversionId: conversion.id, deliveryKey: keyOf(conversion, platform) })),
  };
}
const delivered = (told: Told[]) => told.filter((each) => 'state' in each && each.state === 'delivered');

test('a platform gets no more requests than its rate allows, and an attempt that was not made is neither recorded nor counted', async () => {
  const all = await pendings(9);
  const { clock, deliver } = limited({ destinationPerSecond: 2, destinationBurst: 3 });
  const round = async () => {
    const told: Told[] = [];
    for (const conversion of all) told.push(await deliver(conversion, 'meta'));
    return told;
  };
  const first = await round();
  expect(delivered(first)).toHaveLength(3);
  expect(first[3]).toEqual({ waits: 'over_limit', ms: expect.any(Number) });
  expect((first[3] as { ms: number }).ms).toBeGreaterThan(100);
  expect(await world.attempts(all[3]!, 'meta')).toEqual([]);
  expect(await world.delivery(all[3]!, 'meta')).toMatchObject({ state: 'planned', attempts: 0, inFlightSinceMs: null, flags: [] });

  for (const requests of [5, 7, 9, 9]) {
    clock.ms += 1000;
    await round();
    expect(await world.sandbox.requests('meta')).toHaveLength(requests);
  }
  expect((await world.sandbox.accepted('meta')).filter(({ counted }) => counted)).toHaveLength(9);
});

test('no more requests are in flight to a platform than its limit, and another platform is not asked to wait for them', async () => {
  const all = await pendings(6);
  const { deliver } = limited({ destinationInFlightMax: 2, destinationPerSecond: 1000, destinationBurst: 1000 });
  await world.sandbox.fault({ platform: 'meta', times: 100, answer: { hang: true } });
  const hanging = [deliver(all[0]!, 'meta'), deliver(all[1]!, 'meta')];
  await expect.poll(() => world.sandbox.requests('meta')).toHaveLength(2);
  for (const conversion of all.slice(2)) expect(await deliver(conversion, 'meta')).toMatchObject({ waits: 'over_limit' });
  for (const conversion of all) expect(await deliver(conversion, 'tiktok')).toMatchObject({ state: 'delivered' });
  expect(await world.sandbox.requests('meta')).toHaveLength(2);
  await Promise.all(hanging);
  await world.sandbox.clearFaults();
  expect(await deliver(all[2]!, 'meta')).toMatchObject({ state: 'delivered' });
}, 40_000);

test('one that waits for its turn for long is not overdue, and says why it waits', async () => {
  const [first, second] = await pendings(2);
  let arrived!: () => void;
  let letGo!: () => void;
  const isUnderWay = new Promise<void>((resolve) => (arrived = resolve));
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const http = { ...world.engine.deps.http, send: async (request: PlatformRequest) => (arrived(), await gate, world.engine.deps.http.send(request)) };
  const { clock, deliver } = limited({ destinationInFlightMax: 1 }, http);
  const hanging = deliver(first!, 'meta');
  await isUnderWay;
  const revision = async () => (await world.store.db.collection<{ _id: string; revision: number }>('conversions').findOne({ _id: second!.id }))!.revision;
  const before = await revision();
  for (let minute = 0; minute < 12; minute++) {
    expect(await deliver(second!, 'meta')).toMatchObject({ waits: 'over_limit' });
    expect((await world.delivery(second!, 'meta')).actsByMs).toBeGreaterThan(clock.ms + 60_000);
    clock.ms += 60_000;
  }
  expect(await world.delivery(second!, 'meta')).toMatchObject({ state: 'planned', code: 'over_limit', attempts: 0 });
  expect((await revision()) - before).toBeLessThanOrEqual(3);
  letGo();
  expect(await hanging).toMatchObject({ state: 'delivered' });
});

test('a platform\'s wish for a pause is kept to the second, its absence is answered with jitter', async () => {
  const [asked, ...plain] = await pendings(7);
  await world.sandbox.fault({ platform: 'meta', answer: { status: 429, headers: { 'retry-after': '1234' }, body: {} } });
  expect(await world.deliver(asked!, 'meta')).toEqual({ waits: expect.any(String), ms: 1_234_000 });
  await world.sandbox.fault({ platform: 'meta', times: 6, answer: { status: 500, body: {} } });
  const { deliver } = limited({ retryFirstMs: 100_000, retryLongestMs: 400_000 });
  const waits: number[] = [];
  for (const conversion of plain) waits.push((await deliver(conversion, 'meta') as { ms: number }).ms);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(50_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(100_000);
  expect(new Set(waits).size).toBeGreaterThan(1);
});

test('what expires while it is parked says that it was parked, and why', async () => {
  const conversion = await world.report('status=P');
  await world.sandbox.fault({ platform: 'meta', answer: { code: 190 } });
  expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'parked' });
  clockPast(await world.delivery(conversion, 'meta'));
  await world.activities().conversions.openConversion({ conversionId: conversion.id, ...world.engine.parts(conversion.id), postbackIds: [], reason: 'timer' });
  const expired = await world.delivery(conversion, 'meta');
  expect(expired).toMatchObject({ state: 'expired', code: 'deadline' });
  expect(expired.reason).toMatch(/takes it no more\. It was parked: .*token/i);
});
const clockPast = ({ deadlineAtMs }: { deadlineAtMs: number }) => void (world.clock.aheadMs += deadlineAtMs - world.now() + 1000);
