import type { Collection, Db, IndexDescription } from 'mongodb';
import type { RefusalDoc } from './documents.ts';

/** Calls to a known property that were refused, kept raw for a while so that they can be looked at and processed again. */

/** `keptMs`: how long a refused call is kept. */
export const refusalIndexes = (keptMs: number): IndexDescription[] => [
  { key: { propertyId: 1, receivedAt: -1 }, name: 'property_newest' },
  { key: { receivedAt: 1 }, name: 'kept', expireAfterSeconds: Math.round(keptMs / 1000) },
];

const refusals = (db: Db): Collection<RefusalDoc> => db.collection('refusals');

/** Repeatable: one of this id that is there stays. */
export async function recordRefusal(db: Db, refusal: RefusalDoc): Promise<void> {
  const { _id, ...fields } = refusal;
  await refusals(db).updateOne({ _id }, { $setOnInsert: fields }, { upsert: true });
}

/** How many a property has, counted no further than `limit`. Uses {propertyId, receivedAt}. */
export const countRefusals = (db: Db, propertyId: string, limit: number): Promise<number> =>
  refusals(db).countDocuments({ propertyId }, { limit });

/** Those of a property, newest first. Uses {propertyId, receivedAt}. */
export const refusalsOf = (db: Db, propertyId: string, limit: number): Promise<RefusalDoc[]> =>
  refusals(db).find({ propertyId }).sort({ receivedAt: -1 }).limit(limit).toArray();
