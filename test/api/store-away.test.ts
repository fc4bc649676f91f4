import { MongoServerSelectionError } from 'mongodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startApi, type TestApi } from './harness.ts';

/** MongoDB away: nothing is answered 200 that is not stored. */

let api: TestApi;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());

test('503 store_unavailable with Retry-After where the report cannot be stored', async () => {
  const { property, collect } = await api.kma();
  expect((await fetch(`${collect}?orderid=1&status=A`)).status).toBe(200);
  const { collection } = api.deps.db;
  const spy = vi.spyOn(api.deps.db, 'collection').mockImplementation(function (this: typeof api.deps.db, name: string) {
    if (name === 'postbacks') throw new MongoServerSelectionError('no server', {} as never);
    return collection.call(api.deps.db, name);
  } as typeof collection);
  const response = await fetch(`${collect}?orderid=2&status=A`);
  spy.mockRestore();
  expect([response.status, response.headers.get('retry-after'), ((await response.json()) as { code: string }).code]).toEqual([503, '30', 'store_unavailable']);
  expect(await api.postbacks(property)).toHaveLength(1);
});
