import { MongoServerError, type Collection, type Db, type IndexDescription } from 'mongodb';
import type { ClickDoc } from './documents.ts';

/** Clicks are asked for by property and click id alone, and that is their `_id`: no further index. */
export const clickIndexes: IndexDescription[] = [];

const DUPLICATE_KEY = 11000;

const clicks = (db: Db): Collection<ClickDoc> => db.collection('clicks');

export const clickDocId = (propertyId: string, clickId: string): string => `${propertyId}/${clickId}`;

/**
 * Stores a click the first time its id is seen in its property; false where it was there already. The first write wins
 * whole: who repeats a click id can neither move it in time nor give it another visitor's identifiers.
 */
export async function recordClick(db: Db, click: ClickDoc): Promise<boolean> {
  try {
    await clicks(db).insertOne(click);
    return true;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
    throw error;
  }
}

/** Uses {_id}. */
export const clickById = (db: Db, propertyId: string, clickId: string): Promise<ClickDoc | null> =>
  clicks(db).findOne({ _id: clickDocId(propertyId, clickId) });

/** Those of the click ids that are known in the property, in no order. Uses {_id}. */
export const clicksByIds = (db: Db, propertyId: string, clickIds: readonly string[]): Promise<ClickDoc[]> =>
  clicks(db).find({ _id: { $in: clickIds.map((id) => clickDocId(propertyId, id)) } }).toArray();

/** Of these (property, click id) pairs, those whose click is known. Uses {_id}. */
export async function knownClicks(db: Db, pairs: readonly { propertyId: string; clickId: string }[]): Promise<Set<string>> {
  const ids = pairs.map(({ propertyId, clickId }) => clickDocId(propertyId, clickId));
  const found = await clicks(db).find({ _id: { $in: ids } }, { projection: { _id: 1 } }).toArray();
  return new Set(found.map((click) => click._id));
}
