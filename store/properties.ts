import type { Collection, Db, IndexDescription } from 'mongodb';
import type { PropertyDoc } from './documents.ts';

/** One site or project, found by its keys on the hot path and by its name in setup. */

export const propertyIndexes: IndexDescription[] = [
  { key: { tagKey: 1 }, name: 'tagKey', unique: true },
  { key: { postbackKey: 1 }, name: 'postbackKey', unique: true },
  // Setup files name properties: two of one name could not be told apart.
  { key: { name: 1 }, name: 'name', unique: true },
];

const properties = (db: Db): Collection<PropertyDoc> => db.collection('properties');

/** The property that a postback is for. Uses {postbackKey}. */
export const propertyByPostbackKey = (db: Db, postbackKey: string): Promise<PropertyDoc | null> =>
  properties(db).findOne({ postbackKey });

/** The property that a tag, click or redirect is for. Uses {tagKey}. */
export const propertyByTagKey = (db: Db, tagKey: string): Promise<PropertyDoc | null> => properties(db).findOne({ tagKey });

/** Uses {_id}. */
export const propertyById = (db: Db, id: string): Promise<PropertyDoc | null> => properties(db).findOne({ _id: id });

/** Uses {name}. */
export const propertyByName = (db: Db, name: string): Promise<PropertyDoc | null> => properties(db).findOne({ name });

/** All of them, by name. Uses {name}. */
export const allProperties = (db: Db): Promise<PropertyDoc[]> => properties(db).find({}).sort({ name: 1 }).toArray();

/** Throws the driver's duplicate key error where a key or the name is taken. */
export async function insertProperty(db: Db, property: PropertyDoc): Promise<void> {
  await properties(db).insertOne(property);
}
