import type { Collection, Db, IndexDescription } from 'mongodb';
import type { AuditDoc } from './documents.ts';

/** What was done by hand: who, when, why, and what it changed. */

/** `keptMs`: how long an entry is kept. */
export const auditIndexes = (keptMs: number): IndexDescription[] => [
  { key: { conversionId: 1, at: -1 }, name: 'byConversion' },
  { key: { at: 1 }, name: 'kept', expireAfterSeconds: Math.round(keptMs / 1000) },
];

const audit = (db: Db): Collection<AuditDoc> => db.collection('audit');

/** The first entry of an operation stays: a repeat changes nothing. Uses {_id}. */
export async function recordAudit(db: Db, { _id, ...entry }: AuditDoc): Promise<void> {
  await audit(db).updateOne({ _id }, { $setOnInsert: entry }, { upsert: true });
}

/** Uses {_id}. */
export const auditEntry = (db: Db, operationId: string): Promise<AuditDoc | null> => audit(db).findOne({ _id: operationId });

/** What was done to a conversion, newest first. Uses `byConversion`. */
export const auditOf = (db: Db, conversionId: string, limit: number): Promise<AuditDoc[]> =>
  audit(db).find({ conversionId }).sort({ at: -1 }).limit(limit).toArray();
