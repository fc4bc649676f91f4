import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../config.ts';
import { alertId, deliveryEnded, spoolInUse, type Alert } from '../../domain/alerts.ts';
import { attributionFigures, newestPostback, takeCheck } from '../../store/alert-figures.ts';
import { alertsToFollowUp, failAlert, followUpAt, leaveUnsent, raiseAlert, settleAlert, takeUnsent, type AlertDoc } from '../../store/alerts.ts';
import type { Store } from '../../store/db.ts';
import { ensureIndexes } from '../../store/indexes.ts';
import { openTestStore } from '../harness.ts';
import { indexesOf } from './explained.ts';

let store: Store;
beforeAll(async () => {
  store = await openTestStore({ monitorCommands: true });
  await ensureIndexes(store.db, readConfig({}));
});
afterAll(() => store.close());
beforeEach(async () => void (await store.db.collection('alerts').deleteMany({})));

const now = new Date('2026-11-25T13:30:00Z');
const spool = spoolInUse({ process: 'api-1', sinceMs: now.getTime(), records: 12, bytes: 3456 });
const failed = (code = '190/460'): Alert =>
  deliveryEnded({ id: 'd1', propertyId: 'p1', title: 'Meta "Main"' }, { state: 'failed', code, reason: 'no', event: 'Lead', conversionId: 'p1/kma/order:1', atMs: now.getTime() });
const all = () => store.db.collection<AlertDoc>('alerts').find({}).toArray();
const inAMinute = () => new Date(now.getTime() + 60_000);

test('of alerts raised at the same instant from many processes one is the first, and none is lost from the count', async () => {
  const firsts = await Promise.all(Array.from({ length: 30 }, () => raiseAlert(store.db, failed(), now)));
  expect(firsts.filter(Boolean)).toHaveLength(1);
  expect(await all()).toMatchObject([{ _id: 'delivery_failed/d1/190/460/2026-11-25T13', count: 30 }]);
});

test('a repeat of an alert that does not count changes nothing, also after it was delivered', async () => {
  expect(await raiseAlert(store.db, spool, now)).toBe(true);
  await settleAlert(store.db, alertId(spool), now);
  const before = await all();
  expect(await raiseAlert(store.db, { ...spool, sentence: 'another' }, inAMinute())).toBe(false);
  expect(await all()).toEqual(before);
});

test('an alert is taken by one sender at a time, and is there again for the next one where that one died', async () => {
  await raiseAlert(store.db, failed(), now);
  const taken = await Promise.all(Array.from({ length: 5 }, () => takeUnsent(store.db, now, inAMinute)));
  expect(taken.filter(Boolean)).toHaveLength(1);
  expect(await takeUnsent(store.db, now, inAMinute)).toBeNull();
  expect(await takeUnsent(store.db, inAMinute(), inAMinute)).toMatchObject({ tries: 2, sentCount: 1 });
});

test('what makes up an id is fit for a header, whatever a platform calls its errors', () => {
  expect(alertId({ kind: 'delivery_failed', subject: 'd1/Ung\u00fcltig: \r\n\u2028"x"', occurrence: '2026-11-25T13' })).toBe('delivery_failed/d1/Ung-ltig:-x-/2026-11-25T13');
  expect(alertId({ kind: 'delivery_failed', subject: `d1/${'x'.repeat(5000)}`, occurrence: 'o' }).length).toBeLessThan(250);
});

test('a check is made by one process at a time, and again when it is due', async () => {
  const takes = await Promise.all(Array.from({ length: 10 }, () => takeCheck(store.db, 'c', now, 60_000)));
  expect(takes.filter(Boolean)).toHaveLength(1);
  expect(await takeCheck(store.db, 'c', new Date(now.getTime() + 59_000), 60_000)).toBe(false);
  const again = await Promise.all(Array.from({ length: 10 }, () => takeCheck(store.db, 'c', inAMinute(), 60_000)));
  expect(again.filter(Boolean)).toHaveLength(1);
});

const of = { propertyId: 'p', network: 'kma' };
test.each<[string, string[], () => Promise<unknown>]>([
  ['alertsToFollowUp', ['followUp'], () => alertsToFollowUp(store.db, now, 10)],
  ['followUpAt', ['_id_'], () => followUpAt(store.db, 'a', null)],
  ['takeUnsent', ['unsent'], () => takeUnsent(store.db, now, inAMinute)],
  ['settleAlert', ['_id_'], () => settleAlert(store.db, 'a', now)],
  ['failAlert', ['_id_'], () => failAlert(store.db, 'a', 'no', true)],
  ['leaveUnsent', ['unsent'], () => leaveUnsent(store.db, now)],
  ['newestPostback', ['newest'], () => newestPostback(store.db, of, now)],
])('%s walks %j', async (_name, indexes, ask) => {
  expect(await indexesOf(store, ask)).toEqual(indexes);
});

test('the figures of an integration are its own, and of the time that is asked for', async () => {
  const at = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
  const docs = [['p', 'kma', 'matched', -1], ['p', 'kma', 'unattributed', -1], ['p', 'kma', 'unattributed', -3], ['p', 'other', 'unattributed', -1], ['q', 'kma', 'unattributed', -1], ['p', 'kma', 'unattributed', 0]] as const;
  await store.db.collection<{ _id: string }>('conversions').insertMany(docs.map(([propertyId, network, attribution, hours], n) => ({ _id: `c${n}`, propertyId, network, attribution, createdAt: at(hours) })));
  expect(await attributionFigures(store.db, of, at(-2), at(0))).toEqual({ all: 2, unattributed: 1 });
});
