import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '../../store/db.ts';
import type { IntegrationDoc } from '../../store/documents.ts';
import { ensureSetupIndexes } from '../../store/indexes.ts';
import { allIntegrations, insertIntegration, integrationOf, integrationsOf, replaceIntegration, resealIntegration } from '../../store/integrations.ts';
import { newKeyText, parseKeys, seal } from '../../store/secrets.ts';
import { openTestStore } from '../harness.ts';

let store: Store;
beforeAll(async () => {
  store = await openTestStore();
  await ensureSetupIndexes(store.db);
});
afterAll(() => store.close());

const integration = (propertyId: string, network: string): IntegrationDoc => ({
  _id: `${propertyId}-${network}`, propertyId, network, settings: {}, secret: null, rules: null, version: 1, createdAt: new Date(0), updatedAt: new Date(0),
});

test('a network is installed once in a property', async () => {
  await insertIntegration(store.db, integration('p1', 'kma'));
  await insertIntegration(store.db, integration('p1', 'generic'));
  await insertIntegration(store.db, integration('p2', 'kma'));
  await expect(insertIntegration(store.db, { ...integration('p1', 'kma'), _id: 'other' })).rejects.toMatchObject({ code: 11000 });
  expect((await integrationOf(store.db, 'p1', 'kma'))?._id).toBe('p1-kma');
  expect(await integrationOf(store.db, 'p2', 'generic')).toBeNull();
  expect((await integrationsOf(store.db, 'p1')).map((each) => each.network)).toEqual(['generic', 'kma']);
  expect(await allIntegrations(store.db)).toHaveLength(3);
});

test('of two changes of the same version one wins and the other is told', async () => {
  const current = integration('p3', 'kma');
  await insertIntegration(store.db, current);
  const change = (defaultCurrency: string) => replaceIntegration(store.db, { ...current, settings: { defaultCurrency } }, current.version);
  const results = await Promise.all([change('USD'), change('EUR')]);
  expect(results.sort()).toEqual([false, true]);
  expect((await integrationOf(store.db, 'p3', 'kma'))?.version).toBe(2);
});

test('key rotation leaves the version alone and does not overwrite a newer secret', async () => {
  const keys = parseKeys(newKeyText('k'));
  await insertIntegration(store.db, integration('p4', 'kma'));
  expect(await resealIntegration(store.db, 'p4-kma', 1, seal(keys, 'a', 'c'))).toBe(true);
  expect(await integrationOf(store.db, 'p4', 'kma')).toMatchObject({ version: 1, secret: { keyId: 'k' } });
  expect(await resealIntegration(store.db, 'p4-kma', 2, seal(keys, 'b', 'c'))).toBe(false);
});
