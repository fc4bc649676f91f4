import type { Collection, Db, Filter, IndexDescription } from 'mongodb';
import type { PostbackDoc, PostbackOutcome } from './documents.ts';

/** What operators ask for: lists of postbacks, newest first. Ids begin with the time of arrival, so they are the order and the cursor. */

const EVER = new Date(0);
/** In the order of the alphabet these lie behind `duplicate`: the ones that a person looks for, in a small index of their own. */
const ODD = { $gt: 'duplicate' } as const;
const isOdd = (effect: PostbackOutcome['effect']): boolean => effect > ODD.$gt;

export const postbackListIndexes: IndexDescription[] = [
  { key: { propertyId: 1, _id: -1 }, name: 'newest' },
  { key: { propertyId: 1, 'outcome.effect': 1, _id: -1 }, name: 'odd', partialFilterExpression: { 'outcome.effect': ODD } },
  { key: { conversionId: 1, _id: 1 }, name: 'byConversion' },
];

const postbacks = (db: Db): Collection<PostbackDoc> => db.collection('postbacks');

export interface PostbackFilter {
  propertyId: string;
  outcome?: PostbackOutcome['effect'] | undefined;
}

/** Postbacks of a property before an id, newest first. Uses `odd` for unknown, error, empty and stale ones, else `newest`. */
export const listPostbacks = (db: Db, { propertyId, outcome }: PostbackFilter, beforeId: string | null, limit: number): Promise<PostbackDoc[]> => {
  const conditions: Filter<PostbackDoc> = { propertyId, ...(outcome && { 'outcome.effect': outcome }), ...(beforeId !== null && { _id: { $lt: beforeId } }) };
  return postbacks(db).find(conditions).hint(outcome && isOdd(outcome) ? 'odd' : 'newest').sort({ _id: -1 }).limit(limit).toArray();
};

/** Postbacks of a property that arrived before `before` and have no outcome, newest first. Uses `unsettled`, and sorts the few that are in it. */
export const listStuckPostbacks = (db: Db, propertyId: string, before: Date, beforeId: string | null, limit: number): Promise<PostbackDoc[]> =>
  postbacks(db)
    .find({ nextTryAt: { $gt: EVER }, propertyId, receivedAt: { $lt: before }, ...(beforeId !== null && { _id: { $lt: beforeId } }) })
    .hint('unsettled').sort({ _id: -1 }).limit(limit).toArray();

/** How many arrived before `before` and have no outcome, in all properties, counted no further than `limit`. Uses `unsettled`. */
export const countStuckPostbacks = (db: Db, before: Date, limit: number): Promise<number> =>
  postbacks(db).countDocuments({ nextTryAt: { $gt: EVER }, receivedAt: { $lt: before } }, { limit, hint: 'unsettled' });

/** The oldest of them, in all properties. Uses `unsettled`, and sorts the few that are in it. */
export const oldestStuckPostbacks = (db: Db, before: Date, limit: number): Promise<PostbackDoc[]> =>
  postbacks(db).find({ nextTryAt: { $gt: EVER }, receivedAt: { $lt: before } }).hint('unsettled').sort({ _id: 1 }).limit(limit).toArray();

/** Every postback of a conversion, in the order of arrival. Uses `byConversion`. */
export const postbacksOfConversion = (db: Db, conversionId: string, limit: number): Promise<PostbackDoc[]> =>
  postbacks(db).find({ conversionId }).sort({ _id: 1 }).limit(limit).toArray();
