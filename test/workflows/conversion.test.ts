import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliveriesOf, startEngine, type Engine } from '../engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

const CLICK = 'mz7yYainzaN6hkc52QVBgA';

test('a pending report becomes a Lead and its approval a Purchase, each delivered once at every platform', async () => {
  await engine.click(CLICK);
  const id = await engine.postback(`status=P&orderid=1001&data3=${CLICK}&sum=1200&currency=RUB`);
  const pending = await engine.until(id, (c) => c.deliveries.length === 3 && c.deliveries.every((d) => d.state === 'delivered'));
  expect(pending.status).toBe('pending');
  await engine.postback(`status=A&orderid=1001&data3=${CLICK}&sum=1200&currency=RUB`);
  const approved = await engine.until(id, (c) => c.deliveries.length === 6 && c.deliveries.every((d) => d.state === 'delivered'));
  expect(deliveriesOf(approved)).toEqual([
    'Lead google-data-manager delivered', 'Lead meta delivered', 'Lead tiktok delivered',
    'Purchase google-data-manager delivered', 'Purchase meta delivered', 'Purchase tiktok delivered',
  ]);
  await engine.handle(id).result();
  const history = await engine.handle(id).fetchHistory();
  console.log(history.events!.length, history.events!.map((e) => e.eventType));
});
