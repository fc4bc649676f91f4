import { afterAll, beforeAll, expect, test } from 'vitest';
import { rawGet, startApi, type TestApi } from './harness.ts';

/** 403: the address list and the secret; and that the secret is never kept. */

const SECRET = 'gr8 s&cret/é';
let api: TestApi;
beforeAll(async () => void (api = await startApi({ trustedProxies: ['127.0.0.1', '10.0.0.0/8'] })));
afterAll(() => api.close());

const everythingKept = async () => {
  const documents = [
    ...(await api.deps.db.collection<{ body: { value(): Uint8Array } | null }>('postbacks').find().toArray()),
    ...(await api.deps.db.collection<{ body: { value(): Uint8Array } | null }>('refusals').find().toArray()),
  ];
  return documents.map((each) => JSON.stringify(each) + Buffer.from(each.body?.value() ?? []).toString()).join('\n');
};

const encoded = encodeURIComponent(SECRET);
const form = 'application/x-www-form-urlencoded';
const json = JSON.stringify({ orderid: '3', status: 'A', Key: SECRET });
const multipart = `--b\r\nContent-Disposition: form-data; name="orderid"\r\n\r\n4\r\n--b\r\nContent-Disposition: form-data; name="key"\r\n\r\n${SECRET}\r\n--b--\r\n`;

test.each([
  ['the query', `?orderid=1&status=A&key=${encoded}`, undefined, undefined],
  ['the query, its name percent-encoded', `?orderid=1&status=A&%6B%65y=${encoded}`, undefined, undefined],
  ['a form', '', form, `orderid=2&status=A&key=${encoded}`],
  ['JSON', '', 'application/json', json],
  ['JSON with escapes', '', 'application/json', json.replace('Key', '\\u006bey').replace('é', '\\u00e9')],
  ['JSON in an array', '', 'application/json', `[${json}]`],
  ['JSON without a content type that says so', '', 'text/plain', json],
  ['multipart', '?status=A', 'multipart/form-data; boundary=b', multipart],
])('the right secret in %s opens, and is not kept', async (_, query, contentType, body) => {
  const { property, collect } = await api.kma({ secretParameter: 'key' }, SECRET);
  const response = await fetch(collect + query, contentType ? { method: 'POST', headers: { 'content-type': contentType }, body } : {});
  expect(response.status).toBe(200);
  const [postback] = await api.postbacks(property);
  expect(postback!.conversionId).toMatch(/order:[1-4]$/);
  const kept = await everythingKept();
  expect(kept).not.toContain(SECRET);
  expect(kept).not.toContain(encoded);
  expect(kept).not.toContain('cret');
});

test('a wrong or missing secret is refused, kept for a look, and the wrong one cut out too', async () => {
  const { property, collect } = await api.kma({ secretParameter: 'key' }, SECRET);
  const wrong = await fetch(`${collect}?orderid=1&status=A&key=nearlyright`);
  expect([wrong.status, ((await wrong.json()) as { code: string }).code]).toEqual([403, 'secret_refused']);
  expect((await fetch(`${collect}?orderid=2&status=A`)).status).toBe(403);
  expect(await api.refusals(property)).toMatchObject([
    { code: 'secret_refused', query: 'orderid=1&status=A&key=', reason: expect.stringMatching(/not the one/) as string },
    { code: 'secret_refused', query: 'orderid=2&status=A', reason: expect.stringMatching(/missing/) as string },
  ]);
  expect(await api.postbacks(property)).toHaveLength(0);
});

test('a call makes one guess: the first value, the query before the body', async () => {
  const { collect } = await api.kma({ secretParameter: 'key' }, SECRET);
  expect((await fetch(`${collect}?orderid=1&status=A&key=x&key=${encoded}`)).status).toBe(403);
  const post = { method: 'POST', headers: { 'content-type': form }, body: `key=${encoded}` };
  expect((await fetch(`${collect}?orderid=1&status=A&key=x`, post)).status).toBe(403);
});

test('the secret goes out of a body that cannot be read', async () => {
  const { property, collect } = await api.kma({ secretParameter: 'key' }, SECRET);
  const type = { 'content-type': 'application/json' };
  for (const body of [`{"key":"${SECRET}","status":`, `{'key':'${SECRET}'}`, `key=${encoded}`, `{"status":"A","key":"${SECRET}`]) {
    const response = await fetch(`${collect}?orderid=1&key=${encoded}`, { method: 'POST', headers: type, body });
    expect(response.status).toBe(400);
  }
  expect(await api.refusals(property)).toHaveLength(4);
  expect(await everythingKept()).not.toContain('cret/');
});

test('the secret of another property does not open', async () => {
  const one = await api.kma({ secretParameter: 'key' }, 'secret-one');
  await api.kma({ secretParameter: 'key' }, 'secret-two');
  expect((await fetch(`${one.collect}?orderid=1&status=A&key=secret-two`)).status).toBe(403);
  expect((await fetch(`${one.collect}?orderid=1&status=A&key=secret-one`)).status).toBe(200);
});

test('an address that is not on the list is refused; the client is the rightmost hop that is no proxy of ours', async () => {
  const { property, collect } = await api.kma({ ipList: ['203.0.113.0/24', '2001:db8::/32'] });
  const target = `${new URL(collect).pathname}?orderid=1&status=A`;
  const from = async (forwarded: string) => (await rawGet(api.url, target, forwarded ? { 'x-forwarded-for': forwarded } : {})).status;
  expect(await from('203.0.113.9')).toBe(200);
  expect(await from('198.51.100.1, 203.0.113.9, 10.1.2.3')).toBe(200);
  expect(await from('::ffff:203.0.113.9')).toBe(200);
  expect(await from('[2001:db8::7]:4711')).toBe(200);
  // A caller who writes the header himself: what the proxy saw of him stands further right.
  expect(await from('203.0.113.9, 198.51.100.1')).toBe(403);
  expect(await from('203.0.113.9, nonsense')).toBe(403);
  expect(await from('')).toBe(403);
  expect((await api.postbacks(property)).map(({ ip }) => ip)).toEqual(['203.0.113.9', '203.0.113.9', '203.0.113.9', '2001:db8::7']);
  expect(await api.refusals(property)).toMatchObject([
    { code: 'address_refused', ip: '198.51.100.1' }, { code: 'address_refused', ip: '127.0.0.1' }, { code: 'address_refused', ip: '127.0.0.1' },
  ]);
});

test('without trusted proxies nobody can write his own address', async () => {
  const plain = await startApi();
  const { property, collect } = await plain.kma();
  await fetch(`${collect}?orderid=1&status=A`, { headers: { 'x-forwarded-for': '203.0.113.9' } });
  expect(await plain.postbacks(property)).toMatchObject([{ ip: '127.0.0.1' }]);
  await plain.close();
});
