import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Conversion } from '../../domain/conversion.ts';
import { integrationOf, replaceIntegration } from '../../store/integrations.ts';
import { startV1, OTHER_TOKEN, type V1 } from './v1-harness.ts';

/** What operators see of conversions and do to them, carried out by real workers. */

let api: V1;
beforeAll(async () => void (api = await startV1({ platforms: ['meta', 'tiktok'], api: { operateTimeoutMs: 10_000 } })));
afterAll(() => api.close());

const ENDED = ['delivered', 'skipped', 'failed', 'expired', 'cancelled'];
const settled = (count: number) => (c: Conversion) => c.deliveries.length === count && c.deliveries.every((d) => ENDED.includes(d.state));
let serial = 0;
const fresh = () => {
  const n = String(++serial).padStart(3, '0');
  return { order: `7${n}`, click: `mz7yYainzaN6hkc52QV${n}` };
};
/** An approved conversion whose run has closed. */
async function closed() {
  const { order, click } = fresh();
  await api.engine.click(click);
  const id = await api.engine.postback(`status=A&orderid=${order}&data3=${click}&sum=5&currency=USD`);
  await api.engine.until(id, settled(2));
  await api.engine.handle(id).result();
  return { id, order, click };
}
const sentTo = async (platform: 'meta' | 'tiktok', eventId: string) => (await api.engine.sandbox.accepted(platform)).filter((event) => event.eventId === eventId).length;

describe('the list', () => {
  test('pages join by the cursor; every filter narrows; an id finds one', async () => {
    const made = [];
    for (let i = 0; i < 3; i++) made.push(await closed());
    const { body: first } = await api.get('/conversions?property=shop&status=approved&limit=2');
    const { body: second } = await api.get(`/conversions?property=shop&status=approved&limit=2&cursor=${first.cursor}`);
    expect([...first.conversions, ...second.conversions].map(({ id }: { id: string }) => id)).toEqual(made.map(({ id }) => id).reverse());
    expect(second.cursor).toBeNull();
    expect(first.conversions[0]).toMatchObject({ status: 'approved', amount: '5', currency: 'USD', network: 'kma', orderId: made[2]!.order, deliveries: [{ state: 'delivered' }, { state: 'delivered' }] });

    const idsOf = async (query: string) => (await api.get(`/conversions?${query}`)).body.conversions.map(({ id }: { id: string }) => id);
    for (const q of [made[1]!.id, made[1]!.order, made[1]!.click]) expect(await idsOf(`q=${encodeURIComponent(q)}`)).toEqual([made[1]!.id]);
    expect(await idsOf('q=nothing')).toEqual([]);
    expect(await idsOf('destination=Main%20meta&outcome=delivered')).toHaveLength(3);
    expect(await idsOf('destination=Main%20meta&outcome=failed')).toEqual([]);
    expect(await idsOf('open=true')).toEqual([]);
    expect(await idsOf('network=partnerize')).toEqual([]);
    expect(await idsOf(`to=${new Date(Date.now() - 3_600_000).toISOString()}`)).toEqual([]);
  });
});

test('one conversion tells its reports, deliveries, attempts and what was done by hand, and nothing of the buyer', async () => {
  const { order, click } = fresh();
  await api.engine.click(click);
  const id = await api.engine.postback(`status=A&orderid=${order}&data3=${click}&sum=5&currency=USD&ip=198.51.100.77&email=buyer%40example.com&phone=%2B34600111222`);
  await api.engine.until(id, settled(2));
  const { body } = await api.get(api.at(id));
  expect(body).toMatchObject({
    id, status: 'approved', clickId: click, attribution: 'matched',
    history: [{ status: 'approved', effect: 'applied', amount: '5' }],
    deliveries: [{ event: 'Purchase', state: 'delivered', attempts: 1 }, { event: 'Purchase', state: 'delivered' }],
    postbacks: [{ conversionId: id, outcome: { effect: 'applied' } }], audit: [],
  });
  expect(body.attempts.map((a: { platform: string }) => a.platform).sort()).toEqual(['meta', 'tiktok']);
  const postback = (await api.get(`/postbacks/${body.postbacks[0].id}`)).body;
  expect(postback).toMatchObject({ parameters: { status: 'A', orderid: order, data3: click, sum: '5' }, withheld: ['ip', 'email', 'phone'] });
  for (const personal of ['198.51.100.77', 'buyer', '600111222']) expect(JSON.stringify([body, postback])).not.toContain(personal);
});

describe('what an operator does', () => {
  test('a retry of a failed delivery sends it and is in the audit with the name of the token\'s holder', async () => {
    const { order, click } = fresh();
    await api.engine.click(click);
    await api.engine.sandbox.fault({ platform: 'tiktok', match: { event: 'Purchase' }, answer: { code: '40002' } });
    const id = await api.engine.postback(`status=A&orderid=${order}&data3=${click}&sum=5&currency=USD`);
    await api.engine.until(id, (c) => c.deliveries.some((d) => d.state === 'failed'));
    expect((await api.get('/conversions?open=true')).body.conversions).toMatchObject([{ id }]);
    const { status, body } = await api.post(api.at(id, '/retry'), { why: 'the platform had a bad day' }, { authorization: `Bearer ${OTHER_TOKEN}` });
    expect({ status, deliveries: body.deliveries.length }).toEqual({ status: 200, deliveries: 1 });
    await api.engine.until(id, settled(2));
    const shown = (await api.get(api.at(id))).body;
    expect(shown.deliveries.map((d: { state: string }) => d.state)).toEqual(['delivered', 'delivered']);
    expect(shown.audit).toMatchObject([{ who: 'bot', verified: true, why: 'the platform had a bad day', operation: { kind: 'retryDeliveries' } }]);
  });

  test('a forced retry of a conversion whose run has closed starts the run and sends again, with the same event id; a repeat with the same key does nothing', async () => {
    const { id } = await closed();
    const meta = (await api.engine.conversion(id)).deliveries.find((d) => d.platform === 'meta')!;
    const ask = () => api.post(api.at(id, '/retry'), { keys: [meta.key], force: true, why: 'they lost it' }, { 'idempotency-key': `force-${id.length}-once` });
    const first = await ask();
    expect(first).toMatchObject({ status: 200, body: { deliveries: [meta.key] } });
    await api.engine.until(id, (c) => c.deliveries.find((d) => d.key === meta.key)!.attempts === 2 && settled(2)(c));
    await api.engine.handle(id).result();
    expect((await ask()).body).toEqual(first.body);
    await api.engine.handle(id).result();
    expect(await sentTo('meta', meta.eventId)).toBe(2);
    expect((await api.get(api.at(id))).body.audit).toHaveLength(1);
  });

  test('a click is attached to a conversion that has none, and its events go out', async () => {
    const { order, click } = fresh();
    const id = await api.engine.postback(`status=P&orderid=${order}`);
    await api.engine.until(id, (c) => c.history.length === 1);
    await api.engine.click(click);
    expect((await api.post(api.at(id, '/attach'), { clickId: 'mz7yYainzaN6hkc52QV999', why: 'guess' })).body).toMatchObject({ status: 409, code: 'operation_refused', refusal: expect.any(String) as string });
    expect((await api.post(api.at(id, '/attach'), { clickId: click, why: 'from the mail of the network' })).status).toBe(200);
    expect(await api.engine.until(id, settled(2))).toMatchObject({ clickId: click, attribution: 'matched' });
  });

  test('a status by hand is a report of the operator\'s', async () => {
    const { order, click } = fresh();
    await api.engine.click(click);
    const id = await api.engine.postback(`status=P&orderid=${order}&data3=${click}`);
    await api.engine.until(id, settled(2));
    expect((await api.post(api.at(id, '/status'), { status: 'approved', amount: '12.50', currency: 'EUR', why: 'by phone' })).status).toBe(200);
    await api.engine.until(id, settled(4));
    expect((await api.get(api.at(id))).body).toMatchObject({ status: 'approved', amount: '12.50', currency: 'EUR', history: [{ source: 'report' }, { source: 'operator', status: 'approved' }] });
  });

  test('a delivery that waits is cancelled; one that there is not is refused in a sentence', async () => {
    const { order } = fresh();
    const id = await api.engine.postback(`status=P&orderid=${order}&data3=mz7yYainzaN6hkc52QZ${order}`.slice(0, 200));
    const waiting = await api.engine.until(id, (c) => c.deliveries.length === 2);
    const { key } = waiting.deliveries[0]!;
    expect((await api.post(api.at(id, '/cancel'), { key, why: 'test order' })).body).toMatchObject({ deliveries: [key] });
    expect((await api.engine.conversion(id)).deliveries[0]).toMatchObject({ state: 'cancelled' });
    expect((await api.post(api.at(id, '/cancel'), { key: 'nothing', why: 'test order' })).body).toMatchObject({ status: 409, code: 'operation_refused', detail: expect.stringContaining('nothing') as string });
  });

  test('reprocessing shows first what a new mapping would change, and then changes it', async () => {
    const { order, click } = fresh();
    await api.engine.click(click);
    const id = await api.engine.postback(`status=superb&orderid=${order}&data3=${click}&sum=5&currency=USD`);
    await api.engine.until(id, (c) => c.history.length === 1);
    const [postback] = (await api.get('/postbacks?outcome=unknown')).body.postbacks;
    expect(postback).toMatchObject({ conversionId: id });

    const integration = (await integrationOf(api.engine.store.db, api.engine.property._id, 'kma'))!;
    await replaceIntegration(api.engine.store.db, { ...integration, settings: { ...integration.settings, statusWords: { superb: 'approved' } } }, integration.version);
    const dry = await api.post('/postbacks/reprocess', { ids: [postback.id, 'missing'], why: 'mapped the word' });
    expect(dry.body).toMatchObject({ applied: false, results: [{ postbackIds: ['missing'], problem: 'There is no such postback.' }, { conversionId: id, problem: null }] });
    expect(dry.body.results[1].changes.join(' ')).toContain('approved');
    expect((await api.engine.conversion(id)).status).toBe('unknown');

    expect((await api.post(api.at(id, '/reprocess'), { apply: true, why: 'mapped the word' })).body).toMatchObject({ applied: true });
    expect(await api.engine.until(id, settled(2))).toMatchObject({ status: 'approved' });
    expect((await api.get('/postbacks?outcome=unknown')).body.postbacks).toEqual([]);
  });
});

test('without a worker the answer says that the outcome is open', async () => {
  const { id } = await closed();
  const { key } = (await api.engine.conversion(id)).deliveries.find((d) => d.platform === 'meta')!;
  await api.engine.stopWorkers();
  const waiting = await startV1Hasty();
  try {
    const answer = await waiting.post(api.at(id, '/retry'), { keys: [key], force: true, why: 'w' });
    expect(answer.body).toMatchObject({ status: 504, code: 'operation_pending' });
  } finally {
    await waiting.close();
    await api.engine.startWorkers();
  }
});

/** Another API on the same data, with less patience. */
async function startV1Hasty() {
  const { openTemporal } = await import('../../api/temporal.ts');
  const { createApp } = await import('../../api/app.ts');
  const { serve } = await import('../../api/serve.ts');
  const temporal = openTemporal({ ...api.deps.config, operateTimeoutMs: 500 });
  const serving = await serve(createApp({ ...api.deps, operators: temporal.operators }), '127.0.0.1', 0);
  return {
    post: async (path: string, body: unknown) => {
      const response = await fetch(`http://127.0.0.1:${serving.port}/api/v1${path}`, { method: 'POST', headers: { authorization: `Bearer ${OTHER_TOKEN}` }, body: JSON.stringify(body) });
      return { body: (await response.json()) as unknown };
    },
    close: async () => {
      await serving.stop(1_000);
      await temporal.close();
    },
  };
}
