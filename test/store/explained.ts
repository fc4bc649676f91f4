import type { CommandStartedEvent, Db, Document } from 'mongodb';
import type { Store } from '../../store/db.ts';

/** Commands that walk an index; an insert walks none. */
const ASKING = new Set(['find', 'update', 'delete', 'findAndModify', 'distinct']);

/**
 * The index, or `COLLSCAN`, of everything that a store function asks, as the server would run it. The store is one that was
 * opened with `monitorCommands`.
 */
export async function indexesOf({ client, db }: Store, ask: (db: Db) => Promise<unknown>): Promise<string[]> {
  const commands: Document[] = [];
  const note = ({ commandName, command }: CommandStartedEvent) => void (ASKING.has(commandName) && commands.push(command));
  client.on('commandStarted', note);
  await ask(db).finally(() => client.off('commandStarted', note));
  const names: string[] = [];
  for (const { lsid: _1, $db: _2, $clusterTime: _3, txnNumber: _4, writeConcern: _5, readConcern: _6, ...bare } of commands) {
    names.push(...scansIn(await db.command({ explain: bare, verbosity: 'queryPlanner' })));
  }
  return names;
}

function scansIn(explained: unknown): string[] {
  if (Array.isArray(explained)) return explained.flatMap(scansIn);
  if (typeof explained !== 'object' || explained === null) return [];
  const { stage, indexName, rejectedPlans: _, ...rest } = explained as Document;
  if (stage === 'COLLSCAN' || stage === 'SORT') return [stage, ...Object.values(rest).flatMap(scansIn)];
  return [...(typeof indexName === 'string' ? [indexName] : []), ...Object.values(rest).flatMap(scansIn)];
}
