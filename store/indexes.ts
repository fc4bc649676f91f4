import type { Db, IndexDescription } from 'mongodb';
import { alertIndexes } from './alerts.ts';
import { attemptIndexes } from './attempts.ts';
import { auditIndexes } from './audit.ts';
import { clickIndexes } from './clicks.ts';
import { conversionIndexes } from './conversions.ts';
import { destinationIndexes } from './destinations.ts';
import { integrationIndexes } from './integrations.ts';
import { postbackIndexes } from './postbacks.ts';
import { propertyIndexes } from './properties.ts';
import { refusalIndexes } from './refusals.ts';
import { replayResultIndexes } from './replay-results.ts';

/** How long documents live, ms. */
export interface Lifetimes {
  postbacksKeptMs: number;
  attemptsKeptMs: number;
  refusalsKeptMs: number;
  auditKeptMs: number;
  replayResultsKeptMs: number;
  alertsKeptMs: number;
}

const INDEX_OPTIONS_CONFLICT = 85;

/** Makes every index that a query or a guarantee rests on. Run at each start: what is there already costs nothing. */
export async function ensureIndexes(db: Db, keep: Lifetimes): Promise<void> {
  await ensureSetupIndexes(db);
  await Promise.all([
    ensure(db, 'clicks', clickIndexes),
    ensure(db, 'conversions', conversionIndexes),
    ensure(db, 'postbacks', postbackIndexes(keep.postbacksKeptMs)),
    ensure(db, 'attempts', attemptIndexes(keep.attemptsKeptMs)),
    ensure(db, 'refusals', refusalIndexes(keep.refusalsKeptMs)),
    ensure(db, 'audit', auditIndexes(keep.auditKeptMs)),
    ensure(db, 'replayResults', replayResultIndexes(keep.replayResultsKeptMs)),
    ensure(db, 'alerts', alertIndexes(keep.alertsKeptMs)),
  ]);
}

/** Those of the collections that setup writes, for who may not know the lifetimes that the servers were started with. */
export async function ensureSetupIndexes(db: Db): Promise<void> {
  await Promise.all([
    ensure(db, 'properties', propertyIndexes),
    ensure(db, 'integrations', integrationIndexes),
    ensure(db, 'destinations', destinationIndexes),
  ]);
}

async function ensure(db: Db, collection: string, indexes: IndexDescription[]): Promise<void> {
  if (indexes.length === 0) return;
  try {
    await db.collection(collection).createIndexes(indexes);
  } catch (error) {
    if ((error as { code?: unknown }).code !== INDEX_OPTIONS_CONFLICT) throw error;
    for (const index of indexes) await ensureOne(db, collection, index);
  }
}

/** A lifetime that was changed in the configuration is changed in place; any other difference is an error to look at. */
async function ensureOne(db: Db, collection: string, index: IndexDescription): Promise<void> {
  try {
    await db.collection(collection).createIndexes([index]);
  } catch (error) {
    const { name, expireAfterSeconds } = index;
    if ((error as { code?: unknown }).code !== INDEX_OPTIONS_CONFLICT || expireAfterSeconds === undefined) throw error;
    await db.command({ collMod: collection, index: { name, expireAfterSeconds } });
  }
}
