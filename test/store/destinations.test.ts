import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../store/db.ts';
import {
  allDestinations, destinationById, destinationByName, destinationsOf, endProbe, insertDestination, openProbe, pauseDestination, replaceDestination, resealDestination, resumeDestination,
} from '../../store/destinations.ts';
import type { DestinationDoc } from '../../store/documents.ts';
import { ensureSetupIndexes } from '../../store/indexes.ts';
import { newKeyText, parseKeys, seal } from '../../store/secrets.ts';
import { openTestStore } from '../harness.ts';

const keys = parseKeys(newKeyText('k'));
const at = new Date('2026-11-24T10:00:00Z');
const refusal = { code: '190', reason: 'The token expired.', by: 'delivery' as const, at };
const operator = { code: 'paused_by_operator', reason: 'Moving.', by: 'operator' as const, at };

let store: Store;
let current: DestinationDoc;
let count = 0;
beforeAll(async () => {
  store = await openTestStore();
  await ensureSetupIndexes(store.db);
});
afterAll(() => store.close());
beforeEach(async () => {
  current = {
    _id: `d${(count += 1)}`, propertyId: 'p1', name: `Pixel ${count}`, platform: 'meta', settings: { pixelId: '1' }, secrets: seal(keys, '{}', 'c'), mapping: {},
    policy: { onRejection: 'ignore', unknownOutcome: 'hold' }, state: 'active', paused: null, version: 1, createdAt: at, updatedAt: at,
  };
  await insertDestination(store.db, current);
});
const stored = async () => (await destinationById(store.db, current._id))!;

test('a name is taken once in a property', async () => {
  await expect(insertDestination(store.db, { ...current, _id: 'other' })).rejects.toMatchObject({ code: 11000 });
  await insertDestination(store.db, { ...current, _id: `q${count}`, propertyId: 'p2' });
  expect((await destinationByName(store.db, 'p1', current.name))?._id).toBe(current._id);
  expect((await destinationsOf(store.db, 'p2')).map((each) => each._id)).toEqual([`q${count}`]);
  expect((await allDestinations(store.db)).length).toBeGreaterThanOrEqual(2);
});

test('of many refused deliveries one pauses the destination', async () => {
  const results = await Promise.all(Array.from({ length: 8 }, () => pauseDestination(store.db, current._id, 1, refusal)));
  expect(results.filter(Boolean)).toHaveLength(1);
  expect(await stored()).toMatchObject({ state: 'paused', paused: refusal });
});

test('a late 401 of the old token pauses nothing', async () => {
  expect(await replaceDestination(store.db, { ...current, settings: { pixelId: '2' } }, 1)).toBe(true);
  expect(await pauseDestination(store.db, current._id, 1, refusal)).toBe(false);
  expect(await stored()).toMatchObject({ state: 'active', version: 2, settings: { pixelId: '2' } });
  expect(await pauseDestination(store.db, current._id, 2, refusal)).toBe(true);
});

test('new settings that come while it is paused leave it paused, and a change of an old version does nothing', async () => {
  await pauseDestination(store.db, current._id, 1, operator);
  expect(await replaceDestination(store.db, { ...current, settings: { pixelId: '2' } }, 1)).toBe(true);
  expect(await stored()).toMatchObject({ state: 'paused', paused: operator, version: 2 });
  expect(await replaceDestination(store.db, { ...current, settings: { pixelId: '3' } }, 1)).toBe(false);
  expect((await stored()).settings).toEqual({ pixelId: '2' });
});

test('an operator takes over the pause of a delivery, never the other way round', async () => {
  await pauseDestination(store.db, current._id, 1, refusal);
  expect(await pauseDestination(store.db, current._id, 1, operator)).toBe(true);
  expect(await pauseDestination(store.db, current._id, 1, operator)).toBe(false);
  expect(await pauseDestination(store.db, current._id, 1, refusal)).toBe(false);
  expect((await stored()).paused).toEqual(operator);
  expect(await resumeDestination(store.db, current._id, 1, at, 'delivery')).toBe(false);
  expect(await resumeDestination(store.db, current._id, 1, at)).toBe(true);
  expect(await stored()).toMatchObject({ state: 'active', paused: null });
  expect(await resumeDestination(store.db, current._id, 1, at)).toBe(false);
});

test('key rotation leaves the version alone and does not overwrite newer secrets', async () => {
  const next = seal(keys, '{"a":1}', 'c');
  expect(await resealDestination(store.db, current._id, 1, current.secrets, next)).toBe(true);
  expect((await stored()).version).toBe(1);
  expect(await resealDestination(store.db, current._id, 9, next, seal(keys, '{}', 'c'))).toBe(false);
  // Somebody who read the old ones: a token may have been renewed since.
  expect(await resealDestination(store.db, current._id, 1, current.secrets, seal(keys, '{}', 'c'))).toBe(false);
});

test('a probe is opened once: not by a second pass that read the same, not where an operator paused it, not where it is active', async () => {
  const later = (minutes: number) => new Date(at.getTime() + minutes * 60_000);
  const probe = { conversionId: 'c', deliveryKey: 'k', open: true, until: later(5), nextAt: later(15) };
  expect(await openProbe(store.db, current._id, null, probe)).toBe(false);
  await pauseDestination(store.db, current._id, 1, refusal);
  expect(await Promise.all([1, 2].map(() => openProbe(store.db, current._id, null, probe)))).toEqual(expect.arrayContaining([true, false]));
  expect(await openProbe(store.db, current._id, later(14), probe)).toBe(false);
  expect(await openProbe(store.db, current._id, later(15), { ...probe, nextAt: later(30) })).toBe(true);
  await endProbe(store.db, current._id, { conversionId: 'c', deliveryKey: 'another' });
  expect((await destinationById(store.db, current._id))!.probe).toMatchObject({ open: true, nextAt: later(30) });
  await endProbe(store.db, current._id, { conversionId: 'c', deliveryKey: 'k' });
  expect((await destinationById(store.db, current._id))!.probe).toMatchObject({ open: false, nextAt: later(30) });
  await pauseDestination(store.db, current._id, 1, operator);
  expect(await openProbe(store.db, current._id, later(30), probe)).toBe(false);
});
