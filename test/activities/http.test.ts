import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createHttp, HttpError, type Http } from '../../activities/http.ts';

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
  http = createHttp({ platformTimeoutMs: 5_000, platformResponseMaxBytes: 1_000, sandboxOrigin: null, ...limits });
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
