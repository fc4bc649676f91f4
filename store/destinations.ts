import type { Collection, Db, IndexDescription } from 'mongodb';
import type { DestinationDoc, Sealed } from './documents.ts';

/** One configured connection to a Conversion API. */

export const destinationIndexes: IndexDescription[] = [
  { key: { propertyId: 1, name: 1 }, name: 'property_name', unique: true },
];

const destinations = (db: Db): Collection<DestinationDoc> => db.collection('destinations');

/** Those of a property, by name, paused ones too. Uses {propertyId, name}. */
export const destinationsOf = (db: Db, propertyId: string): Promise<DestinationDoc[]> =>
  destinations(db).find({ propertyId }).sort({ name: 1 }).toArray();

/** Uses {_id}. */
export const destinationById = (db: Db, id: string): Promise<DestinationDoc | null> => destinations(db).findOne({ _id: id });

/** Uses {propertyId, name}. */
export const destinationByName = (db: Db, propertyId: string, name: string): Promise<DestinationDoc | null> =>
  destinations(db).findOne({ propertyId, name });

/** All of them, for the rotation of keys. Uses {propertyId, name}. */
export const allDestinations = (db: Db): Promise<DestinationDoc[]> =>
  destinations(db).find({}).sort({ propertyId: 1, name: 1 }).toArray();

/** Throws the driver's duplicate key error where the name is taken. */
export async function insertDestination(db: Db, destination: DestinationDoc): Promise<void> {
  await destinations(db).insertOne(destination);
}

/**
 * Writes new settings, secrets, mapping and policy over those of `version`; false where somebody else changed them
 * meanwhile. State stays as it is in the store: an operator who pauses at the same moment is not overruled. Uses {_id}.
 */
export async function replaceDestination(db: Db, next: DestinationDoc, version: number): Promise<boolean> {
  const { _id, settings, secrets, mapping, policy, updatedAt } = next;
  const result = await destinations(db).updateOne(
    { _id, version },
    { $set: { settings, secrets, mapping, policy, updatedAt, version: version + 1 } },
  );
  return result.matchedCount === 1;
}

/**
 * Pauses it, only if it is still active and still has the settings of `version`: a late 401 of the old token pauses
 * nothing. True for the one caller who did it, so that one alert goes out. An operator also takes over the pause of a
 * delivery: then new settings do not resume it. Uses {_id}.
 */
export async function pauseDestination(db: Db, id: string, version: number, paused: NonNullable<DestinationDoc['paused']>): Promise<boolean> {
  const { code, reason, by, at } = paused;
  const result = await destinations(db).updateOne(
    by === 'operator' ? { _id: id, version, 'paused.by': { $ne: 'operator' } } : { _id: id, version, state: 'active' },
    { $set: { state: 'paused', paused: { code, reason, by, at }, updatedAt: at } },
  );
  return result.matchedCount === 1;
}

/**
 * Makes a paused one active again; false where it is active already, or does not have the settings of `version` any more.
 * With `by`, only a pause made by them ends. Uses {_id}.
 */
export async function resumeDestination(db: Db, id: string, version: number, at: Date, by?: 'operator' | 'delivery'): Promise<boolean> {
  const result = await destinations(db).updateOne(
    { _id: id, version, state: 'paused', ...(by && { 'paused.by': by }) },
    { $set: { state: 'active', paused: null, updatedAt: at } },
  );
  return result.matchedCount === 1;
}

/**
 * The same secrets under another key, or with a token that the platform renewed: nobody changed a setting, so the version stays.
 * False where `was` is not what is stored any more: a key rotation must not bring back a token that was renewed meanwhile. Uses {_id}.
 */
export async function resealDestination(db: Db, id: string, version: number, was: Sealed, secrets: Sealed): Promise<boolean> {
  const result = await destinations(db).updateOne({ _id: id, version, 'secrets.tag': was.tag }, { $set: { secrets } });
  return result.matchedCount === 1;
}

/**
 * Lets one parked delivery be attempted although the destination is paused; false where it is not paused by a delivery any
 * more, or another pass of the relay was faster. `seen`: `nextAt` of the last probe as it was read. Uses {_id}.
 */
export async function openProbe(db: Db, id: string, seen: Date | null, probe: NonNullable<DestinationDoc['probe']>): Promise<boolean> {
  const result = await destinations(db).updateOne(
    { _id: id, state: 'paused', 'paused.by': 'delivery', 'probe.nextAt': seen ?? { $exists: false } },
    { $set: { probe } },
  );
  return result.matchedCount === 1;
}

/** The probe by this delivery is over: another attempt of it needs the destination to be active. Uses {_id}. */
export async function endProbe(db: Db, id: string, { conversionId, deliveryKey }: { conversionId: string; deliveryKey: string }): Promise<void> {
  await destinations(db).updateOne({ _id: id, 'probe.conversionId': conversionId, 'probe.deliveryKey': deliveryKey }, { $set: { 'probe.open': false } });
}
