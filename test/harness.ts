import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { openStore, type Store } from '../store/db.ts';

/** A store on a database of its own; `close` drops it. With `monitorCommands` its client emits what is sent to MongoDB. */
export async function openTestStore({ monitorCommands = false, mongodbUri = inject('mongodbUri') } = {}): Promise<Store> {
  const store = await openStore(monitorCommands ? monitored(mongodbUri) : mongodbUri, `test_${randomBytes(6).toString('hex')}`, 30_000);
  return {
    ...store,
    close: async () => {
      await store.db.dropDatabase();
      await store.close();
    },
  };
}

const monitored = (uri: string): string => `${uri}${uri.includes('?') ? '&' : uri.endsWith('/') ? '?' : '/?'}monitorCommands=true`;
