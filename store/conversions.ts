import { MongoServerError, type Collection, type Db, type IndexDescription } from 'mongodb';
import type { Conversion, Delivery } from '../domain/conversion.ts';
import { conversionListIndexes } from './conversion-lists.ts';
import { conversionFromDoc, conversionToFields } from './decimals.ts';
import type { ConversionDoc } from './documents.ts';

/** Any date is later, null is not: a range says so in words that every planner sees to be the partial index's own. */
const EVER = new Date(0);

export const conversionIndexes: IndexDescription[] = [
  { key: { dueAt: 1 }, name: 'due', partialFilterExpression: { dueAt: { $gt: EVER } } },
  { key: { propertyId: 1, waitingFor: 1 }, name: 'waiters', partialFilterExpression: { attribution: 'waiting' } },
  { key: { attribution: 1, _id: 1 }, name: 'waiting', partialFilterExpression: { attribution: 'waiting' } },
  { key: { parkedDestinations: 1, _id: 1 }, name: 'parkedInOrder' },
  ...conversionListIndexes,
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

/** Destinations at which something is parked. Uses `parkedInOrder`. */
export const destinationsWithParked = (db: Db): Promise<string[]> => conversions(db).distinct('parkedDestinations', { parkedDestinations: { $gt: '' } });

/** A page of the conversions with a delivery parked at this destination, by id. Uses `parkedInOrder`. */
export async function parkedAt(db: Db, destinationId: string, limit: number, afterId = ''): Promise<AwaitingConversion[]> {
  const docs = await conversions(db).find<Awaiting>({ parkedDestinations: destinationId, _id: { $gt: afterId } }, AWAKE_FIELDS).sort({ _id: 1 }).limit(limit).toArray();
  return docs.map(awaiting);
}

/** What a replay asks for: conversions of a property that have a delivery in one of these states. */
export interface ReplayQuestion {
  propertyId: string;
  network?: string;
  status?: Conversion['status'];
  /** Of the last change; from inclusive, to exclusive. */
  from?: Date;
  to?: Date;
  destinationId?: string;
  states: readonly Delivery['state'][];
}

/**
 * A page of them, by id, which no change moves. Looks at no more than `scanMax` conversions, so that a question that means few
 * of many ends in time. `scannedTo`: where the next page begins; null where there is none. Uses _id, whose beginning is the
 * property and the network.
 */
export async function conversionsToReplay(
  db: Db, { propertyId, network, status, from, to, destinationId, states }: ReplayQuestion, afterId: string | null, scanMax: number, limit: number,
): Promise<{ ids: string[]; scannedTo: string | null }> {
  const start = `${propertyId}/${network === undefined ? '' : `${network}/`}`;
  // The character after the slash: the end of everything that begins so.
  const range = { $gt: afterId ?? start, $lt: `${start.slice(0, -1)}0` };
  const [bound] = await conversions(db).find({ _id: range }, ONLY_ID).sort({ _id: 1 }).skip(scanMax - 1).limit(1).toArray();
  const docs = await conversions(db).find({
    _id: bound ? { $gt: range.$gt, $lte: bound._id } : range,
    deliveries: { $elemMatch: { state: { $in: [...states] }, ...(destinationId !== undefined && { destinationId }) } },
    ...(status !== undefined && { status }),
    ...((from || to) && { updatedAt: { ...(from && { $gte: from }), ...(to && { $lt: to }) } }),
  }, ONLY_ID).sort({ _id: 1 }).limit(limit).toArray();
  const ids = docs.map(({ _id }) => _id);
  return { ids, scannedTo: ids.length === limit ? ids.at(-1)! : (bound?._id ?? null) };
}

const ONLY_ID = { projection: { _id: 1 } } as const;

/** Moves `dueAt` so that a conversion that cannot be woken does not hold up the others. Uses _id. */
export async function deferDue(db: Db, id: string, dueAt: Date): Promise<void> {
  await conversions(db).updateOne({ _id: id, dueAt: { $type: 'date' } }, { $set: { dueAt }, $inc: { revision: 1 } });
}

/** The conversions of a property, newest first. Uses `newest`. */
export async function conversionsOf(db: Db, propertyId: string, limit: number): Promise<Conversion[]> {
  const docs = await conversions(db).find({ propertyId }).sort({ createdAt: -1 }).limit(limit).toArray();
  return docs.map(conversionFromDoc);
}
