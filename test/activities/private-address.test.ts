import { afterAll, beforeAll, expect, test } from 'vitest';
import { attempt } from '../../activities/attempt.ts';
import { readyDestination } from '../../activities/destination.ts';
import { attemptsOf } from '../../store/attempts.ts';
import { startActivities } from './harness.ts';

let world: Awaited<ReturnType<typeof startActivities>>;
beforeAll(async () => void (world = await startActivities()));
afterAll(() => world.close());

test('a private address pauses the destination at once, is recorded, and is no unknown outcome', async () => {
  const ready = readyDestination(await world.destination('meta'), world.engine.keys);
  if ('problem' in ready) throw new Error(ready.problem);
  const http = world.http({ sandboxOrigin: null, webhookAllowPrivate: false });
  const request = { method: 'GET' as const, url: 'http://169.254.169.254/latest/meta-data', headers: {}, body: null, sent: [{}], publicOnly: true };
  const of = { conversionId: 'private', propertyId: 'p', deliveryKey: 'd', number: 1 };
  const result = await attempt({ ...world.engine.deps, http }, ready, of, request, undefined, () => ({ kind: 'delivered' }));
  await http.close();
  expect(result).toMatchObject({ outcome: { kind: 'misconfigured', code: 'private_address' }, unknown: false });
  expect(await attemptsOf(world.store.db, 'private')).toMatchObject([{ response: null, outcome: { kind: 'misconfigured', code: 'private_address' } }]);
});
