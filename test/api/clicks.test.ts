import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClickDoc, ConversionDoc, PropertyDoc } from '../../store/documents.ts';
import { randomBase62 } from '../../store/ids.ts';
import { describeRun, startApi, type TestApi } from './harness.ts';

/** `POST /:tagKey/clicks`. */

let api: TestApi;
let property: PropertyDoc;
beforeAll(async () => {
  api = await startApi({ trustedProxies: ['127.0.0.1'] });
  property = await api.property();
});
afterAll(() => api.close());

const send = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${api.url}/${property.tagKey}/clicks`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', 'user-agent': 'Browser/1', 'accept-language': 'de-AT,de;q=0.9', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const stored = (clickId: string) => api.deps.db.collection<ClickDoc>('clicks').findOne({ _id: `${property._id}/${clickId}` });

test('204: a click is stored with the address, browser and identifiers of its visitor', async () => {
  const clickId = randomBase62(22);
  const clickedAt = new Date(Date.now() - 5_000).toISOString();
  const response = await send({
    clickId, clickedAt, landedAt: Date.now() - 60_000, network: 'kma', pageTitle: 'Offer', country: 'at',
    landingUrl: 'https://site.example/?fbclid=IwAR_x&gclid=G1&utm_source=fb&utm_medium=cpc&other=1',
    ids: { fbp: 'fb.1.1.2', gclid: 'G2', unknown: 'x', ttp: 7 }, utm: { medium: 'paid' }, consent: { adUserData: true, adStorage: 'yes' },
  }, { 'x-forwarded-for': '::ffff:203.0.113.7' });
  expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  const click = (await stored(clickId))!;
  expect(click).toMatchObject({
    propertyId: property._id, clickId, clickedAt: new Date(clickedAt), network: 'kma', country: 'AT', ip: '203.0.113.7', userAgent: 'Browser/1',
    language: 'de-AT', linkUrl: null, utm: { source: 'fb', medium: 'paid' }, ids: { fbclid: 'IwAR_x', fbp: 'fb.1.1.2', gclid: 'G2' }, consent: { adUserData: true },
  });
  expect(Object.keys(click.ids)).toHaveLength(3);
  expect(click.clickedAt.getTime() - click.landedAt.getTime()).toBeGreaterThan(50_000);
});

test('a field that is too long or of the wrong kind costs itself, not the click', async () => {
  const clickId = randomBase62(22);
  const response = await send({
    clickId, clickedAt: 'yesterday', landingUrl: `https://x.example/${'x'.repeat(9_000)}`, pageUrl: 'not a url', referrer: 5, country: 'Austria',
    utm: 'x', ids: { fbclid: 'x'.repeat(5_000), gclid: 'kept', $where: 'x', '__proto__': 'x' }, consent: 'no', language: {}, linkUrl: 'https://k.example/\u0000',
  });
  expect(response.status).toBe(204);
  expect(await stored(clickId)).toMatchObject({ landingUrl: null, pageUrl: 'not a url', referrer: null, country: null, utm: {}, ids: { gclid: 'kept' }, consent: {}, language: 'de-AT' });
});

test.each([['in the future', 60_000], ['absurdly past', -30 * 24 * 3_600_000]])('a click time %s is replaced by the arrival', async (_, offsetMs) => {
  const clickId = randomBase62(22);
  await send({ clickId, clickedAt: Date.now() + offsetMs });
  const click = (await stored(clickId))!;
  expect(click.clickedAt).toEqual(click.receivedAt);
  expect(click.landedAt).toEqual(click.receivedAt);
});

test('the first write of a click id wins, also of many at once; every one is answered 204', async () => {
  const clickId = randomBase62(22);
  await send({ clickId, pageTitle: 'first' });
  const responses = await Promise.all([1, 2, 3].map(() => send({ clickId, pageTitle: 'second', ids: { gclid: 'stolen' } })));
  expect(responses.map(({ status }) => status)).toEqual([204, 204, 204]);
  expect(await stored(clickId)).toMatchObject({ pageTitle: 'first', ids: {} });
  const contested = randomBase62(22);
  await Promise.all([1, 2, 3, 4].map(() => send({ clickId: contested })));
  expect(await api.deps.db.collection('clicks').countDocuments({ clickId: contested })).toBe(1);
});

test('400 click_invalid: no JSON, no object, no click id', async () => {
  for (const body of ['', 'x', '[]', 'null', '{}', { clickId: 'short' }, { clickId: `${randomBase62(21)}-` }, { clickId: 5 }]) {
    const response = await send(body);
    expect([body, response.status, ((await response.json()) as { code: string }).code]).toEqual([body, 400, 'click_invalid']);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  }
});

test('413, 404, 405', async () => {
  expect((await send({ clickId: randomBase62(22), pageTitle: 'x'.repeat(70_000) })).status).toBe(413);
  for (const key of [property.postbackKey, '000000000000', 'x']) {
    expect((await fetch(`${api.url}/${key}/clicks`, { method: 'POST', body: '{}' })).status).toBe(404);
  }
  const response = await fetch(`${api.url}/${property.tagKey}/clicks`);
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
});

test('a preflight lets any site send JSON, without credentials', async () => {
  const { status, headers } = await fetch(`${api.url}/${property.tagKey}/clicks`, { method: 'OPTIONS', headers: { origin: 'https://site.example' } });
  expect(status).toBe(204);
  expect(headers.get('access-control-allow-origin')).toBe('*');
  expect(headers.get('access-control-allow-headers')).toBe('Content-Type');
  expect(headers.get('access-control-allow-credentials')).toBeNull();
});

test('conversions that wait for the click are told of it, each once, and nobody else', async () => {
  const clickId = randomBase62(22);
  const waiting = (key: string, changes: object) => ({
    _id: `${property._id}/kma/order:${key}`, propertyId: property._id, network: 'kma', attribution: 'waiting', waitingFor: [clickId], ...changes,
  }) as unknown as ConversionDoc;
  await api.deps.db.collection<ConversionDoc>('conversions').insertMany([
    waiting('w1', {}), waiting('w2', { waitingFor: [randomBase62(22), clickId] }), waiting('other', { waitingFor: [randomBase62(22)] }),
    waiting('elsewhere', { propertyId: 'another' }),
  ]);
  const told: unknown[] = [];
  const { offer } = api.deps.starter;
  api.deps.starter.offer = (conversion, message) => {
    told.push([conversion.conversionId.split(':')[1], message]);
    return offer(conversion, message);
  };
  await send({ clickId: randomBase62(22) });
  expect(told).toEqual([]);
  await send({ clickId });
  await send({ clickId });
  expect(told.toSorted()).toEqual([['w1', { clickId }], ['w2', { clickId }]]);
  expect((await describeRun(`conversion/${property._id}/kma/order:w1`)).signals).toEqual([{ name: 'click', argument: { clickId } }]);
});
