import { afterAll, beforeAll, expect, test } from 'vitest';
import { resumeDestination } from '../../setup/destinations.ts';
import { startV1, TOKEN, type V1 } from './v1-harness.ts';

/** `GET /api/v1/stuck` and the list of stuck postbacks: empty when all is well, and each kind of trouble with its reason. */

const clock = { aheadMs: 0 };
let api: V1;
beforeAll(async () => void (api = await startV1({ platforms: ['meta', 'tiktok'], now: () => Date.now() + clock.aheadMs })));
afterAll(() => api.close());

const order = (n: number) => ({ query: `orderid=80${n}&data3=mz7yYainzaN6hkc52QV80${n}`, click: `mz7yYainzaN6hkc52QV80${n}` });

test('nothing is stuck where everything has gone out', async () => {
  const { query, click } = order(1);
  await api.engine.click(click);
  const id = await api.engine.postback(`${query}&status=A&sum=5&currency=USD`);
  await api.engine.until(id, (c) => c.deliveries.length === 2 && c.deliveries.every((d) => d.state === 'delivered'));
  const { body } = await api.get('/stuck');
  expect(body).toEqual({ ok: true, counts: { postbacks: 0, overdue: 0, destinations: 0, failed: 0 }, postbacks: [], overdue: [], destinations: [], failed: [] });
});

test('a postback without an outcome is stuck after a minute, with the reason of the last try', async () => {
  const { engine } = api;
  const conversionId = await engine.postback(`${order(2).query}&status=P`, { signal: false });
  expect((await api.get('/stuck')).body.ok).toBe(true);
  clock.aheadMs = 61_000;
  const untold = (await api.get('/stuck')).body;
  expect(untold).toMatchObject({ ok: false, counts: { postbacks: 1 }, postbacks: [{ conversionId, tries: 0, reason: expect.stringContaining('relay') as string }] });
  await engine.store.db.collection('postbacks').updateOne({ conversionId }, { $set: { lastError: 'Temporal refused it.' }, $inc: { tries: 1 } });
  expect((await api.get('/stuck')).body.postbacks).toMatchObject([{ tries: 1, reason: 'Temporal refused it.' }]);
  expect((await api.get('/postbacks?stuck=true&property=shop')).body.postbacks).toMatchObject([{ conversionId, outcome: null, lastError: 'Temporal refused it.' }]);
  await engine.store.db.collection('postbacks').deleteOne({ conversionId });
  clock.aheadMs = 0;
});

test('a destination that a delivery paused is stuck with what is parked there; one that an operator paused only while something is', async () => {
  const { engine } = api;
  const { query, click } = order(3);
  await engine.click(click);
  await engine.sandbox.fault({ platform: 'meta', match: { event: 'Purchase' }, answer: { code: '190' } });
  const id = await engine.postback(`${query}&status=A&sum=5&currency=USD`);
  await engine.until(id, (c) => c.deliveries.some((d) => d.state === 'parked'));
  expect((await api.get('/stuck')).body).toMatchObject({
    ok: false, counts: { destinations: 1 }, destinations: [{ name: 'Main meta', state: 'paused', parkedConversions: 1, paused: { by: 'delivery' } }],
  });
  await resumeDestination(engine.setup, engine.property._id, 'Main meta');
  await engine.activities.conversions.relayOnce();
  await engine.until(id, (c) => c.deliveries.every((d) => d.state === 'delivered'));
  expect((await api.get('/stuck')).body.ok).toBe(true);
  const destinations = engine.store.db.collection('destinations');
  await destinations.updateOne({ name: 'Main meta' }, { $set: { state: 'paused', paused: { code: 'operator', reason: 'Holiday.', by: 'operator', at: new Date() } } });
  expect((await api.get('/stuck')).body.ok).toBe(true);
  await destinations.updateOne({ name: 'Main meta' }, { $set: { state: 'active', paused: null } });
});

test('a failed delivery is stuck while it may still be sent, an overdue conversion until its run acts', async () => {
  const { engine } = api;
  const { query, click } = order(4);
  await engine.click(click);
  await engine.sandbox.fault({ platform: 'tiktok', match: { event: 'Purchase' }, answer: { code: '40002' } });
  const id = await engine.postback(`${query}&status=A&sum=5&currency=USD`);
  const failed = await engine.until(id, (c) => c.deliveries.some((d) => d.state === 'failed') && c.deliveries.some((d) => d.state === 'delivered'));
  const delivery = failed.deliveries.find((d) => d.state === 'failed')!;
  expect((await api.get('/stuck')).body).toMatchObject({ ok: false, counts: { failed: 1 }, failed: [{ conversionId: id, key: delivery.key, code: '40002' }] });
  clock.aheadMs = delivery.deadlineAtMs - Date.now() + 1_000;
  expect((await api.get('/stuck')).body.counts).toMatchObject({ failed: 0 });
  clock.aheadMs = 0;
});

test('a conversion is overdue from the moment on by which its run should have acted', async () => {
  const id = await api.engine.postback(`${order(5).query}&status=P`);
  const dueAt = (await api.engine.until(id, (c) => c.attribution === 'waiting')).waitUntilMs!;
  // What failed in the other tests has had its time by then.
  const overdue = async (aheadMs: number) => {
    clock.aheadMs = aheadMs;
    return (await api.get('/stuck')).body.overdue.filter((each: { conversionId: string }) => each.conversionId === id);
  };
  expect(await overdue(0)).toEqual([]);
  expect(await overdue(dueAt - Date.now() + 600_000)).toMatchObject([{ conversionId: id, status: 'pending' }]);
  clock.aheadMs = 0;
});

test('the metrics tell of postbacks without an outcome and their age, what is parked, and the spool, in the form of Prometheus', async () => {
  const { engine } = api;
  const metrics = async (): Promise<string> => {
    const response = await fetch(`${api.url}/api/v1/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    return response.text();
  };
  expect((await fetch(`${api.url}/api/v1/metrics`)).status).toBe(401);
  expect(await metrics()).toMatch(/^tributary_postbacks_without_outcome_oldest_seconds 0$/m);
  const conversionId = await engine.postback(`${order(9).query}&status=P`, { signal: false });
  clock.aheadMs = 120_000;
  const text = await metrics();
  expect(text).toMatch(/^tributary_postbacks_without_outcome 1$/m);
  expect(Number(/^tributary_postbacks_without_outcome_oldest_seconds (.+)$/m.exec(text)?.[1])).toBeGreaterThanOrEqual(120);
  expect(text).toMatch(/^tributary_destination_paused\{destination="[^"]+",platform="meta"\} 0$/m);
  expect(text).toMatch(/^tributary_spool_records 0$/m);
  clock.aheadMs = 0;
  await engine.store.db.collection('postbacks').deleteOne({ conversionId });
});
