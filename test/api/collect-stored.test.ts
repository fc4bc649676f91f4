import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeRun, rawGet, startApi, type TestApi } from './harness.ts';

/** `200 OK`: what is stored of a postback, and what its conversion is told. */

let api: TestApi;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());

const CLICK = 'a1B2c3D4e5F6g7H8i9J0k1';

test('a report in the query is answered with the text OK and stored raw, without an outcome', async () => {
  const { property, collect } = await api.kma();
  const response = await fetch(`${collect}?orderid=501&status=A&sum=12.50&currency=USD&data3=${CLICK}`, { headers: { 'user-agent': 'KMA/1' } });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(await response.text()).toBe('OK');
  const [postback] = await api.postbacks(property);
  expect(postback).toMatchObject({
    propertyId: property._id, network: 'kma', method: 'GET',
    query: `orderid=501&status=A&sum=12.50&currency=USD&data3=${CLICK}`,
    contentType: null, body: null, ip: '127.0.0.1', userAgent: 'KMA/1',
    conversionId: `${property._id}/kma/order:501`, outcome: null, tries: 0, lastError: null,
  });
  expect(postback!.nextTryAt!.getTime() - postback!.receivedAt.getTime()).toBe(60_000);
});

test('the run of the conversion is started and told of the postback, with no worker about', async () => {
  const { property, collect } = await api.kma();
  await fetch(`${collect}?orderid=77&status=P`);
  const [postback] = await api.postbacks(property);
  const run = await describeRun(`conversion/${property._id}/kma/order:77`);
  expect(run).toMatchObject({ status: 'RUNNING', type: 'conversion', taskQueue: 'conversions' });
  expect(run.signals).toEqual([{ name: 'postback', argument: { postbackId: postback!._id } }]);
});

test.each([
  ['form', 'application/x-www-form-urlencoded', 'orderid=9&status=A'],
  ['JSON', 'application/json', '{"orderid":"9","status":"A"}'],
])('a POST with %s and query together is one report', async (_, contentType, body) => {
  const { property, collect } = await api.kma();
  const response = await fetch(`${collect}?sum=3`, { method: 'POST', headers: { 'content-type': contentType }, body });
  expect(response.status).toBe(200);
  const [postback] = await api.postbacks(property);
  expect(postback).toMatchObject({ method: 'POST', query: 'sum=3', contentType, conversionId: `${property._id}/kma/order:9` });
  expect(Buffer.from(postback!.body!.value()).toString()).toBe(body);
});

test('the same report three times, two of them at once, is stored three times for one conversion', async () => {
  const { property, collect } = await api.kma();
  const url = `${collect}?orderid=1&status=A&sum=5`;
  await fetch(url);
  const both = await Promise.all([fetch(url), fetch(url)]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  const postbacks = await api.postbacks(property);
  expect(postbacks).toHaveLength(3);
  expect(new Set(postbacks.map(({ _id }) => _id)).size).toBe(3);
  expect(new Set(postbacks.map(({ conversionId }) => conversionId))).toEqual(new Set([`${property._id}/kma/order:1`]));
});

test('hostile bytes in the query are kept without loss as ASCII and cost no report', async () => {
  const { property, collect } = await api.kma();
  const path = new URL(collect).pathname;
  // Bytes of a name in UTF-8, a lone byte that is no UTF-8, broken percent signs, NUL, `#`, quotes, a repeated name, an unexpanded macro.
  const query = 'orderid=42&status=A&city=\xc3\x89vry&x=\xff&y=%zz&z=%&n=%00&h=a#b&q="\'<>\\^`{|}&status=P&m={data1}&=&&';
  expect(await rawGet(api.url, `${path}?${query}`)).toEqual({ status: 200, text: 'OK' });
  const [postback] = await api.postbacks(property);
  expect(postback!.query).toBe(
    'orderid=42&status=A&city=%C3%89vry&x=%FF&y=%zz&z=%&n=%00&h=a%23b&q="\'<>\\^`{|}&status=P&m={data1}&=&&',
  );
  expect(postback!.conversionId).toBe(`${property._id}/kma/order:42`);
});

test('a blank in the address is a blank in its parameter; a client that keeps its connection open is answered, too', async () => {
  const { property, collect } = await api.kma();
  const path = new URL(collect).pathname;
  const target = `${path}?orderid=43&status=A&date=2026-11-24 12:00:00&offer=\xd0\xaf`;
  expect(await rawGet(api.url, target, { connection: 'keep-alive', 'user-agent': 'KMA/1' })).toEqual({ status: 200, text: 'OK' });
  expect(await api.postbacks(property)).toMatchObject([
    { query: 'orderid=43&status=A&date=2026-11-24%2012:00:00&offer=%D0%AF', ip: '127.0.0.1', userAgent: 'KMA/1' },
  ]);
});

test.each([['no version', '/x y'], ['a line that is none', '\x00\x01'], ['only bytes', '\xff']])('what is no request at all is answered 400: %s', async (_, target) => {
  expect((await rawGet(api.url, target)).status).toSatisfy((status) => status === 400 || status === 404);
  expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
});

test('an order id of hostile characters makes a conversion id that Temporal takes', async () => {
  const { property, collect } = await api.kma();
  await fetch(`${collect}?orderid=${encodeURIComponent('a/b\u0001"💥')}&status=A`);
  await fetch(`${collect}?orderid=${'9'.repeat(5000)}&status=A`);
  const postbacks = await api.postbacks(property);
  expect(postbacks).toHaveLength(2);
  for (const { _id, conversionId } of postbacks) {
    expect((await describeRun(`conversion/${conversionId}`)).signals).toEqual([{ name: 'postback', argument: { postbackId: _id } }]);
  }
});

test('a call that says nothing is kept with the outcome empty and starts nothing', async () => {
  const { property, collect } = await api.kma();
  const response = await fetch(`${collect}?orderid={orderid}&status=%7Bstatus%7D`);
  expect(response.status).toBe(200);
  const [postback] = await api.postbacks(property);
  expect(postback).toMatchObject({
    conversionId: null, nextTryAt: null,
    outcome: { effect: 'empty', conversionId: null, reason: expect.stringMatching(/neither an order id/) as string },
  });
});

test('a network that is installed after it was asked for is known at once', async () => {
  const property = await api.property();
  const url = `${api.url}/${property.postbackKey}/collect/kma?orderid=1&status=A`;
  expect((await fetch(url)).status).toBe(404);
  await api.integration(property);
  expect((await fetch(url)).status).toBe(200);
});
