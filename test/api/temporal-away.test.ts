import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStarter } from '../../api/starter.ts';
import { startApi, type TestApi } from './harness.ts';

/** Temporal away or slow: its callers do not notice, and what it did not hear is left for the relay. */

let api: TestApi;
beforeAll(async () => void (api = await startApi({ temporalAddress: '127.0.0.1:1', startsMax: 3 })));
afterAll(() => api.close());

test('with Temporal down a postback is answered 200 and lies there without an outcome', async () => {
  const { property, collect } = await api.kma();
  const statuses = await Promise.all(Array.from({ length: 20 }, async (_, n) => (await fetch(`${collect}?orderid=${n}&status=A`)).status));
  expect(new Set(statuses)).toEqual(new Set([200]));
  const postbacks = await api.postbacks(property);
  expect(postbacks).toHaveLength(20);
  expect(postbacks.every(({ outcome, nextTryAt }) => outcome === null && nextTryAt !== null)).toBe(true);
});

test('the calls to Temporal end at their deadline, so that closing does not hang', async () => {
  // An hour would be the test's own end: the calls must end by themselves, and then there is room for others.
  await api.deps.starter.drain(3_600_000);
  expect(api.deps.starter.offer({ conversionId: 'p/kma/order:1', propertyId: 'p', network: 'kma' }, { postbackId: 'x' })).toBe(true);
});

test('readyz tells of it and stays 200, since postbacks are taken all the same', async () => {
  const response = await fetch(`${api.url}/readyz`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ ready: true, mongodb: { ok: true }, temporal: { ok: false } });
});

test('at most startsMax calls are in flight; what is over the limit is turned away and not queued', async () => {
  const release: (() => void)[] = [];
  const starter = createStarter({ signal: () => new Promise((resolve) => release.push(resolve)), max: 2, log: pino({ level: 'silent' }) });
  const conversion = { conversionId: 'p/kma/order:1', propertyId: 'p', network: 'kma' };
  const offer = () => starter.offer(conversion, { postbackId: 'x' });
  expect([offer(), offer(), offer()]).toEqual([true, true, false]);
  release.pop()!();
  await new Promise((resolve) => setImmediate(resolve));
  expect(offer()).toBe(true);
  let drained = false;
  const draining = starter.drain(5_000).then(() => (drained = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(drained).toBe(false);
  for (const each of release) each();
  await draining;
});
