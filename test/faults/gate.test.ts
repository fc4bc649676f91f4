import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openGate, type Gate, type GateMode } from '../../dev/faults/gate.ts';

/** The gate through which servers are taken away: what a caller sees, and whether the server behind it saw the call. */

let gate: Gate;
let seen: number;
const server = createServer((req, res) => {
  req.resume();
  seen++;
  res.end('x'.repeat(1000));
});
beforeEach(async () => {
  seen = 0;
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  gate = await openGate((server.address() as AddressInfo).port);
});
afterEach(async () => {
  await gate.close();
  await new Promise((done) => server.close(done).closeAllConnections());
});

const call = (timeoutMs = 5000): Promise<string> =>
  fetch(`http://127.0.0.1:${gate.port}/`, { signal: AbortSignal.timeout(timeoutMs) })
    .then(async (answer) => String((await answer.text()).length))
    .catch((error: Error & { cause?: { code?: string } }) => error.cause?.code ?? error.name);

test.each<[GateMode, string | RegExp, number]>([
  ['open', '1000', 1],
  ['refuse', 'ECONNREFUSED', 0],
  ['reset', 'ECONNRESET', 0],
  ['slow', '1000', 1],
  ['half', /UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|ECONNRESET|TypeError/, 1],
  ['swallow', /UND_ERR_SOCKET|ECONNRESET/, 1],
])('a gate that is %s gives %s', async (mode, answer, calls) => {
  await gate.set(mode);
  expect(await call()).toMatch(answer);
  expect(seen).toBe(calls);
});

test('a gate that hangs answers when it is opened, and connections that were there before are held, too', async () => {
  expect(await call()).toBe('1000');
  await gate.set('hang');
  const held = call();
  expect(await call(300)).toBe('TimeoutError');
  await gate.set('open');
  expect(await held).toBe('1000');
});

test('a gate that refused is there again on the same port', async () => {
  await gate.set('refuse');
  await gate.set('open');
  expect(await call()).toBe('1000');
});
