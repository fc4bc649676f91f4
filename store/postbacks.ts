import type { Collection, Db, IndexDescription } from 'mongodb';
import type { PostbackDoc, PostbackOutcome } from './documents.ts';
import { postbackListIndexes } from './postback-lists.ts';

/**
 * Raw reports as they came. One without an outcome is not done, and then `nextTryAt` says from when on the relay looks
 * after it; with an outcome `nextTryAt` is null. So the partial index holds the unsettled ones and nothing else.
 */

const EVER = new Date(0);

/** `keptMs`: how long a raw postback is kept. */
export const postbackIndexes = (keptMs: number): IndexDescription[] => [
  { key: { nextTryAt: 1 }, name: 'unsettled', partialFilterExpression: { nextTryAt: { $gt: EVER } } },
  { key: { receivedAt: 1 }, name: 'kept', expireAfterSeconds: Math.round(keptMs / 1000) },
  ...postbackListIndexes,
];

const postbacks = (db: Db): Collection<PostbackDoc> => db.collection('postbacks');

/** Stores a report, by a majority and journaled: once it returns, the report may be answered for. Every report is a
 *  document of its own, a repeat too. One without an outcome and without `nextTryAt` may be tried from its arrival on. */
export async function recordPostback(db: Db, postback: PostbackDoc): Promise<void> {
  const nextTryAt = postback.outcome ? null : (postback.nextTryAt ?? postback.receivedAt);
  await postbacks(db).insertOne({ ...postback, nextTryAt });
}

const DUPLICATE_KEY = 11_000;

/**
 * Stores a report that may be stored already, after a write whose outcome is unknown or by another way: one that is there
 * stays as it is, and is waited for until a majority has it. As durable as `recordPostback`. Uses {_id}.
 */
export async function ensurePostback(db: Db, postback: PostbackDoc): Promise<void> {
  const { _id, ...fields } = postback;
  const nextTryAt = postback.outcome ? null : (postback.nextTryAt ?? postback.receivedAt);
  const write = () => postbacks(db).updateOne({ _id }, { $setOnInsert: { ...fields, nextTryAt } }, { upsert: true });
  try {
    await write();
  } catch (error) {
    // Two at the same instant: by now it is there, and the repeat changes nothing.
    if ((error as { code?: unknown }).code !== DUPLICATE_KEY) throw error;
    await write();
  }
}

/** In the order of their ids, which is that of arrival. Uses {_id}. */
export const postbacksByIds = (db: Db, ids: readonly string[]): Promise<PostbackDoc[]> =>
  postbacks(db).find({ _id: { $in: [...ids] } }).sort({ _id: 1 }).toArray();

/**
 * Writes outcomes. One that is there stays, unless `overwrite` (reprocessing): a repeat of the activity that settles
 * changes nothing. Uses {_id}.
 */
export async function settlePostbacks(
  db: Db,
  outcomes: readonly { id: string; outcome: PostbackOutcome }[],
  { overwrite = false } = {},
): Promise<void> {
  if (outcomes.length === 0) return;
  await postbacks(db).bulkWrite(
    outcomes.map(({ id, outcome }) => ({
      updateOne: {
        filter: overwrite ? { _id: id } : { _id: id, outcome: null },
        update: { $set: { outcome, nextTryAt: null, lastError: null } },
      },
    })),
    { ordered: false },
  );
}

/** Those without an outcome whose next try was due before `before`, longest due first, so that one that fails again and
 *  again moves behind the others. Uses {nextTryAt} (partial). */
export const unsettledBefore = (db: Db, before: Date, limit: number): Promise<PostbackDoc[]> =>
  postbacks(db).find({ nextTryAt: { $gt: EVER, $lt: before } }).sort({ nextTryAt: 1 }).limit(limit).toArray();

/** Counts a try of the relay; one that was settled meanwhile is left alone. `lastError` is a sentence. Uses {_id}. */
export async function deferPostback(db: Db, id: string, { nextTryAt, lastError }: { nextTryAt: Date; lastError: string | null }): Promise<void> {
  await postbacks(db).updateOne({ _id: id, outcome: null }, { $set: { nextTryAt, lastError }, $inc: { tries: 1 } });
}
