import { MongoServerError, type Collection, type Db, type IndexDescription } from 'mongodb';
import type { Conversion, Delivery } from '../domain/conversion.ts';
import { conversionFromDoc, conversionToFields } from './decimals.ts';
import type { ConversionDoc } from './documents.ts';

/** Any date is later, null is not: a range says so in words that every planner sees to be the partial index's own. */
const EVER = new Date(0);

export const conversionIndexes: IndexDescription[] = [
  { key: { dueAt: 1 }, name: 'due', partialFilterExpression: { dueAt: { $gt: EVER } } },
  { key: { propertyId: 1, waitingFor: 1 }, name: 'waiters', partialFilterExpression: { attribution: 'waiting' } },
  { key: { attribution: 1, _id: 1 }, name: 'waiting', partialFilterExpression: { attribution: 'waiting' } },
  { key: { parkedDestinations: 1 }, name: 'parked' },
  { key: { propertyId: 1, createdAt: -1 }, name: 'byProperty' },
];

const conversions = (db: Db): Collection<ConversionDoc> => db.collection<ConversionDoc>('conversions');
const DUPLICATE_KEY = 11000;

export interface StoredConversion {
  conversion: Conversion;
  revision: number;
}

const stored = (doc: ConversionDoc): StoredConversion => ({ conversion: conversionFromDoc(doc), revision: doc.revision });

/** Uses _id. */
export async function conversionById(db: Db, id: string): Promise<StoredConversion | null> {
  const doc = await conversions(db).findOne({ _id: id });
  return doc && stored(doc);
}

export interface ConversionTimes {
  dueAt: Date | null;
  restDueAt: Date | null;
}

/**
 * Writes a conversion as a whole, where nobody else has written it since `revision` (null: it does not exist yet).
 * False: somebody has; load it and decide again. Uses _id.
 */
export async function saveConversion(db: Db, conversion: Conversion, revision: number | null, times: ConversionTimes, now: Date): Promise<boolean> {
  const fields = { ...conversionToFields(conversion), ...times, openDestinations: destinationsIn(conversion, ['parked', 'failed']), parkedDestinations: destinationsIn(conversion, ['parked']), updatedAt: now };
  if (revision === null) {
    try {
      await conversions(db).insertOne({ _id: conversion.id, ...fields, revision: 1, createdAt: now });
      return true;
    } catch (error) {
      if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
      throw error;
    }
  }
  const result = await conversions(db).updateOne({ _id: conversion.id, revision }, { $set: fields, $inc: { revision: 1 } });
  return result.matchedCount === 1;
}

const destinationsIn = ({ deliveries }: Conversion, states: Delivery['state'][]): string[] =>
  [...new Set(deliveries.filter((d) => states.includes(d.state)).map((d) => d.destinationId))].sort();

export type DeliveryPatch = Partial<Omit<Delivery, 'key' | 'value'>>;

/** The delivery as the caller read it: somebody else's attempt since then changes `inFlightSinceMs`, and the change is refused. */
export type DeliveryRead = Pick<Delivery, 'key' | 'inFlightSinceMs'>;

/**
 * Changes one delivery where it is in one of these states and no other attempt has begun or ended since it was read, in one
 * atomic step beside the other lanes. `dueAt` becomes the earliest moment by which something will have happened to an open
 * delivery or a wait ends. Returns the conversion after the change, or null where the delivery is not as read. Uses _id.
 */
export async function changeDelivery(
  db: Db, id: string, { key, inFlightSinceMs }: DeliveryRead, from: readonly Delivery['state'][], patch: DeliveryPatch, now: Date,
): Promise<Conversion | null> {
  const doc = await conversions(db).findOneAndUpdate(
    { _id: id, deliveries: { $elemMatch: { key, inFlightSinceMs, state: { $in: [...from] } } } },
    [
      {
        $set: {
          deliveries: { $map: { input: '$deliveries', as: 'd', in: { $cond: [{ $eq: ['$$d.key', { $literal: key }] }, { $mergeObjects: ['$$d', { $literal: patch }] }, '$$d'] } } },
          revision: { $add: ['$revision', 1] },
          updatedAt: now,
        },
      },
      {
        $set: {
          openDestinations: destinationsWith(['parked', 'failed']),
          parkedDestinations: destinationsWith(['parked']),
          dueAt: { $min: { $concatArrays: [momentsOfOpen, [{ $ifNull: ['$restDueAt', null] }]] } },
        },
      },
    ],
    { returnDocument: 'after' },
  );
  return doc && conversionFromDoc(doc);
}

/** `$min` passes over nulls, and is null where there is nothing else. */
const momentsOfOpen = {
  $map: {
    input: { $filter: { input: '$deliveries', as: 'd', cond: { $and: [{ $in: ['$$d.state', ['planned', 'accepted', 'parked', 'failed']] }, { $ne: [{ $ifNull: ['$$d.actsByMs', null] }, null] }] } } },
    as: 'd',
    in: { $toDate: { $toLong: '$$d.actsByMs' } },
  },
};

const destinationsWith = (states: Delivery['state'][]) => ({
  $setUnion: [{ $map: { input: { $filter: { input: '$deliveries', as: 'd', cond: { $in: ['$$d.state', states] } } }, as: 'd', in: '$$d.destinationId' } }, []],
});

const AWAKE_FIELDS = { projection: { _id: 1, propertyId: 1, network: 1, waitingFor: 1 } } as const;
export interface AwaitingConversion {
  conversionId: string;
  propertyId: string;
  network: string;
  waitingFor: string[];
}
type Awaiting = Pick<ConversionDoc, '_id' | 'propertyId' | 'network' | 'waitingFor'>;
const awaiting = (doc: Awaiting): AwaitingConversion =>
  ({ conversionId: doc._id, propertyId: doc.propertyId, network: doc.network, waitingFor: doc.waitingFor });

/** Conversions that wait for this click. Uses `waiters`. */
export async function waitersFor(db: Db, propertyId: string, clickId: string): Promise<AwaitingConversion[]> {
  const docs = await conversions(db).find<Awaiting>({ propertyId, waitingFor: clickId, attribution: 'waiting' }, AWAKE_FIELDS).toArray();
  return docs.map(awaiting);
}

/** Conversions whose run should have acted by now, longest overdue first. Uses `due`. */
export async function overdue(db: Db, now: Date, limit: number): Promise<AwaitingConversion[]> {
  const docs = await conversions(db).find<Awaiting>({ dueAt: { $gt: EVER, $lt: now } }, AWAKE_FIELDS).sort({ dueAt: 1 }).limit(limit).toArray();
  return docs.map(awaiting);
}

/** A page of the conversions that wait for a click, by id. Uses `waiting`. */
export async function waitingAfter(db: Db, afterId: string, limit: number): Promise<AwaitingConversion[]> {
  const docs = await conversions(db).find<Awaiting>({ attribution: 'waiting', _id: { $gt: afterId } }, AWAKE_FIELDS).sort({ _id: 1 }).limit(limit).toArray();
  return docs.map(awaiting);
}

/** Destinations at which something is parked. Uses `parked`. */
export const destinationsWithParked = (db: Db): Promise<string[]> => conversions(db).distinct('parkedDestinations', { parkedDestinations: { $gt: '' } });

/** Conversions with a delivery parked at this destination. Uses `parked`. */
export async function parkedAt(db: Db, destinationId: string, limit: number): Promise<AwaitingConversion[]> {
  const docs = await conversions(db).find<Awaiting>({ parkedDestinations: destinationId }, AWAKE_FIELDS).limit(limit).toArray();
  return docs.map(awaiting);
}

/** Moves `dueAt` so that a conversion that cannot be woken does not hold up the others. Uses _id. */
export async function deferDue(db: Db, id: string, dueAt: Date): Promise<void> {
  await conversions(db).updateOne({ _id: id, dueAt: { $type: 'date' } }, { $set: { dueAt }, $inc: { revision: 1 } });
}

/** The conversions of a property, newest first. Uses `byProperty`. */
export async function conversionsOf(db: Db, propertyId: string, limit: number): Promise<Conversion[]> {
  const docs = await conversions(db).find({ propertyId }).sort({ createdAt: -1 }).limit(limit).toArray();
  return docs.map(conversionFromDoc);
}
