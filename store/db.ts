import { MongoClient, type Db } from 'mongodb';

export interface Store {
  client: MongoClient;
  db: Db;
  close(): Promise<void>;
}

/** Opens MongoDB. Every operation is bounded by `timeoutMs`; writes are acknowledged by a majority and journaled. */
export async function openStore(uri: string, database: string, timeoutMs: number): Promise<Store> {
  const store = createStore(uri, database, timeoutMs);
  await store.client.connect();
  return store;
}

/** The same without a connection yet, for who starts while MongoDB is away: operations fail until `client.connect()` has come through once. */
export function createStore(uri: string, database: string, timeoutMs: number): Store {
  const client = new MongoClient(uri, {
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
    socketTimeoutMS: timeoutMs,
    appName: 'tributary',
    ignoreUndefined: true,
  });
  return { client, db: client.db(database), close: () => client.close() };
}
