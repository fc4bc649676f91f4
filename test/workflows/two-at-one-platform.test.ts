import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliveriesOf, startEngine, type Engine } from '../engine.ts';

let engine: Engine;
beforeAll(async () => void (engine = await startEngine({ platforms: ['webhook'] })));
afterAll(() => engine.close());

test('two destinations at one platform both get each event: their activities have ids of their own', async () => {
  const click = 'mz7yYainzaN6hkc52QV2pl';
  await engine.click(click);
  const conversionId = await engine.postback(`orderid=2001&data3=${click}&status=P&sum=10&currency=USD`);
  await engine.until(conversionId, (conversion) => conversion.deliveries.length === 2 && conversion.deliveries.every((d) => d.state === 'delivered'));
  await engine.postback(`orderid=2001&data3=${click}&status=A&sum=10&currency=USD`);
  const conversion = await engine.until(conversionId, ({ deliveries }) => deliveries.length === 4 && deliveries.every((d) => d.state === 'delivered'));
  expect(deliveriesOf(conversion)).toEqual(['Lead webhook delivered', 'Lead webhook delivered', 'Purchase webhook delivered', 'Purchase webhook delivered']);
  expect(await engine.sandbox.accepted('webhook')).toHaveLength(4);
});
