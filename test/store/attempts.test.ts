import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { attemptIndexes, attemptsOf, beginAttempt, endAttempt, foldAttempt } from '../../store/attempts.ts';
import type { Store } from '../../store/db.ts';
import type { AttemptDoc } from '../../store/documents.ts';
import { openTestStore } from '../harness.ts';
import { indexesOf } from './explained.ts';

let store: Store;
beforeAll(async () => {
  store = await openTestStore({ monitorCommands: true });
  await store.db.collection('attempts').createIndexes(attemptIndexes(86_400_000));
});
afterAll(() => store.close());
beforeEach(async () => void (await store.db.collection('attempts').deleteMany({})));

const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 1) + seconds * 1000);
const attempt = (number: number, changes: Partial<AttemptDoc> = {}): AttemptDoc => ({
  _id: `a${number}${changes.deliveryKey ?? ''}`, conversionId: 'c', deliveryKey: 'd', propertyId: 'p', destinationId: 'meta', platform: 'meta', destinationVersion: 1, number,
  startedAt: at(number), endedAt: null, request: { method: 'POST', url: 'https://graph.facebook.com/', headers: {}, body: '{}' }, response: null, outcome: null, count: 1, ...changes,
});
const failedWith = (status: number | null, code: string, kind = 'retry'): Pick<AttemptDoc, 'endedAt' | 'response' | 'outcome'> =>
  ({ endedAt: at(99), response: status === null ? null : { status, headers: {}, body: 'no' }, outcome: { kind, code, message: 'no' } });
/** Each ends and is folded, as the deliverer does it. */
async function run(number: number, end: ReturnType<typeof failedWith>, changes: Partial<AttemptDoc> = {}): Promise<void> {
  const begun = attempt(number, changes);
  await beginAttempt(store.db, begun);
  await endAttempt(store.db, begun._id, { ...end, endedAt: at(number + 1) });
  await foldAttempt(store.db, { ...begun, ...end, endedAt: at(number + 1) });
}
const kept = async () => (await attemptsOf(store.db, 'c')).map(({ deliveryKey, number, count }) => `${deliveryKey} ${number} x${count}`);

test('an attempt is there before its end is known, and whole after it', async () => {
  await beginAttempt(store.db, attempt(1));
  expect(await attemptsOf(store.db, 'c')).toEqual([attempt(1)]);
  await endAttempt(store.db, 'a1', failedWith(500, '2'));
  expect(await attemptsOf(store.db, 'c')).toEqual([{ ...attempt(1), ...failedWith(500, '2') }]);
});

test('attempts are read by delivery, oldest first, and only those of the conversion', async () => {
  for (const [number, deliveryKey] of [[2, 'e'], [1, 'e'], [1, 'd']] as const) await beginAttempt(store.db, attempt(number, { deliveryKey }));
  await beginAttempt(store.db, attempt(9, { conversionId: 'other' }));
  expect(await kept()).toEqual(['d 1 x1', 'e 1 x1', 'e 2 x1']);
});

test('attempts that fail alike in a row are one document, which says how many, when it began and when it ended', async () => {
  for (const number of [1, 2, 3]) await run(number, failedWith(503, '2'));
  expect(await attemptsOf(store.db, 'c')).toMatchObject([{ _id: 'a1', number: 3, count: 3, startedAt: at(1), endedAt: at(4) }]);
});

test.each([
  ['code', failedWith(503, '4')], ['HTTP status', failedWith(500, '2')], ['kind', failedWith(503, '2', 'accepted')], ['lack of an answer', failedWith(null, '2')],
])('one with another %s is kept by itself', async (_what, other) => {
  await run(1, failedWith(503, '2'));
  await run(2, other);
  await run(3, failedWith(503, '2'));
  expect(await kept()).toEqual(['d 1 x1', 'd 2 x1', 'd 3 x1']);
});

test('one whose end nobody knows is folded into nothing, and nothing into it', async () => {
  await beginAttempt(store.db, attempt(1));
  await run(2, failedWith(503, '2'));
  expect(await kept()).toEqual(['d 1 x1', 'd 2 x1']);
});

test('attempts of another delivery are no predecessors', async () => {
  await run(1, failedWith(503, '2'), { deliveryKey: 'e' });
  await run(2, failedWith(503, '2'));
  expect(await kept()).toEqual(['d 2 x1', 'e 1 x1']);
});

test('every question walks its index', async () => {
  await beginAttempt(store.db, { ...attempt(1), ...failedWith(503, '2') });
  await beginAttempt(store.db, { ...attempt(2), ...failedWith(503, '2') });
  expect(await indexesOf(store, (db) => attemptsOf(db, 'c'))).toEqual(['byDelivery']);
  expect(await indexesOf(store, (db) => endAttempt(db, 'a2', failedWith(503, '2')))).toEqual(['_id_']);
  expect(await indexesOf(store, (db) => foldAttempt(db, { ...attempt(2), ...failedWith(503, '2') }))).toEqual(['byDelivery', '_id_', '_id_']);
});
