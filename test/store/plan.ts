import { MongoClient, type CommandStartedEvent, type Db, type Document } from 'mongodb';
import { inject } from 'vitest';

/** How the server would run what a store function really asks. */
export async function openPlans(database: string) {
  const client = new MongoClient(inject('mongodbUri'), { monitorCommands: true });
  const commands: Document[] = [];
  const asked = new Set(['find', 'update', 'aggregate', 'bulkWrite', 'count']);
  client.on('commandStarted', ({ commandName, command }: CommandStartedEvent) => {
    if (asked.has(commandName)) commands.push(command);
  });
  const db = client.db(database);
  return {
    /** The indexes of every command; `COLLSCAN` where one has none. */
    async indexes(ask: (db: Db) => Promise<unknown>): Promise<string[]> {
      commands.length = 0;
      await ask(db);
      const names: string[] = [];
      for (const { lsid: _1, $db: _2, $clusterTime: _3, txnNumber: _4, writeConcern: _5, readConcern: _6, ...bare } of commands) {
        names.push(...stagesOf(await db.command({ explain: bare, verbosity: 'queryPlanner' })));
      }
      return names;
    },
    close: () => client.close(),
  };
}

function stagesOf(explained: unknown): string[] {
  if (Array.isArray(explained)) return explained.flatMap(stagesOf);
  if (typeof explained !== 'object' || explained === null) return [];
  const { stage, indexName, rejectedPlans: _, ...rest } = explained as Document;
  if (stage === 'COLLSCAN') return ['COLLSCAN'];
  return [...(typeof indexName === 'string' ? [indexName] : []), ...Object.values(rest).flatMap(stagesOf)];
}
