import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '../../store/db.ts';
import { conversionsAmong, conversionsOfClick, countParked, failedSendable, listConversions, overdueConversions, type ConversionFilter } from '../../store/conversion-lists.ts';
import { conversionIndexes } from '../../store/conversions.ts';
import type { PostbackDoc } from '../../store/documents.ts';
import { countStuckPostbacks, listPostbacks, listStuckPostbacks, oldestStuckPostbacks, postbacksOfConversion } from '../../store/postback-lists.ts';
import { postbackIndexes } from '../../store/postbacks.ts';
import { openTestStore } from '../harness.ts';
import { openPlans } from './plan.ts';

/** Lists for operators: what a filter finds, that pages join without a gap while new ones come, and that each walks an index. */

let store: Store;
let plans: Awaited<ReturnType<typeof openPlans>>;
beforeAll(async () => {
  store = await openTestStore();
  await store.db.collection('conversions').createIndexes(conversionIndexes);
  await store.db.collection('postbacks').createIndexes(postbackIndexes(86_400_000));
  plans = await openPlans(store.db.databaseName);
  await store.db.collection<{ _id: string }>('conversions').insertMany([
    doc('a', 1, 'pending', [['m', 'delivered']]),
    doc('b', 2, 'approved', [['m', 'parked'], ['g', 'delivered']], { clickId: 'click1', dueAt: at(3) }),
    doc('c', 3, 'approved', [['m', 'delivered'], ['g', 'failed']], { clickId: 'click1' }),
    // At the same moment: the id decides.
    doc('d', 3, 'rejected', [['g', 'cancelled']], { network: 'partnerize' }),
    doc('z', 9, 'approved', [['m', 'failed']], { propertyId: 'other' }),
  ]);
  await store.db.collection<PostbackDoc>('postbacks').insertMany([
    postback('1', 'applied'), postback('2', 'unknown'), postback('3', null), postback('4', 'duplicate'), postback('5', null, 50), { ...postback('6', null), propertyId: 'other' },
  ]);
});
afterAll(async () => {
  await plans.close();
  await store.close();
});

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const doc = (_id: string, second: number, status: string, deliveries: [string, string][], more: object = {}) => ({
  _id, propertyId: 'p', network: 'kma', status, clickId: null, history: [], revision: 1, createdAt: at(second), updatedAt: at(second), dueAt: null,
  deliveries: deliveries.map(([destinationId, state]) => ({ key: `${destinationId}/Lead`, destinationId, state, deadlineAtMs: at(100).getTime() })),
  openDestinations: deliveries.filter(([, state]) => state === 'parked' || state === 'failed').map(([id]) => id),
  parkedDestinations: deliveries.filter(([, state]) => state === 'parked').map(([id]) => id),
  ...more,
});
const postback = (_id: string, effect: string | null, second = 0) => ({
  _id, propertyId: 'p', network: 'kma', query: '', conversionId: 'p/kma/order:1', receivedAt: at(second),
  outcome: effect && { effect, reason: 'r', conversionId: null, at: at(1) }, nextTryAt: effect ? null : at(60),
}) as unknown as PostbackDoc;
const find = async (filter: Omit<ConversionFilter, 'propertyId'>) => (await listConversions(store.db, { propertyId: 'p', ...filter }, null, 10)).map((each) => each.conversion.id);

test('a list is newest first, of one property, and every part of the filter narrows it', async () => {
  expect(await find({})).toEqual(['d', 'c', 'b', 'a']);
  expect(await find({ network: 'partnerize' })).toEqual(['d']);
  expect(await find({ status: 'approved' })).toEqual(['c', 'b']);
  expect(await find({ destinationId: 'g' })).toEqual(['d', 'c', 'b']);
  expect(await find({ outcome: 'delivered' })).toEqual(['c', 'b', 'a']);
  expect(await find({ destinationId: 'g', outcome: 'delivered' })).toEqual(['b']);
  expect(await find({ destinationId: 'g', outcome: 'parked' })).toEqual([]);
  expect(await find({ destinationId: 'm', outcome: 'parked' })).toEqual(['b']);
  expect(await find({ open: true })).toEqual(['c', 'b']);
  expect(await find({ open: false })).toEqual(['d', 'a']);
  expect(await find({ open: true, status: 'approved', destinationId: 'g' })).toEqual(['c']);
  expect(await find({ from: at(2), to: at(3) })).toEqual(['b']);
});

test('pages join without a gap or a repeat, also where two are of the same moment and new ones come in between', async () => {
  const seen: string[] = [];
  let after: { at: Date; id: string } | null = null;
  for (let page = 0; page < 4; page++) {
    const [one] = await listConversions(store.db, { propertyId: 'p' }, after, 1);
    seen.push(one!.conversion.id);
    after = { at: one!.createdAt, id: one!.conversion.id };
    await store.db.collection<{ _id: string }>('conversions').insertOne(doc(`new${page}`, 10 + page, 'pending', []));
  }
  await store.db.collection<{ _id: string }>('conversions').deleteMany({ _id: /^new/ as never });
  expect(seen).toEqual(['d', 'c', 'b', 'a']);
});

test('what needs a person: overdue, failed and still sendable, parked', async () => {
  expect(await overdueConversions(store.db, at(4), 10)).toEqual({ count: 1, list: [{ conversionId: 'b', status: 'approved', dueAt: at(3) }] });
  expect(await overdueConversions(store.db, at(3), 10)).toEqual({ count: 0, list: [] });
  expect(await failedSendable(store.db, 'p', at(99).getTime(), 10)).toMatchObject({ count: 1, list: [{ conversion: { id: 'c' } }] });
  expect(await failedSendable(store.db, 'p', at(100).getTime(), 10)).toEqual({ count: 0, list: [] });
  expect(await countParked(store.db, 'm')).toBe(1);
});

test('postbacks: newest first, by outcome, those that are stuck, those of a conversion', async () => {
  const ids = async (found: Promise<PostbackDoc[]>) => (await found).map(({ _id }) => _id);
  expect(await ids(listPostbacks(store.db, { propertyId: 'p' }, null, 10))).toEqual(['5', '4', '3', '2', '1']);
  expect(await ids(listPostbacks(store.db, { propertyId: 'p' }, '3', 1))).toEqual(['2']);
  expect(await ids(listPostbacks(store.db, { propertyId: 'p', outcome: 'unknown' }, null, 10))).toEqual(['2']);
  expect(await ids(listPostbacks(store.db, { propertyId: 'p', outcome: 'applied' }, null, 10))).toEqual(['1']);
  expect(await ids(listStuckPostbacks(store.db, 'p', at(50), null, 10))).toEqual(['3']);
  expect(await ids(listStuckPostbacks(store.db, 'p', at(51), null, 10))).toEqual(['5', '3']);
  expect(await ids(oldestStuckPostbacks(store.db, at(50), 10))).toEqual(['3', '6']);
  expect(await countStuckPostbacks(store.db, at(50), 10)).toBe(2);
  expect(await ids(postbacksOfConversion(store.db, 'p/kma/order:1', 2))).toEqual(['1', '2']);
});

test.each<[string, string[], (db: Store['db']) => Promise<unknown>]>([
  ['the list of a property', ['newest'], (db) => listConversions(db, { propertyId: 'p' }, { at: at(5), id: 'x' }, 5)],
  ['... by status', ['byStatus'], (db) => listConversions(db, { propertyId: 'p', status: 'pending' }, { at: at(5), id: 'x' }, 5)],
  ['... of what is open', ['open'], (db) => listConversions(db, { propertyId: 'p', open: true }, { at: at(5), id: 'x' }, 5)],
  ['... parked at a destination', ['open'], (db) => listConversions(db, { propertyId: 'p', destinationId: 'm', outcome: 'parked' }, null, 5)],
  ['by ids', ['_id_'], (db) => conversionsAmong(db, ['a', 'b'], { propertyId: 'p' })],
  ['by click', ['byClick'], (db) => conversionsOfClick(db, 'click1', { propertyId: 'p' }, 5)],
  ['overdue', ['due', 'due'], (db) => overdueConversions(db, at(5), 5)],
  ['failed', ['open', 'open'], (db) => failedSendable(db, 'p', 0, 5)],
  ['parked', ['parkedInOrder'], (db) => countParked(db, 'm')],
  ['postbacks', ['newest'], (db) => listPostbacks(db, { propertyId: 'p' }, '9', 5)],
  ['unknown postbacks', ['odd'], (db) => listPostbacks(db, { propertyId: 'p', outcome: 'unknown' }, '9', 5)],
  ['stuck postbacks of a property', ['unsettled'], (db) => listStuckPostbacks(db, 'p', at(99), '9', 5)],
  ['stuck postbacks', ['unsettled'], (db) => oldestStuckPostbacks(db, at(99), 5)],
  ['the count of stuck postbacks', ['unsettled'], (db) => countStuckPostbacks(db, at(99), 5)],
  ['postbacks of a conversion', ['byConversion'], (db) => postbacksOfConversion(db, 'c', 5)],
])('%s walks %s', async (_, indexes, ask) => {
  expect((await plans.indexes(ask)).sort()).toEqual(indexes);
});
