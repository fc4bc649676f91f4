import { Decimal128 } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Conversion, Delivery } from '../../domain/conversion.ts';
import {
  changeDelivery, conversionById, conversionIndexes, conversionsOf, conversionsToReplay, deferDue, destinationsWithParked, overdue, parkedAt, saveConversion, waitersFor, waitingAfter,
} from '../../store/conversions.ts';
import type { Store } from '../../store/db.ts';
import type { ConversionDoc } from '../../store/documents.ts';
import { openTestStore } from '../harness.ts';
import { report, story } from '../unit/conversions.ts';
import { indexesOf } from './explained.ts';

let store: Store;
beforeAll(async () => {
  store = await openTestStore({ monitorCommands: true });
  await store.db.collection('conversions').createIndexes(conversionIndexes);
});
afterAll(() => store.close());
beforeEach(async () => void (await store.db.collection('conversions').deleteMany({})));

const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 1) + seconds * 1000);
const NO_TIMES = { dueAt: null, restDueAt: null };

/** A conversion with a Lead for each destination, as planning makes it. */
function conversion(id: string, destinations: string[] = ['meta'], changes: Partial<Conversion> = {}): Conversion {
  const made = story([{ report: report('pending', { amount: '12.50', currency: 'EUR' }) }], { accept: false }).conversion;
  const deliveries = destinations.map((each): Delivery => ({ ...made.deliveries[0]!, key: `${each}/Lead/1/event/1`, destinationId: each }));
  return { ...structuredClone(made), id, deliveries, ...changes };
}
const save = async (made: Conversion, times: { dueAt: Date | null; restDueAt: Date | null } = NO_TIMES) =>
  expect(await saveConversion(store.db, made, null, times, at(0))).toBe(true);
const docOf = async (id: string) => (await store.db.collection<ConversionDoc>('conversions').findOne({ _id: id }))!;
const ids = (found: { conversionId: string }[]) => found.map((each) => each.conversionId);
const key = (destination: string) => `${destination}/Lead/1/event/1`;
const change = (
  destination: string, patch: Parameters<typeof changeDelivery>[4],
  { from = ['planned', 'parked', 'accepted', 'failed'], inFlightSinceMs = null }: { from?: Delivery['state'][]; inFlightSinceMs?: number | null } = {},
) => changeDelivery(store.db, 'c', { key: key(destination), inFlightSinceMs }, from, patch, at(1));

describe('money', () => {
  const AMOUNTS = {
    plain: '1200.50', zero: '0', 'trailing zeros': '10.00', negative: '-7.25', large: '9'.repeat(34), 'large with zeros': `1${'0'.repeat(30)}`,
    tiny: `0.${'0'.repeat(40)}1`, 'tiny negative': `-0.${'0'.repeat(40)}12`, '35 digits': '1'.repeat(35), '40 digits with a point': `-${'1'.repeat(20)}.${'2'.repeat(20)}`,
  };
  test.each(Object.entries(AMOUNTS))('%s comes back digit by digit, in the state, the history and the deliveries', async (_name, amount) => {
    const made = conversion('c', ['meta'], { amount, orderValue: amount });
    made.history[0]!.amount = amount;
    made.deliveries[0]!.value = amount;
    await save(made);
    expect((await conversionById(store.db, 'c'))!.conversion).toEqual(made);
  });

  test('lies as Decimal128 in MongoDB, and as text where it has more than 34 digits', async () => {
    await save(conversion('c', [], { amount: '12.50', orderValue: '1'.repeat(35) }));
    const { amount, orderValue } = await docOf('c');
    expect(amount).toEqual(Decimal128.fromString('12.50'));
    expect(orderValue).toBe('1'.repeat(35));
  });

  test('an amount that was never said stays null', async () => {
    await save(conversion('c', [], { amount: null, currency: null }));
    expect((await conversionById(store.db, 'c'))!.conversion.amount).toBeNull();
  });
});

describe('the guarded write', () => {
  test('is refused where somebody wrote since the revision that was read, and nothing is lost', async () => {
    await save(conversion('c', ['meta']));
    const { revision, conversion: read } = (await conversionById(store.db, 'c'))!;
    await change('meta', { state: 'delivered' });
    expect(await saveConversion(store.db, { ...read, status: 'approved' }, revision, NO_TIMES, at(2))).toBe(false);
    const now = (await conversionById(store.db, 'c'))!;
    expect(now).toMatchObject({ revision: revision + 1, conversion: { status: 'pending', deliveries: [{ state: 'delivered' }] } });
    expect(await saveConversion(store.db, { ...now.conversion, status: 'approved' }, now.revision, NO_TIMES, at(3))).toBe(true);
    expect((await conversionById(store.db, 'c'))!).toMatchObject({ revision: revision + 2, conversion: { status: 'approved', deliveries: [{ state: 'delivered' }] } });
  });

  test('of two that make the same conversion at once, one is refused', async () => {
    const both = await Promise.all([1, 2].map(() => saveConversion(store.db, conversion('c'), null, NO_TIMES, at(0))));
    expect(both.sort()).toEqual([false, true]);
  });

  test('tells which destinations are open and which are parked', async () => {
    const made = conversion('c', ['a', 'b', 'd']);
    made.deliveries[0]!.state = 'parked';
    made.deliveries[1]!.state = 'failed';
    await save(made);
    expect(await docOf('c')).toMatchObject({ openDestinations: ['a', 'b'], parkedDestinations: ['a'], createdAt: at(0), updatedAt: at(0) });
  });
});

describe('changeDelivery', () => {
  test('changes one delivery beside a concurrent change of another: both are kept, and the revision counts both', async () => {
    await save(conversion('c', ['a', 'b']));
    await Promise.all([change('a', { state: 'delivered', attempts: 1 }), change('b', { state: 'parked', reason: 'token' })]);
    const { revision, conversion: now } = (await conversionById(store.db, 'c'))!;
    expect(revision).toBe(3);
    expect(now.deliveries).toMatchObject([{ state: 'delivered', attempts: 1 }, { state: 'parked', reason: 'token' }]);
  });

  test('of two that want the same delivery from the same state, one gets it', async () => {
    await save(conversion('c', ['a']));
    const both = await Promise.all(['delivered', 'cancelled'].map((state) => change('a', { state: state as 'delivered' }, { from: ['planned'] })));
    expect(both.filter((each) => each !== null)).toHaveLength(1);
  });

  test('gives null and changes nothing where the state does not fit, or there is no such delivery', async () => {
    await save(conversion('c', ['a']));
    const before = await docOf('c');
    expect(await change('a', { state: 'delivered' }, { from: ['parked'] })).toBeNull();
    expect(await change('nowhere', { state: 'delivered' })).toBeNull();
    expect(await docOf('c')).toEqual(before);
  });

  test('keeps openDestinations and parkedDestinations true', async () => {
    await save(conversion('c', ['a', 'b']));
    await change('b', { state: 'failed' });
    await change('a', { state: 'parked' });
    expect(await docOf('c')).toMatchObject({ openDestinations: ['a', 'b'], parkedDestinations: ['a'] });
    await change('a', { state: 'delivered' });
    expect(await docOf('c')).toMatchObject({ openDestinations: ['b'], parkedDestinations: [] });
  });

  test('is refused where another attempt has begun, or ended, since the delivery was read', async () => {
    await save(conversion('c', ['a']));
    expect(await change('a', { inFlightSinceMs: 5 })).not.toBeNull();
    expect(await change('a', { inFlightSinceMs: 6 })).toBeNull();
    expect(await change('a', { inFlightSinceMs: null }, { inFlightSinceMs: 5 })).not.toBeNull();
    expect(await change('a', { state: 'delivered' }, { inFlightSinceMs: 5 })).toBeNull();
    expect((await conversionById(store.db, 'c'))!).toMatchObject({ revision: 3, conversion: { deliveries: [{ state: 'planned', inFlightSinceMs: null }] } });
  });

  test('makes dueAt the first moment by which an open delivery acts or a wait ends', async () => {
    await save(conversion('c', ['a', 'b']), { dueAt: at(50), restDueAt: at(9_000) });
    await change('a', { actsByMs: at(100).getTime() });
    expect((await docOf('c')).dueAt).toEqual(at(100));
    await change('b', { actsByMs: at(70).getTime() });
    expect((await docOf('c')).dueAt).toEqual(at(70));
    await change('b', { state: 'delivered' });
    expect((await docOf('c')).dueAt).toEqual(at(100));
    await change('a', { actsByMs: at(20_000).getTime() });
    expect((await docOf('c')).dueAt).toEqual(at(9_000));
    await change('a', { state: 'delivered' });
    expect((await docOf('c')).dueAt).toEqual(at(9_000));
  });

  test('leaves a conversion that rests for good without dueAt', async () => {
    await save(conversion('c', ['a']), { dueAt: at(50), restDueAt: null });
    await change('a', { state: 'delivered' });
    expect((await docOf('c')).dueAt).toBeNull();
  });

  test('takes words that MongoDB would read as fields or operators as the text they are', async () => {
    await save(conversion('c', ['a']));
    const after = await change('a', { state: 'failed', reason: '$deliveries', code: '$$ROOT', sent: { orderId: '$revision' } });
    expect(after!.deliveries[0]).toMatchObject({ reason: '$deliveries', code: '$$ROOT', sent: { orderId: '$revision' } });
  });
});

describe('questions', () => {
  const waiting = (waitingFor: string[], more: Partial<Conversion> = {}): Partial<Conversion> => ({ attribution: 'waiting', waitingFor, ...more });
  const state = (value: Delivery['state'], made: Conversion) => {
    for (const delivery of made.deliveries) delivery.state = value;
    return made;
  };

  test('waitersFor: those of this property that wait for this click, and no longer', async () => {
    await save(conversion('c1', [], waiting(['x', 'y'])));
    await save(conversion('c2', [], waiting(['y'])));
    await save(conversion('c3', [], waiting(['x'], { propertyId: 'other' })));
    await save(conversion('c4', [], { attribution: 'matched', waitingFor: ['x'] }));
    expect(await waitersFor(store.db, 'p', 'x')).toEqual([{ conversionId: 'c1', propertyId: 'p', network: 'kma', waitingFor: ['x', 'y'] }]);
    expect(ids(await waitersFor(store.db, 'p', 'y')).sort()).toEqual(['c1', 'c2']);
  });

  test('waitingAfter: every waiting one once, page by page', async () => {
    for (const id of ['c3', 'c1', 'c2']) await save(conversion(id, [], waiting(['x'])));
    await save(conversion('c0', [], { attribution: 'unattributed' }));
    expect(ids(await waitingAfter(store.db, '', 2))).toEqual(['c1', 'c2']);
    expect(ids(await waitingAfter(store.db, 'c2', 2))).toEqual(['c3']);
    expect(await waitingAfter(store.db, 'c3', 2)).toEqual([]);
  });

  test('overdue: longest overdue first, not what is due later or never; one that was deferred lets the others pass', async () => {
    await save(conversion('late', []), { dueAt: at(20), restDueAt: null });
    await save(conversion('later', []), { dueAt: at(10), restDueAt: null });
    await save(conversion('not yet', []), { dueAt: at(60), restDueAt: null });
    await save(conversion('never', []));
    expect(ids(await overdue(store.db, at(60), 10))).toEqual(['later', 'late']);
    expect(ids(await overdue(store.db, at(60), 1))).toEqual(['later']);
    await deferDue(store.db, 'later', at(90));
    expect(ids(await overdue(store.db, at(60), 10))).toEqual(['late']);
  });

  test('deferDue: a write of the whole that was decided before is refused; what rests for good stays at rest', async () => {
    await save(conversion('c', []), { dueAt: at(20), restDueAt: null });
    await save(conversion('rests', []));
    await deferDue(store.db, 'c', at(90));
    await deferDue(store.db, 'rests', at(90));
    expect(await saveConversion(store.db, conversion('c', []), 1, NO_TIMES, at(1))).toBe(false);
    expect(await docOf('rests')).toMatchObject({ dueAt: null, revision: 1 });
  });

  test('destinationsWithParked and parkedAt: each destination once, and what is parked there', async () => {
    await save(state('parked', conversion('c1', ['a', 'b'])));
    await save(state('parked', conversion('c2', ['b'])));
    await save(state('failed', conversion('c3', ['d'])));
    expect((await destinationsWithParked(store.db)).sort()).toEqual(['a', 'b']);
    expect(ids(await parkedAt(store.db, 'b', 10)).sort()).toEqual(['c1', 'c2']);
    expect(await parkedAt(store.db, 'b', 1)).toHaveLength(1);
    expect(await parkedAt(store.db, 'd', 10)).toEqual([]);
  });

  test('conversionsOf: those of a property, newest first', async () => {
    for (const [n, id] of ['old', 'new'].entries()) await saveConversion(store.db, conversion(id, []), null, NO_TIMES, at(n));
    await save(conversion('foreign', [], { propertyId: 'other' }));
    expect((await conversionsOf(store.db, 'p', 10)).map((each) => each.id)).toEqual(['new', 'old']);
  });
});

describe('every question walks its index', () => {
  const questions: [name: string, index: string, ask: Parameters<typeof indexesOf>[1]][] = [
    ['conversionById', '_id_', (db) => conversionById(db, 'c')],
    ['saveConversion over a revision', '_id_', (db) => saveConversion(db, conversion('c'), 7, NO_TIMES, at(0))],
    ['changeDelivery', '_id_', (db) => changeDelivery(db, 'c', { key: key('a'), inFlightSinceMs: null }, ['planned'], { state: 'parked' }, at(0))],
    ['deferDue', '_id_', (db) => deferDue(db, 'c', at(1))],
    ['waitersFor', 'waiters', (db) => waitersFor(db, 'p', 'x')],
    ['waitingAfter', 'waiting', (db) => waitingAfter(db, 'c', 10)],
    ['overdue', 'due', (db) => overdue(db, at(0), 10)],
    ['destinationsWithParked', 'parkedInOrder', (db) => destinationsWithParked(db)],
    ['parkedAt', 'parkedInOrder', (db) => parkedAt(db, 'a', 10, 'c')],
    ['conversionsOf', 'newest', (db) => conversionsOf(db, 'p', 10)],
  ];
  test.each(questions)('%s: %s', async (_name, index, ask) => {
    expect(await indexesOf(store, ask)).toEqual([index]);
  });
  test('conversionsToReplay: _id_, for the bound and for the page', async () => {
    expect(await indexesOf(store, (db) => conversionsToReplay(db, { propertyId: 'p', network: 'kma', status: 'pending', from: at(0), destinationId: 'a', states: ['failed'] }, 'p/kma/1', 10, 10))).toEqual(['_id_', '_id_']);
  });
});

describe('conversionsToReplay', () => {
  /** `p/kma/1` ... with a delivery for a and b each, in the states said. */
  const made = async (states: Record<string, Delivery['state'][]>, changes: Partial<Conversion> = {}) => {
    for (const [id, each] of Object.entries(states)) {
      const one = conversion(id, ['a', 'b'].slice(0, each.length), changes);
      for (const [n, state] of each.entries()) one.deliveries[n]!.state = state;
      await save(one);
    }
  };
  const all = async (question: Partial<Parameters<typeof conversionsToReplay>[1]>, scanMax = 100, limit = 100) => {
    const pages: string[][] = [];
    for (let after: string | null = null; ;) {
      const { ids: page, scannedTo }: Awaited<ReturnType<typeof conversionsToReplay>> = await conversionsToReplay(store.db, { propertyId: 'p', states: ['failed'], ...question }, after, scanMax, limit);
      pages.push(page);
      if (scannedTo === null) return pages;
      after = scannedTo;
    }
  };

  test('finds a delivery in one of the states, at the destination that is meant', async () => {
    await made({ 'p/kma/1': ['failed', 'delivered'], 'p/kma/2': ['delivered', 'failed'], 'p/kma/3': ['delivered', 'delivered'], 'p2/kma/1': ['failed'], 'p/other/4': ['failed'] });
    expect(await all({})).toEqual([['p/kma/1', 'p/kma/2', 'p/other/4']]);
    expect(await all({ network: 'kma' })).toEqual([['p/kma/1', 'p/kma/2']]);
    expect(await all({ destinationId: 'b' })).toEqual([['p/kma/2']]);
    expect(await all({ states: ['delivered'], destinationId: 'a' })).toEqual([['p/kma/2', 'p/kma/3']]);
  });

  test('by status, and by the time of the last change, to exclusive', async () => {
    await made({ 'p/kma/1': ['failed'] });
    await made({ 'p/kma/2': ['failed'] }, { status: 'approved' });
    expect(await all({ status: 'approved' })).toEqual([['p/kma/2']]);
    expect(await all({ from: at(0), to: at(1) })).toEqual([['p/kma/1', 'p/kma/2']]);
    expect(await all({ to: at(0) })).toEqual([[]]);
    expect(await all({ from: at(1) })).toEqual([[]]);
  });

  test('misses none and gives none twice, however small the pages and the scans, while those given change', async () => {
    const names = Array.from({ length: 23 }, (_, n) => `p/kma/${String(n).padStart(2, '0')}`);
    await made(Object.fromEntries(names.map((name, n) => [name, [n % 3 === 0 ? 'failed' : 'delivered'] as Delivery['state'][]])));
    const meant = names.filter((_, n) => n % 3 === 0);
    for (const [scanMax, limit] of [[1, 1], [2, 100], [5, 1], [100, 3], [23, 8], [24, 8]] as const) {
      expect((await all({}, scanMax, limit)).flat(), `scan ${scanMax}, limit ${limit}`).toEqual(meant);
    }
    const { ids: first, scannedTo } = await conversionsToReplay(store.db, { propertyId: 'p', states: ['failed'] }, null, 100, 3);
    for (const id of first) await store.db.collection<ConversionDoc>('conversions').updateOne({ _id: id }, { $set: { 'deliveries.0.state': 'planned' } });
    expect((await conversionsToReplay(store.db, { propertyId: 'p', states: ['failed'] }, scannedTo, 100, 3)).ids).toEqual(meant.slice(3, 6));
  });
});
