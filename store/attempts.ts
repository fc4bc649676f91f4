import type { Collection, Db, IndexDescription } from 'mongodb';
import type { AttemptDoc } from './documents.ts';

export const attemptIndexes = (keptMs: number): IndexDescription[] => [
  { key: { conversionId: 1, deliveryKey: 1, number: 1 }, name: 'byDelivery' },
  { key: { startedAt: 1 }, name: 'lifetime', expireAfterSeconds: Math.round(keptMs / 1000) },
];

const attempts = (db: Db): Collection<AttemptDoc> => db.collection<AttemptDoc>('attempts');

/** Written before the request, so that one whose process died under it is known. */
export async function beginAttempt(db: Db, attempt: AttemptDoc): Promise<void> {
  await attempts(db).insertOne(attempt);
}

/** Uses _id. */
export async function endAttempt(db: Db, id: string, end: Pick<AttemptDoc, 'endedAt' | 'response' | 'outcome'>): Promise<void> {
  await attempts(db).updateOne({ _id: id }, { $set: end });
}

/**
 * Folds a failed attempt into the one before it where both failed alike: one document with a count. Uses `byDelivery`.
 */
export async function foldAttempt(db: Db, attempt: AttemptDoc): Promise<void> {
  const { conversionId, deliveryKey, number } = attempt;
  const [before] = await attempts(db).find({ conversionId, deliveryKey, number: { $lt: number } }).sort({ number: -1 }).limit(1).toArray();
  const alike = before?.outcome && attempt.outcome && before.outcome.kind === attempt.outcome.kind
    && before.outcome.code === attempt.outcome.code && before.response?.status === attempt.response?.status;
  if (!before || !alike) return;
  await attempts(db).updateOne({ _id: before._id }, { $inc: { count: attempt.count }, $set: { endedAt: attempt.endedAt, number } });
  await attempts(db).deleteOne({ _id: attempt._id });
}

/** Every attempt of a conversion, by delivery, oldest first. Uses `byDelivery`. */
export async function attemptsOf(db: Db, conversionId: string): Promise<AttemptDoc[]> {
  return attempts(db).find({ conversionId }).sort({ deliveryKey: 1, number: 1 }).toArray();
}
