import { MongoServerError, type Db } from 'mongodb';
import type { ConversionDoc, PostbackDoc } from './documents.ts';
import { newId } from './ids.ts';

/** The figures that alerts are raised over. */

export interface OfIntegration {
  propertyId: string;
  network: string;
}

/** Conversions of an integration that began in this time: all of them, and those that ended without a click. Uses `newest`. */
export async function attributionFigures(db: Db, { propertyId, network }: OfIntegration, from: Date, to: Date): Promise<{ all: number; unattributed: number }> {
  const began = { propertyId, createdAt: { $gte: from, $lt: to }, network };
  const count = (more: Partial<ConversionDoc>) => db.collection<ConversionDoc>('conversions').countDocuments({ ...began, ...more }, { hint: 'newest' });
  return { all: await count({}), unattributed: await count({ attribution: 'unattributed' }) };
}

/** Its newest postback since `from`; ids begin with the time of arrival. Uses `newest`. */
export const newestPostback = (db: Db, { propertyId, network }: OfIntegration, from: Date): Promise<Pick<PostbackDoc, '_id' | 'receivedAt'> | null> =>
  db.collection<PostbackDoc>('postbacks')
    .find({ propertyId, _id: { $gte: timePart(from) }, network }, { projection: { _id: 1, receivedAt: 1 } }).hint('newest').sort({ _id: -1 }).limit(1).next();

const timePart = (at: Date): string => newId(at.getTime()).slice(0, 8);

const DUPLICATE_KEY = 11_000;

/** True for the one caller who is to make this check now; it is due again after `everyMs`. Uses {_id}. */
export async function takeCheck(db: Db, name: string, now: Date, everyMs: number): Promise<boolean> {
  try {
    await db.collection<{ _id: string; dueAt: Date }>('checks').updateOne({ _id: name, dueAt: { $lte: now } }, { $set: { dueAt: new Date(now.getTime() + everyMs) } }, { upsert: true });
    return true;
  } catch (error) {
    // It is there and not due yet: the upsert would be a second one.
    if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
    throw error;
  }
}
