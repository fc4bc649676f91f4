import { createServer, type RequestListener, type Server } from 'node:http';
import type { LookupAddress } from 'node:dns';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttp, HttpError, type Http } from '../../activities/http.ts';
import { isPublicAddress, publicConnector, publicLookup } from '../../activities/public-only.ts';

let server: Server | undefined;
let http: Http | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await http?.close();
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  server = http = undefined;
});

/** A platform that answers so, and what a POST to it gives. */
async function post(answer: RequestListener, limits: { platformTimeoutMs?: number; platformResponseMaxBytes?: number } = {}) {
  server = createServer(answer);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  http = createHttp({ platformTimeoutMs: 5_000, platformResponseMaxBytes: 1_000, sandboxOrigin: null, webhookAllowPrivate: false, ...limits });
  return http.send({ method: 'POST', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`, headers: {}, body: '{}' });
}

test('an answer is read up to its limit, and one that never ends is left', async () => {
  const endless = await post((_req, res) => {
    res.writeHead(200);
    const write = (): void => void (res.writableEnded || res.destroyed || res.write('x'.repeat(700), () => setImmediate(write)));
    write();
  });
  expect(endless).toMatchObject({ status: 200, body: 'x'.repeat(1_000) });
});

test('an answer within the limit is read whole', async () => {
  expect(await post((_req, res) => res.writeHead(201, { 'X-Id': '7' }).end('{"ok":true}'))).toMatchObject({ status: 201, headers: { 'x-id': '7' }, body: '{"ok":true}' });
});

test.each([
  ['no answer at all', (() => {}) satisfies RequestListener],
  ['a body that does not end', ((_req, res) => void res.writeHead(200).write('{')) satisfies RequestListener],
])('the timeout is for the whole request: %s is an unknown outcome', async (_what, answer) => {
  const error = await post(answer, { platformTimeoutMs: 150 }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HttpError);
  expect(error).toMatchObject({ code: 'timeout', reached: true });
});

test('a connection that breaks after the request is an unknown outcome; one that is refused is not', async () => {
  const broken = await post((req) => req.on('data', () => req.socket.resetAndDestroy())).catch((thrown: unknown) => thrown);
  expect(broken).toMatchObject({ reached: true });
  expect(broken).toBeInstanceOf(HttpError);
  const refused = await http!.send({ method: 'POST', url: 'http://127.0.0.1:1/', headers: {}, body: '{}' }).catch((thrown: unknown) => thrown);
  expect(refused).toMatchObject({ code: 'ECONNREFUSED', reached: false });
});

test('a redirect is an answer, and is not followed', async () => {
  let hits = 0;
  const answer = await post((_req, res) => {
    hits++;
    res.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect(answer.status).toBe(302);
  expect(hits).toBe(1);
});

describe('an address that a person wrote', () => {
  /** A target on this machine that counts its calls; and a call of it by another spelling of its address. */
  async function target(limits: { sandboxOrigin?: string; webhookAllowPrivate?: boolean } = {}) {
    const hits: string[] = [];
    server = createServer((req, res) => void (hits.push(req.url!), res.end('ok')));
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const sandboxOrigin = limits.sandboxOrigin === 'itself' ? `http://127.0.0.1:${port}` : null;
    http = createHttp({ platformTimeoutMs: 5_000, platformResponseMaxBytes: 1_000, webhookAllowPrivate: false, ...limits, sandboxOrigin });
    const call = (url: string, publicOnly = true) => http!.send({ method: 'GET', url, headers: {}, body: null, publicOnly }).catch((thrown: unknown) => thrown);
    return { hits, port, call };
  }

  test.each([
    '127.0.0.1', 'localhost', '2130706433', '0x7f000001', '0177.0.0.1', '127.1', '0', '0.0.0.0', '10.1.2.3', '172.16.0.1', '192.168.1.1',
    '169.254.169.254', '100.64.0.1', '224.0.0.1', '255.255.255.255', '[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[fe80::1]', '[fd00::1]',
    '[ff02::1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]',
  ])('is never called as %s, and nothing has left', async (host) => {
    const { call, hits, port } = await target();
    const error = await call(`http://${host}:${port}/in`);
    expect(error).toBeInstanceOf(HttpError);
    expect(error).toMatchObject({ code: 'private_address', reached: false, message: expect.stringContaining('WEBHOOK_ALLOW_PRIVATE') });
    expect(hits).toEqual([]);
  });
  test('is not called over https on a private address either', async () => {
    const { call, port } = await target();
    for (const host of ['127.0.0.1', 'localhost']) expect(await call(`https://${host}:${port}/`)).toMatchObject({ code: 'private_address', reached: false });
  });
  test.each(['ftp://example.com/', 'file:///etc/passwd', 'gopher://example.com/', 'example.com/in'])('is called over http and https only: not %s', async (url) => {
    const { call } = await target();
    expect(await call(url)).toMatchObject({ code: 'private_address', reached: false });
  });
  test('shares no connection with requests that are not guarded', async () => {
    const { call, hits, port } = await target();
    expect(await call(`http://127.0.0.1:${port}/first`, false)).toMatchObject({ status: 200 });
    expect(await call(`http://127.0.0.1:${port}/second`)).toMatchObject({ code: 'private_address' });
    expect(hits).toEqual(['/first']);
  });
  test('may be private where the operator allows it, and through the sandbox', async () => {
    const allowed = await target({ webhookAllowPrivate: true });
    expect(await allowed.call(`http://localhost:${allowed.port}/in`)).toMatchObject({ status: 200 });
    server!.closeAllConnections();
    await http!.close();
    await new Promise<void>((resolve) => server!.close(() => resolve()));
    const sandboxed = await target({ sandboxOrigin: 'itself' });
    expect(await sandboxed.call('http://192.168.1.1/in')).toMatchObject({ status: 200 });
    expect(sandboxed.hits).toEqual(['/192.168.1.1/in']);
  });

  const answering = (...addresses: string[]) => (_name: string, _options: unknown, callback: (error: null, found: LookupAddress[]) => void) =>
    callback(null, addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  const looked = (addresses: string[], options = {}) =>
    new Promise<unknown[]>((resolve) => publicLookup(answering(...addresses))('tracker.example', options, (...found) => resolve(found)));

  test('is looked at as it resolves: private answers are left out, and nothing is left where all are', async () => {
    expect(await looked(['10.0.0.1', '93.184.215.14'])).toEqual([null, '93.184.215.14', 4]);
    expect(await looked(['10.0.0.1', '93.184.215.14', '2606:2800:21f::1'], { all: true })).toEqual([null, [{ address: '93.184.215.14', family: 4 }, { address: '2606:2800:21f::1', family: 6 }]]);
    expect(await looked(['10.0.0.1', 'fd00::1'])).toEqual([expect.objectContaining({ code: 'private_address' }), []]);
  });
  test('is looked at when the connection is made: a name that turns private after it was public is refused', async () => {
    const { hits, port } = await target();
    let asked = 0;
    const connect = publicConnector(1_000, (name, options, callback) => {
      asked++;
      answering('127.0.0.1')(name, options, callback as never);
    });
    const options = { hostname: 'tracker.example', host: `tracker.example:${port}`, protocol: 'http:', port: String(port) };
    const error = await new Promise((resolve) => connect(options as never, ((failed: Error | null) => resolve(failed)) as never));
    expect(error).toMatchObject({ code: 'private_address' });
    expect(asked).toBe(1);
    expect(hits).toEqual([]);
  });
  test.each(['93.184.215.14', '8.8.8.8', '2606:4700:4700::1111'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
  test.each(['', 'example.com', '::ffff:8.8.8.8', '198.18.0.1', '240.0.0.1'])('"%s" is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

test('a handshake that fails is no request that may have arrived, whatever the code of the error', async () => {
  server = createServer((_req, res) => res.end());
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  http = createHttp({ platformTimeoutMs: 5_000, platformResponseMaxBytes: 1_000, sandboxOrigin: null, webhookAllowPrivate: false });
  // TLS to a server that speaks none.
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
  await expect(http.send({ method: 'POST', url, headers: {}, body: '{}' })).rejects.toMatchObject({ reached: false });
  await expect(http.send({ method: 'POST', url, headers: { 'x-odd': 'a\nb' }, body: '{}' })).rejects.toMatchObject({ reached: false });
});
