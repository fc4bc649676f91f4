import { MongoClient, type Db } from 'mongodb';

export interface Store {
  client: MongoClient;
  db: Db;
  close(): Promise<void>;
}

/** Opens MongoDB. Every operation is bounded by `timeoutMs`; writes are acknowledged by a majority and journaled. */
export async function openStore(uri: string, database: string, timeoutMs: number): Promise<Store> {
  const client = new MongoClient(uri, {
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
    socketTimeoutMS: timeoutMs,
    appName: 'tributary',
    ignoreUndefined: true,
  });
  await client.connect();
  return { client, db: client.db(database), close: () => client.close() };
}
