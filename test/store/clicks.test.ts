import { afterAll, beforeAll, expect, test } from 'vitest';
import { clickById, clickDocId, clicksByIds, recordClick } from '../../store/clicks.ts';
import type { Store } from '../../store/db.ts';
import type { ClickDoc } from '../../store/documents.ts';
import { openTestStore } from '../harness.ts';
import { openPlans } from './plan.ts';

let store: Store;
beforeAll(async () => void (store = await openTestStore()));
afterAll(() => store.close());

const click = (propertyId: string, clickId: string, pageTitle: string | null = null): ClickDoc => ({
  _id: clickDocId(propertyId, clickId), propertyId, clickId, clickedAt: new Date(), landedAt: new Date(), receivedAt: new Date(),
  landingUrl: null, pageUrl: null, pageTitle, referrer: null, linkUrl: null, network: null, utm: {}, ids: {}, ip: null, userAgent: null,
  language: null, country: null, consent: {},
});

test('the first of many that are written at once wins, and one alone is told that it was new', async () => {
  const inserted = await Promise.all(['a', 'b', 'c', 'd'].map((title) => recordClick(store.db, click('p', 'same', title))));
  expect(inserted.filter(Boolean)).toHaveLength(1);
  const winner = ['a', 'b', 'c', 'd'][inserted.indexOf(true)];
  expect((await clickById(store.db, 'p', 'same'))!.pageTitle).toBe(winner);
});

test('click ids are told apart by case and by property', async () => {
  expect(await recordClick(store.db, click('p', 'Case'))).toBe(true);
  expect(await recordClick(store.db, click('p', 'case'))).toBe(true);
  expect(await recordClick(store.db, click('q', 'Case'))).toBe(true);
  expect(await clickById(store.db, 'q', 'case')).toBeNull();
  expect((await clicksByIds(store.db, 'p', ['Case', 'case', 'CASE'])).map(({ clickId }) => clickId).toSorted()).toEqual(['Case', 'case']);
  expect(await clicksByIds(store.db, 'p', [])).toEqual([]);
});

test('every question walks its index', async () => {
  const plans = await openPlans(store.db.databaseName);
  expect(await plans.indexes((db) => clickById(db, 'p', 'same'))).toEqual(['_id_']);
  expect(await plans.indexes((db) => clicksByIds(db, 'p', ['same', 'Case']))).toEqual(['_id_']);
  await plans.close();
});
