import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { viewQuery } from '../../contracts/conversion.ts';
import type { Conversion } from '../../domain/conversion.ts';
import { deliveriesOf, startEngine, type Engine } from '../engine.ts';

/** Nothing of a run stays in memory: every task is replayed from its history, so what is not the same in a replay fails here. */

// Replaying everything takes its time.
vi.setConfig({ testTimeout: 180_000 });

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ config: { cachedWorkflows: 0 } });
});
afterAll(() => engine.close());

const settled = (count: number) => (c: Conversion) => c.deliveries.length === count && c.deliveries.every((d) => d.state === 'delivered');
const until = (id: string, holds: (c: Conversion) => boolean) => engine.until(id, holds, 60_000);
const click = (n: number) => `mz7yYainzaN6hkc52QVu0${n}`;

/** Each delivery went out once, whatever was replayed, and no task failed but by a report that came while the run completed. */
async function endsWell(id: string): Promise<void> {
  await engine.handle(id).result();
  const { events } = await engine.handle(id).fetchHistory();
  const failures = (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) => (failed && failed.failure?.message !== 'UnhandledCommand' ? [failed] : []));
  expect(failures).toEqual([]);
  const { deliveries } = await engine.conversion(id);
  expect(deliveries.filter((d) => d.attempts !== 1)).toEqual([]);
}

test('without a cache a conversion goes from pending to approved to rejected', async () => {
  await engine.click(click(1));
  const report = (status: string) => engine.postback(`status=${status}&orderid=8001&data3=${click(1)}&sum=12&currency=USD`);
  const id = await report('P');
  await until(id, settled(3));
  await report('A');
  await until(id, settled(6));
  await report('D');
  expect(deliveriesOf(await until(id, settled(8)))).toEqual([
    'Lead google-data-manager delivered', 'Lead meta delivered', 'Lead retract google-data-manager delivered', 'Lead tiktok delivered',
    'Purchase google-data-manager delivered', 'Purchase meta delivered', 'Purchase retract google-data-manager delivered', 'Purchase tiktok delivered',
  ]);
  await endsWell(id);
});

test('without a cache reports that come together are taken in together, and a run that waits is queried', async () => {
  await engine.click(click(2));
  const nowSeconds = Math.floor(Date.now() / 1000);
  const reports = ['P', 'P', 'H', 'P'].map((status) => engine.postback(`status=${status}&orderid=8002&data3=${click(2)}&date_unix=${nowSeconds}`));
  const id = (await Promise.all(reports))[0]!;
  const conversion = await until(id, (c) => c.history.length === 4 && settled(3)(c));
  expect(conversion.status).toBe('hold');
  await expect.poll(async () => (await engine.handle(id).query(viewQuery)).status, { timeout: 20_000 }).toBe('hold');
  await engine.postback(`status=A&orderid=8002&data3=${click(2)}&sum=5&currency=USD`);
  await until(id, settled(6));
  await endsWell(id);
});

test('without a cache a late click wakes what waited for it', async () => {
  const id = await engine.postback(`status=A&orderid=8003&data3=${click(3)}&sum=5&currency=USD`);
  await until(id, (c) => c.attribution === 'waiting');
  await engine.click(click(3));
  expect(deliveriesOf(await until(id, settled(3)))).toEqual(['Purchase google-data-manager delivered', 'Purchase meta delivered', 'Purchase tiktok delivered']);
  await endsWell(id);
});
