import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '../../store/db.ts';
import { beginReplayResult, endReplayResult, replayResultIndexes, replayResultsOf } from '../../store/replay-results.ts';
import { openTestStore } from '../harness.ts';
import { indexesOf } from './explained.ts';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 1) + seconds * 1000);
const end = { outcome: 'retried' as const, note: 'done', endedAt: at(9) };

let store: Store;
beforeAll(async () => {
  store = await openTestStore({ monitorCommands: true });
  await store.db.collection('replayResults').createIndexes(replayResultIndexes(86_400_000));
});
afterAll(() => store.close());

test('what was noted when it was begun stands, also for who begins it again, at the same time too', async () => {
  const begin = { replayId: 'r1', conversionId: 'p/kma/order:1', deliveryKeys: ['a'], startedAt: at(0) };
  const both = await Promise.all([beginReplayResult(store.db, begin), beginReplayResult(store.db, begin)]);
  expect(both.map(({ outcome }) => outcome)).toEqual([null, null]);
  await endReplayResult(store.db, { replayId: 'r1', conversionId: 'p/kma/order:1', ...end });
  expect(await beginReplayResult(store.db, { ...begin, deliveryKeys: [], startedAt: at(60) })).toMatchObject({ deliveryKeys: ['a'], startedAt: at(0), outcome: 'retried', note: 'done' });
});

test('an end without a beginning is kept: whose conversion could not be read is in the list, too', async () => {
  await endReplayResult(store.db, { replayId: 'r2', conversionId: 'c', ...end, outcome: 'failed' });
  expect(await replayResultsOf(store.db, 'r2', '', 10)).toMatchObject([{ conversionId: 'c', outcome: 'failed', deliveryKeys: [], startedAt: at(9) }]);
});

test('the list of a replay comes in pages, by conversion, without those of another', async () => {
  for (const [replayId, conversionId] of [['r3', 'c'], ['r3', 'a'], ['r4', 'b'], ['r3', 'b']] as const) {
    await beginReplayResult(store.db, { replayId, conversionId, deliveryKeys: [], startedAt: at(0) });
  }
  const ids = async (after: string) => (await replayResultsOf(store.db, 'r3', after, 2)).map(({ conversionId }) => conversionId);
  expect(await ids('')).toEqual(['a', 'b']);
  expect(await ids('b')).toEqual(['c']);
});

test('the list walks its index', async () => {
  expect(await indexesOf(store, (db) => replayResultsOf(db, 'r', 'a', 10))).toEqual(['replay_conversion']);
});
