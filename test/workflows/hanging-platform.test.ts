import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttp, HttpError, type Http } from '../../activities/http.ts';
import type { AttemptDoc } from '../../store/documents.ts';
import { startEngine, type Engine } from '../engine.ts';

const CONVERSIONS = 100;
const IN_FLIGHT_MAX = 4;

let engine: Engine;
let http: Http;
let letGo!: (reason: HttpError) => void;
const endOfTest = new Promise<never>((_, reject) => (letGo = reject));
endOfTest.catch(() => {});
beforeAll(async () => {
  engine = await startEngine({
    platforms: ['meta', 'tiktok'],
    // A request that hangs ends with the test only: nothing but the limit leaves the other platform a slot.
    config: { activitySlots: 10, destinationInFlightMax: IN_FLIGHT_MAX },
    withWorkers: false,
  });
  http = createHttp({ ...engine.config, platformTimeoutMs: 600_000 });
  engine.deps.http = { ...http, send: (request) => Promise.race([http.send(request), endOfTest]) };
  await engine.startWorkers();
});
afterAll(async () => {
  letGo(new HttpError('timeout', true, 'The test has ended.'));
  await engine.close();
  await http.close();
});

test('a platform that hangs holds no more than its own few slots: everything for the other one is delivered meanwhile', async () => {
  await engine.sandbox.fault({ platform: 'meta', times: 100_000, answer: { hang: true } });
  const attempts = engine.store.db.collection<AttemptDoc>('attempts');
  const report = async (n: number) => {
    const clickId = `mz7yYainzaN6hkc52Q${String(n).padStart(4, '0')}`;
    await engine.click(clickId);
    return engine.postback(`orderid=${n}&status=P&data3=${clickId}`);
  };
  for (let n = 0; n < IN_FLIGHT_MAX; n++) await report(n);
  await expect.poll(() => attempts.countDocuments({ platform: 'meta' }), { timeout: 20_000 }).toBe(IN_FLIGHT_MAX);

  const ids: string[] = [];
  for (let n = IN_FLIGHT_MAX; n < CONVERSIONS; n++) ids.push(await report(n));
  const states = { tiktok: 0, meta: 0 };
  for (const id of ids) {
    const { deliveries } = await engine.until(id, (conversion) => conversion.deliveries.some((each) => each.platform === 'tiktok' && each.state === 'delivered'), 60_000);
    for (const each of deliveries) if (each.state === 'delivered') states[each.platform as keyof typeof states]++;
  }
  expect(states).toEqual({ tiktok: CONVERSIONS - IN_FLIGHT_MAX, meta: 0 });
  expect(await attempts.find({ platform: 'meta' }).toArray()).toMatchObject(Array.from({ length: IN_FLIGHT_MAX }, () => ({ endedAt: null, number: 1 })));
  expect(await engine.sandbox.requests('meta')).toHaveLength(IN_FLIGHT_MAX);
}, 120_000);
