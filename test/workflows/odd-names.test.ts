import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngine, type Engine } from '../engine.ts';

let engine: Engine;
beforeAll(async () => void (engine = await startEngine({ platforms: ['meta'] })));
afterAll(() => engine.close());

test('an event with a name longer than Temporal takes an id comes to a state, also where the settings cannot be read', async () => {
  const rules = [{ when: { status: ['approved'] }, event: 'Trial/'.repeat(200), value: 'none', once: 'conversion' }];
  await engine.store.db.collection('integrations').updateMany({}, { $set: { rules } });
  await engine.store.db.collection('destinations').updateMany({}, { $set: { settings: {} } });
  const id = await engine.postback('orderid=1001&status=A&sum=10&currency=USD');
  const { deliveries } = await engine.until(id, (conversion) => conversion.deliveries.some((each) => each.state === 'parked'), 8_000);
  expect(deliveries).toHaveLength(1);
});
