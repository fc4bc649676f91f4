import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../store/db.ts';
import type { PostbackDoc, PostbackOutcome } from '../../store/documents.ts';
import { deferPostback, postbackIndexes, postbacksByIds, recordPostback, settlePostbacks, unsettledBefore } from '../../store/postbacks.ts';
import { openTestStore } from '../harness.ts';
import { openPlans } from './plan.ts';

let store: Store;
beforeAll(async () => void (store = await openTestStore()));
afterAll(() => store.close());
beforeEach(async () => {
  await store.db.collection('postbacks').deleteMany({});
  await store.db.collection('postbacks').createIndexes(postbackIndexes(86_400_000));
});

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const postback = (_id: string, changes: Partial<PostbackDoc> = {}): PostbackDoc => ({
  _id, propertyId: 'p', network: 'kma', method: 'GET', query: 'orderid=1', contentType: null, body: null, ip: '1.2.3.4', userAgent: null,
  receivedAt: at(0), conversionId: 'p/kma/order:1', outcome: null, tries: 0, nextTryAt: null, lastError: null, ...changes,
});
const applied = (reason = 'first'): PostbackOutcome => ({ effect: 'applied', reason, conversionId: 'p/kma/order:1', at: at(1) });
const ids = async (before: Date, limit = 10) => (await unsettledBefore(store.db, before, limit)).map(({ _id }) => _id);

test('one without an outcome is due from its arrival on, or from the time it was given; longest due first', async () => {
  await recordPostback(store.db, postback('a', { receivedAt: at(20) }));
  await recordPostback(store.db, postback('b', { receivedAt: at(10) }));
  await recordPostback(store.db, postback('c', { receivedAt: at(0), nextTryAt: at(60) }));
  await recordPostback(store.db, postback('d', { outcome: applied(), nextTryAt: at(5) }));
  expect(await ids(at(61))).toEqual(['b', 'a', 'c']);
  expect(await ids(at(60))).toEqual(['b', 'a']);
  expect(await ids(at(61), 1)).toEqual(['b']);
});

test('one that fails again and again moves behind the others and says why', async () => {
  await recordPostback(store.db, postback('bad'));
  await recordPostback(store.db, postback('good', { receivedAt: at(30) }));
  await deferPostback(store.db, 'bad', { nextTryAt: at(90), lastError: 'Temporal does not answer.' });
  expect(await ids(at(60))).toEqual(['good']);
  expect(await ids(at(91))).toEqual(['good', 'bad']);
  expect(await postbacksByIds(store.db, ['bad'])).toMatchObject([{ tries: 1, lastError: 'Temporal does not answer.', nextTryAt: at(90) }]);
});

test('an outcome is written once; a repeat changes nothing, reprocessing does', async () => {
  await recordPostback(store.db, postback('a'));
  await settlePostbacks(store.db, [{ id: 'a', outcome: applied() }, { id: 'missing', outcome: applied() }]);
  await settlePostbacks(store.db, [{ id: 'a', outcome: applied('second') }]);
  expect(await postbacksByIds(store.db, ['a'])).toMatchObject([{ outcome: applied(), nextTryAt: null }]);
  await settlePostbacks(store.db, [{ id: 'a', outcome: applied('again') }], { overwrite: true });
  expect(await postbacksByIds(store.db, ['a'])).toMatchObject([{ outcome: applied('again') }]);
  await settlePostbacks(store.db, []);
});

test('a try that comes too late does not open a settled one again', async () => {
  await recordPostback(store.db, postback('a'));
  await settlePostbacks(store.db, [{ id: 'a', outcome: applied() }]);
  await deferPostback(store.db, 'a', { nextTryAt: at(90), lastError: null });
  expect(await postbacksByIds(store.db, ['a'])).toMatchObject([{ tries: 0, nextTryAt: null }]);
  expect(await ids(at(1_000))).toEqual([]);
});

test('they are read in the order of their ids', async () => {
  for (const id of ['b', 'a', 'c']) await recordPostback(store.db, postback(id));
  expect((await postbacksByIds(store.db, ['c', 'a', 'x', 'b'])).map(({ _id }) => _id)).toEqual(['a', 'b', 'c']);
});

test('every question walks its index', async () => {
  await recordPostback(store.db, postback('a'));
  const plans = await openPlans(store.db.databaseName);
  expect(await plans.indexes((db) => unsettledBefore(db, at(60), 10))).toEqual(['unsettled']);
  expect(await plans.indexes((db) => postbacksByIds(db, ['a', 'b']))).toEqual(['_id_']);
  expect(await plans.indexes((db) => deferPostback(db, 'a', { nextTryAt: at(1), lastError: null }))).toEqual(['_id_']);
  expect(await plans.indexes((db) => settlePostbacks(db, [{ id: 'a', outcome: applied() }]))).toEqual(['_id_']);
  await plans.close();
});
