import type { Collection, Db, IndexDescription } from 'mongodb';

/** What a replay did with each conversion: its list, and what makes a repeat of it harmless. Collection `replayResults`. */

export interface ReplayResultDoc {
  /** `<replayId> <conversionId>`: an id of a replay holds no space. */
  _id: string;
  replayId: string;
  conversionId: string;
  /** Deliveries that were meant when it began. */
  deliveryKeys: string[];
  /** Null: begun, and not finished yet. */
  outcome: 'retried' | 'unchanged' | 'failed' | 'listed' | null;
  note: string | null;
  startedAt: Date;
  endedAt: Date | null;
}

/** `keptMs`: how long the list of a replay is kept. */
export const replayResultIndexes = (keptMs: number): IndexDescription[] => [
  { key: { replayId: 1, conversionId: 1 }, name: 'replay_conversion' },
  { key: { startedAt: 1 }, name: 'kept', expireAfterSeconds: Math.round(keptMs / 1000) },
];

const results = (db: Db): Collection<ReplayResultDoc> => db.collection('replayResults');
const idOf = (replayId: string, conversionId: string): string => `${replayId} ${conversionId}`;

/** Notes that a conversion is begun; where that was done before, what was noted then stands and is returned. Uses _id. */
export async function beginReplayResult(db: Db, begin: Pick<ReplayResultDoc, 'replayId' | 'conversionId' | 'deliveryKeys' | 'startedAt'>): Promise<ReplayResultDoc> {
  const _id = idOf(begin.replayId, begin.conversionId);
  // In two steps: not every server returns the other's document where two make it at once.
  await results(db).updateOne({ _id }, { $setOnInsert: { ...begin, outcome: null, note: null, endedAt: null } }, { upsert: true });
  return (await results(db).findOne({ _id }))!;
}

/** Uses _id. */
export async function endReplayResult(
  db: Db, { replayId, conversionId, outcome, note, endedAt }: { replayId: string; conversionId: string; outcome: NonNullable<ReplayResultDoc['outcome']>; note: string; endedAt: Date },
): Promise<void> {
  await results(db).updateOne(
    { _id: idOf(replayId, conversionId) },
    { $set: { replayId, conversionId, outcome, note, endedAt }, $setOnInsert: { deliveryKeys: [], startedAt: endedAt } },
    { upsert: true },
  );
}

/** A page of the list of a replay, by conversion id. Uses {replayId, conversionId}. */
export const replayResultsOf = (db: Db, replayId: string, afterConversionId: string, limit: number): Promise<ReplayResultDoc[]> =>
  results(db).find({ replayId, conversionId: { $gt: afterConversionId } }).sort({ conversionId: 1 }).limit(limit).toArray();
