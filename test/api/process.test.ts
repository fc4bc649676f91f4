import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import type { Store } from '../../store/db.ts';
import { newId, newKey } from '../../store/ids.ts';
import { insertIntegration } from '../../store/integrations.ts';
import { insertProperty } from '../../store/properties.ts';
import { openTestStore } from '../harness.ts';

/** The API as a process: it starts without Temporal, says when it is ready, and stops without losing a request. */

let store: Store;
let child: ChildProcess;
let url: string;
let postbackKey: string;

beforeEach(async () => {
  store = await openTestStore();
  child = fork(fileURLToPath(new URL('../../api/main.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      ...process.env, API_PORT: '0', MONGODB_URI: inject('mongodbUri'), MONGODB_DATABASE: store.db.databaseName,
      TEMPORAL_ADDRESS: '127.0.0.1:1', TEMPORAL_CALL_TIMEOUT_MS: '500', SHUTDOWN_GRACE_MS: '3000',
    },
  });
  const [message] = (await once(child, 'message')) as [{ ready: boolean; port: number }];
  url = `http://127.0.0.1:${message.port}`;
  postbackKey = newKey();
  const property = { _id: newId(Date.now()), name: 'p', tagKey: newKey(), postbackKey, createdAt: new Date() };
  await insertProperty(store.db, property);
  const now = new Date();
  await insertIntegration(store.db, { _id: newId(Date.now()), propertyId: property._id, network: 'kma', settings: {}, secret: null, rules: null, version: 1, createdAt: now, updatedAt: now });
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await store.close();
});

test('it starts and takes postbacks while Temporal is down', async () => {
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true });
  expect((await fetch(`${url}/${postbackKey}/collect/kma?orderid=1&status=A`)).status).toBe(200);
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ ready: true, temporal: { ok: false } });
});

test('a postback answered 200 survives a kill -9', async () => {
  expect((await fetch(`${url}/${postbackKey}/collect/kma?orderid=1&status=A`)).status).toBe(200);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await store.db.collection('postbacks').countDocuments({ outcome: null })).toBe(1);
});

test.each(['SIGTERM', 'disconnect'])('on %s the request in flight is answered, then it exits with 0', async (how) => {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8');
  let answer = '';
  socket.on('data', (chunk: string) => (answer += chunk));
  socket.write(`POST /${postbackKey}/collect/kma HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 18\r\n\r\norderid=1`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const exited = once(child, 'exit');
  if (how === 'disconnect') child.disconnect();
  else child.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 200));
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  socket.write('&status=A');
  expect(await exited).toEqual([0, null]);
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(await store.db.collection('postbacks').countDocuments()).toBe(1);
});
