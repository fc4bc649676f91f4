import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRefuser, type Refusal } from '../../api/refuser.ts';
import type { Store } from '../../store/db.ts';
import { newId } from '../../store/ids.ts';
import { countRefusals, refusalIndexes, refusalsOf } from '../../store/refusals.ts';
import { openTestStore } from '../harness.ts';
import { openPlans } from './plan.ts';

let store: Store;
beforeAll(async () => {
  store = await openTestStore();
  await store.db.collection('refusals').createIndexes(refusalIndexes(86_400_000));
});
afterAll(() => store.close());

const refusal = (propertyId: string, code: string, body: Uint8Array | null = null): Refusal => ({
  _id: newId(Date.now()),
  propertyId, network: 'kma', code, reason: 'A sentence.', method: 'GET', query: 'a=1', contentType: null, body, ip: '1.2.3.4', receivedAt: new Date(),
});
const refuser = (max: number) => createRefuser({ db: store.db, max, log: pino({ level: 'silent' }) });

test('a flood of unchecked calls fills three quarters and pushes nothing out; what passed the checks finds room', async () => {
  const { keep } = refuser(8);
  expect(await keep(refusal('p', 'body_invalid'), true)).toBe(true);
  const kept: boolean[] = [];
  for (let n = 0; n < 20; n += 1) kept.push(await keep(refusal('p', 'secret_refused'), false));
  expect(kept.filter(Boolean)).toHaveLength(5);
  expect(await keep(refusal('p', 'body_invalid'), true)).toBe(true);
  expect(await keep(refusal('p', 'body_invalid'), true)).toBe(true);
  expect(await keep(refusal('p', 'body_invalid'), true)).toBe(false);
  expect(await countRefusals(store.db, 'p', 100)).toBe(8);
  expect((await refusalsOf(store.db, 'p', 100)).filter(({ code }) => code === 'body_invalid')).toHaveLength(3);
});

test('the cap is one for each property and holds over a restart', async () => {
  expect(await refuser(8).keep(refusal('p', 'body_invalid'), true)).toBe(false);
  expect(await refuser(8).keep(refusal('q', 'body_invalid'), true)).toBe(true);
});

test('bodies over 64 KiB are not kept, the call is', async () => {
  await refuser(8).keep(refusal('r', 'body_invalid', new Uint8Array(64 * 1024)), true);
  await refuser(8).keep(refusal('r', 'body_invalid', new Uint8Array(64 * 1024 + 1)), true);
  expect((await refusalsOf(store.db, 'r', 10)).map(({ body }) => body?.length() ?? null).toSorted()).toEqual([64 * 1024, null]);
});

test('every question walks its index', async () => {
  const plans = await openPlans(store.db.databaseName);
  expect(await plans.indexes((db) => refusalsOf(db, 'p', 10))).toEqual(['property_newest']);
  expect(await plans.indexes((db) => countRefusals(db, 'p', 10))).toEqual(['property_newest']);
  await plans.close();
});
