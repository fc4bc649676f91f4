import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '../../store/db.ts';
import { ensureSetupIndexes } from '../../store/indexes.ts';
import { allProperties, insertProperty, propertyById, propertyByName, propertyByPostbackKey, propertyByTagKey } from '../../store/properties.ts';
import { openTestStore } from '../harness.ts';

let store: Store;
beforeAll(async () => {
  store = await openTestStore();
  await ensureSetupIndexes(store.db);
});
afterAll(() => store.close());

const property = (id: string) => ({ _id: id, name: `Site ${id}`, tagKey: `tag${id}`, postbackKey: `post${id}`, createdAt: new Date(0) });

test('a property is found by each of its keys, and by none of the other kind', async () => {
  const a = property('a');
  await insertProperty(store.db, a);
  expect(await propertyById(store.db, 'a')).toEqual(a);
  expect(await propertyByName(store.db, 'Site a')).toEqual(a);
  expect(await propertyByTagKey(store.db, 'taga')).toEqual(a);
  expect(await propertyByPostbackKey(store.db, 'posta')).toEqual(a);
  expect(await propertyByPostbackKey(store.db, 'taga')).toBeNull();
  expect(await propertyByTagKey(store.db, 'posta')).toBeNull();
});

test('keys and names are unique', async () => {
  await insertProperty(store.db, property('b'));
  for (const field of ['tagKey', 'postbackKey', 'name'] as const) {
    const clash = { ...property(`c-${field}`), [field]: property('b')[field] };
    await expect(insertProperty(store.db, clash)).rejects.toMatchObject({ code: 11000, keyPattern: { [field]: 1 } });
  }
  expect((await allProperties(store.db)).map((each) => each.name)).toEqual(['Site a', 'Site b']);
});
