import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { openStore, type Store } from '../store/db.ts';

/** A store on a database of its own; `close` drops it. */
export async function openTestStore(): Promise<Store> {
  const store = await openStore(inject('mongodbUri'), `test_${randomBytes(6).toString('hex')}`, 30_000);
  return {
    ...store,
    close: async () => {
      await store.db.dropDatabase();
      await store.close();
    },
  };
}
