import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Conversion } from '../../domain/conversion.ts';
import { startV1, type V1 } from './v1-harness.ts';

/** Replays over HTTP, carried out by the real workflow. */

let api: V1;
let ids: string[];
beforeAll(async () => {
  api = await startV1({ platforms: ['meta', 'tiktok'] });
  const { engine } = api;
  await engine.sandbox.fault({ platform: 'tiktok', match: { event: 'Purchase' }, times: 3, answer: { code: '40002' } });
  ids = [];
  for (let n = 1; n <= 3; n++) {
    const click = `mz7yYainzaN6hkc52QV90${n}`;
    await engine.click(click);
    ids.push(await engine.postback(`orderid=90${n}&data3=${click}&status=A&sum=5&currency=USD`));
  }
  for (const id of ids) await engine.until(id, (c) => c.deliveries.length === 2 && stateAt(c, 'tiktok') === 'failed' && stateAt(c, 'meta') === 'delivered');
});
afterAll(() => api.close());

const stateAt = (c: Conversion, platform: string) => c.deliveries.find((d) => d.platform === platform)!.state;
const ended = async (id: string) => {
  await api.engine.client.workflow.getHandle(`replay/${id}`).result().catch(() => undefined);
  return (await api.get(`/replays/${id}`)).body;
};
const resultsOf = async (id: string, query = '') => (await api.get(`/replays/${id}/results${query}`)).body;

test('a dry run counts and lists, and changes nothing', async () => {
  const started = await api.post('/replays', { property: 'shop', destination: 'Main tiktok', states: ['failed'], dryRun: true, why: 'how many?' });
  expect(started).toMatchObject({ status: 202, body: { id: expect.any(String) as string } });
  expect(await ended(started.body.id)).toMatchObject({ run: 'completed', progress: { state: 'done', matched: 3, done: 3, retried: 0 } });
  for (const id of ids) expect(stateAt(await api.engine.conversion(id), 'tiktok')).toBe('failed');
});

test('pause, resume and cancel steer one that runs; what has ended is not steered, what is not there not found', async () => {
  const { body: { id } } = await api.post('/replays', { property: 'shop', states: ['failed'], dryRun: true, perSecond: 0.001, why: 'slowly' });
  expect((await api.post(`/replays/${id}/pause`, { why: 'wait' })).status).toBe(202);
  await expect.poll(async () => (await api.get(`/replays/${id}`)).body.progress?.state).toBe('paused');
  expect((await api.post(`/replays/${id}/resume`, { why: 'go on' })).status).toBe(202);
  await expect.poll(async () => (await api.get(`/replays/${id}`)).body.progress?.state).toBe('running');
  expect((await api.post(`/replays/${id}/cancel`, { why: 'enough' })).status).toBe(202);
  expect(await ended(id)).toMatchObject({ run: 'cancelled', progress: { state: 'cancelled' } });
  expect((await api.post(`/replays/${id}/pause`, { why: 'wait' })).body).toMatchObject({ status: 409, code: 'replay_ended' });
  expect((await api.post('/replays/nothing/pause', { why: 'wait' })).body).toMatchObject({ status: 404, code: 'replay_not_found' });
  expect((await api.get('/replays/nothing')).body).toMatchObject({ status: 404, code: 'replay_not_found' });
});

test('a replay sends what failed, at that destination alone, keeps the list of its results, and is the same where it is asked for again', async () => {
  const ask = { id: 'after-the-outage', property: 'shop', destination: 'Main tiktok', states: ['failed'], why: 'the platform was down' };
  expect((await api.post('/replays', ask)).body).toEqual({ id: 'after-the-outage', isDone: false });
  expect(await ended('after-the-outage')).toMatchObject({ progress: { state: 'done', matched: 3, retried: 3, failed: 0 } });
  for (const id of ids) await api.engine.until(id, (c) => stateAt(c, 'tiktok') === 'delivered');
  expect(await api.post('/replays', ask)).toMatchObject({ status: 202, body: { id: 'after-the-outage', isDone: true } });
  expect(await ended('after-the-outage')).toMatchObject({ progress: { retried: 3 } });

  const first = await resultsOf('after-the-outage', '?limit=2');
  const second = await resultsOf('after-the-outage', `?limit=2&cursor=${first.cursor}`);
  expect([...first.results, ...second.results].map((each) => [each.conversionId, each.outcome])).toEqual(ids.toSorted().map((id) => [id, 'retried']));
  expect(second.cursor).toBeNull();
  expect((await api.get(api.at(ids[0]!))).body.audit).toMatchObject([{ who: 'anna', verified: true, why: 'the platform was down' }]);
});

test('one conversion alone', async () => {
  const { body: { id } } = await api.post('/replays', { conversion: ids[0], force: true, states: ['delivered'], why: 'they lost it' });
  expect(await ended(id)).toMatchObject({ progress: { matched: 1, retried: 1 } });
  expect((await api.post('/replays', { conversion: 'nothing', why: 'w' })).body).toMatchObject({ status: 404, code: 'conversion_not_found' });
});
