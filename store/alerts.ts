import { MongoServerError, type Collection, type Db, type IndexDescription } from 'mongodb';
import { alertId, type Alert } from '../domain/alerts.ts';

/** What operators are told without asking, and whether the webhook took it. */

/** Collection `alerts`. `_id` is kind, subject and occurrence: a repeat is the same alert. */
export interface AlertDoc extends Omit<Alert, 'countedUntilMs'> {
  _id: string;
  at: Date;
  /** How often it was raised, where it counts; about, since an activity that is repeated counts again. */
  count: number;
  /** What the message said of it: a message that is sent again stays word for word the same. Null: none was sent yet. */
  sentCount: number | null;
  /** When to look whether something follows: a pause that ended, an hour that is over. Null: nothing does any more. */
  followUpAt: Date | null;
  deliveredAt: Date | null;
  tries: number;
  /** Null: delivered, or given up, or nobody is to be told. */
  nextTryAt: Date | null;
  lastError: string | null;
}

const EVER = new Date(0);
const DUPLICATE_KEY = 11_000;

export const alertIndexes = (keptMs: number): IndexDescription[] => [
  { key: { nextTryAt: 1 }, name: 'unsent', partialFilterExpression: { nextTryAt: { $gt: EVER } } },
  { key: { followUpAt: 1 }, name: 'followUp', partialFilterExpression: { followUpAt: { $gt: EVER } } },
  { key: { at: 1 }, name: 'kept', expireAfterSeconds: Math.round(keptMs / 1000) },
];

const alerts = (db: Db): Collection<AlertDoc> => db.collection('alerts');

/** Raises it; true where it is the first of its id. A repeat is counted where the alert counts, else changes nothing. Uses {_id}. */
export async function raiseAlert(db: Db, alert: Alert, now: Date): Promise<boolean> {
  const { countedUntilMs, ...fields } = alert;
  // A pause is looked after from the next pass on, a count once its hour is over.
  const followUpAt = countedUntilMs !== null ? new Date(countedUntilMs) : alert.kind === 'destination_paused' ? now : null;
  const first = { ...fields, at: now, sentCount: null, followUpAt, deliveredAt: null, tries: 0, nextTryAt: now, lastError: null };
  const write = () => alerts(db).updateOne(
    { _id: alertId(alert) },
    countedUntilMs === null ? { $setOnInsert: { ...first, count: 1 } } : { $setOnInsert: first, $inc: { count: 1 } },
    { upsert: true },
  );
  try {
    return (await write()).upsertedCount === 1;
  } catch (error) {
    // Two at the same instant: by now it is there, and this one is its repeat.
    if (!(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY) throw error;
    return (await write()).upsertedCount === 1;
  }
}

/** Alerts of which something may follow by now. Uses `followUp`. */
export const alertsToFollowUp = (db: Db, now: Date, limit: number): Promise<AlertDoc[]> =>
  alerts(db).find({ followUpAt: { $gt: EVER, $lte: now } }).sort({ followUpAt: 1 }).limit(limit).toArray();

/** Looks at it again at `at`; null: never. Uses {_id}. */
export async function followUpAt(db: Db, id: string, at: Date | null): Promise<void> {
  await alerts(db).updateOne({ _id: id }, { $set: { followUpAt: at } });
}

/**
 * Takes the alert that has waited longest for being sent, and puts its next try off: who dies while sending leaves it to be
 * sent again. Null: none is due. Uses `unsent`.
 */
export const takeUnsent = (db: Db, now: Date, nextTryAt: (tries: number) => Date): Promise<AlertDoc | null> =>
  alerts(db).find({ nextTryAt: { $gt: EVER, $lte: now } }).sort({ nextTryAt: 1 }).limit(1).next()
    .then((due) => due && alerts(db).findOneAndUpdate(
      { _id: due._id, nextTryAt: due.nextTryAt },
      [{ $set: { nextTryAt: nextTryAt(due.tries + 1), tries: { $add: ['$tries', 1] }, sentCount: { $ifNull: ['$sentCount', '$count'] } } }],
      { returnDocument: 'after' },
    ));

/** The webhook took it. Uses {_id}. */
export async function settleAlert(db: Db, id: string, deliveredAt: Date): Promise<void> {
  await alerts(db).updateOne({ _id: id }, { $set: { deliveredAt, nextTryAt: null, lastError: null } });
}

/** The try failed; `giveUp`: it was the last one. Uses {_id}. */
export async function failAlert(db: Db, id: string, lastError: string, giveUp: boolean): Promise<void> {
  await alerts(db).updateOne({ _id: id }, { $set: { lastError, ...(giveUp && { nextTryAt: null }) } });
}

/** Nobody is to be told of those that were raised so far: a webhook that is set up later begins with what comes then. Uses `unsent`. */
export async function leaveUnsent(db: Db, now: Date): Promise<void> {
  await alerts(db).updateMany({ nextTryAt: { $gt: EVER, $lte: now } }, { $set: { nextTryAt: null } });
}
