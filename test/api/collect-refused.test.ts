import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from './harness.ts';

/** 4xx: who is refused, with which code, and what is kept of it. */

let api: TestApi;
beforeAll(async () => void (api = await startApi({ bodyMaxBytes: 2_000 })));
afterAll(() => api.close());

async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = (await response.json()) as Record<string, unknown>;
  expect(problem).toMatchObject({
    type: `urn:tributary:problem:${String(problem.code)}`, status: response.status,
    title: expect.any(String) as string, detail: expect.any(String) as string, instance: expect.stringMatching(/^urn:uuid:/) as string,
  });
  return problem.code;
}

test('404 property_unknown: nothing is stored, one counter goes up', async () => {
  const before = api.deps.unknownPaths.total();
  for (const key of ['000000000000', 'x', '%00', 'a%2Fb', '__proto__']) {
    const response = await fetch(`${api.url}/${key}/collect/kma?orderid=1&status=A`);
    expect(response.status).toBe(404);
    expect(await problemOf(response)).toBe('property_unknown');
  }
  expect(api.deps.unknownPaths.total()).toBe(before + 5);
  expect(await api.deps.db.collection('refusals').countDocuments()).toBe(0);
});

test('the public tag key opens no postback URL', async () => {
  const { property } = await api.kma();
  expect((await fetch(`${api.url}/${property.tagKey}/collect/kma?orderid=1&status=A`)).status).toBe(404);
});

test('404 network_unknown, integration_missing: kept as refusals, since the property is known', async () => {
  const property = await api.property();
  const url = `${api.url}/${property.postbackKey}/collect`;
  expect(await problemOf(await fetch(`${url}/constructor?orderid=1`))).toBe('network_unknown');
  expect(await problemOf(await fetch(`${url}/kma?orderid=2&status=A`))).toBe('integration_missing');
  expect(await api.refusals(property)).toMatchObject([
    { network: 'constructor', code: 'network_unknown', query: 'orderid=1', method: 'GET', ip: '127.0.0.1' },
    { network: 'kma', code: 'integration_missing', query: 'orderid=2&status=A' },
  ]);
});

test.each(['content-length', 'chunked'])('413 body_too_large (%s): kept with its reason, without the body', async (length) => {
  const { property, collect } = await api.kma();
  const large = `orderid=1&status=A&x=${'x'.repeat(600_000)}`;
  const body = length === 'chunked' ? new Blob([large]).stream() : large;
  const response = await fetch(collect, {
    method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' }, duplex: 'half',
  } as RequestInit);
  expect(response.status).toBe(413);
  expect(await problemOf(response)).toBe('body_too_large');
  expect(await api.refusals(property)).toMatchObject([{ code: 'body_too_large', body: null, method: 'POST' }]);
  expect(await api.postbacks(property)).toHaveLength(0);
});

test('415 body_encoded: a compressed body cannot be freed of the secret', async () => {
  const { property, collect } = await api.kma();
  const response = await fetch(collect, { method: 'POST', body: 'orderid=1&status=A', headers: { 'content-encoding': 'gzip' } });
  expect(response.status).toBe(415);
  expect(await api.refusals(property)).toMatchObject([{ code: 'body_encoded', body: null }]);
});

test('400 body_invalid: a body that is not what its content type says is kept whole', async () => {
  const { property, collect } = await api.kma();
  const response = await fetch(`${collect}?orderid=5`, { method: 'POST', body: '{"status":"A"', headers: { 'content-type': 'application/json' } });
  expect(response.status).toBe(400);
  expect(await problemOf(response)).toBe('body_invalid');
  const [refusal] = await api.refusals(property);
  expect(refusal).toMatchObject({ code: 'body_invalid', query: 'orderid=5', contentType: 'application/json' });
  expect(Buffer.from(refusal!.body!.value()).toString()).toBe('{"status":"A"');
});

test('405: other methods are told which ones are taken', async () => {
  const { property, collect } = await api.kma();
  for (const method of ['HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
    const response = await fetch(`${collect}?orderid=1&status=A`, { method });
    expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'GET, POST']);
  }
  expect(await api.postbacks(property)).toHaveLength(0);
  expect(await api.refusals(property)).toHaveLength(0);
});

test('404 not_found: any other address', async () => {
  expect(await problemOf(await fetch(`${api.url}/nowhere`))).toBe('not_found');
});
