import type { Collection, Db, Filter, IndexDescription } from 'mongodb';
import type { DeliveryState } from '../domain/event.ts';
import type { Status } from '../domain/report.ts';
import { conversionFromDoc } from './decimals.ts';
import type { ConversionDoc } from './documents.ts';
import type { StoredConversion } from './conversions.ts';

/**
 * What operators ask for: lists of conversions, newest first, and what needs a person. A conversion keeps its place in a list,
 * since `createdAt` never changes: pages that were read stay as they were while new ones come in front.
 */

const SOME = { $gt: '' } as const;

export const conversionListIndexes: IndexDescription[] = [
  { key: { propertyId: 1, createdAt: -1, _id: -1 }, name: 'newest' },
  { key: { propertyId: 1, status: 1, createdAt: -1, _id: -1 }, name: 'byStatus' },
  // The last field only tells it apart from `newest`: older servers refuse two indexes of the same fields.
  { key: { propertyId: 1, createdAt: -1, _id: -1, status: 1 }, name: 'open', partialFilterExpression: { openDestinations: SOME } },
  { key: { propertyId: 1, clickId: 1 }, name: 'byClick', partialFilterExpression: { clickId: SOME } },
];

const conversions = (db: Db): Collection<ConversionDoc> => db.collection<ConversionDoc>('conversions');

export interface ConversionFilter {
  propertyId: string;
  network?: string | undefined;
  status?: Status | undefined;
  destinationId?: string | undefined;
  /** Of a delivery, to `destinationId` where that is given. */
  outcome?: DeliveryState | undefined;
  /** Whether something of it is parked or failed. */
  open?: boolean | undefined;
  /** Of its first report; from inclusive, to exclusive. */
  from?: Date | undefined;
  to?: Date | undefined;
}

/** The place of a conversion in the list. */
export interface ListPlace {
  at: Date;
  id: string;
}

export interface ListedConversion extends StoredConversion {
  createdAt: Date;
  updatedAt: Date;
  dueAt: Date | null;
}

const listed = (doc: ConversionDoc): ListedConversion =>
  ({ conversion: conversionFromDoc(doc), revision: doc.revision, createdAt: doc.createdAt, updatedAt: doc.updatedAt, dueAt: doc.dueAt });

/** Conversions of a property after a place in the list, newest first. Uses `newest`, `byStatus`, or `open` where something parked or failed is asked for. */
export async function listConversions(db: Db, filter: ConversionFilter, after: ListPlace | null, limit: number): Promise<ListedConversion[]> {
  const hint = isOpenAsked(filter) ? 'open' : filter.status ? 'byStatus' : 'newest';
  const docs = await conversions(db).find(conditionsOf(filter, after)).hint(hint).sort({ createdAt: -1, _id: -1 }).limit(limit).toArray();
  return docs.map(listed);
}

/** Uses _id. */
export async function listedConversion(db: Db, id: string): Promise<ListedConversion | null> {
  const doc = await conversions(db).findOne({ _id: id });
  return doc && listed(doc);
}

/** Those among these ids, with the same filter. Uses _id. */
export async function conversionsAmong(db: Db, ids: readonly string[], filter: ConversionFilter): Promise<ListedConversion[]> {
  return (await conversions(db).find({ ...conditionsOf(filter, null), _id: { $in: [...ids] } }).toArray()).map(listed);
}

/** Those whose click is this one. Uses `byClick`. */
export async function conversionsOfClick(db: Db, clickId: string, filter: ConversionFilter, limit: number): Promise<ListedConversion[]> {
  return (await conversions(db).find({ ...conditionsOf(filter, null), clickId }).hint('byClick').limit(limit).toArray()).map(listed);
}

/** Parked or failed is what `openDestinations` is made of. */
const isOpenAsked = ({ open, outcome }: ConversionFilter): boolean => open === true || outcome === 'parked' || outcome === 'failed';

function conditionsOf(filter: ConversionFilter, after: ListPlace | null): Filter<ConversionDoc> {
  const { propertyId, network, status, destinationId, outcome, open, from, to } = filter;
  const conditions: Filter<ConversionDoc> = { propertyId };
  if (network !== undefined) conditions.network = network;
  if (status !== undefined) conditions.status = status;
  if (destinationId !== undefined && outcome !== undefined) conditions.deliveries = { $elemMatch: { destinationId, state: outcome } };
  else if (destinationId !== undefined) conditions['deliveries.destinationId'] = destinationId;
  else if (outcome !== undefined) conditions['deliveries.state'] = outcome;
  if (isOpenAsked(filter)) conditions.openDestinations = destinationId ?? SOME;
  else if (open === false) conditions.openDestinations = { $size: 0 };
  const bounds = { ...(from && { $gte: from }), ...(to && { $lt: to }), ...(after && { $lte: after.at }) };
  if (Object.keys(bounds).length > 0) conditions.createdAt = bounds;
  if (after) conditions.$or = [{ createdAt: { $lt: after.at } }, { createdAt: after.at, _id: { $lt: after.id } }];
  return conditions;
}

/** `count` counts no further than this: "10,000 or more" says as much to a person. */
export const COUNTED_MAX = 10_000;

export interface StuckConversions<T> {
  count: number;
  list: T[];
}

const EVER = new Date(0);

/** Conversions whose run should have acted by now, longest overdue first. Uses `due`. */
export async function overdueConversions(db: Db, now: Date, limit: number): Promise<StuckConversions<{ conversionId: string; status: Status; dueAt: Date }>> {
  const conditions = { dueAt: { $gt: EVER, $lt: now } };
  const [count, docs] = await Promise.all([
    conversions(db).countDocuments(conditions, { limit: COUNTED_MAX }),
    conversions(db).find(conditions, { projection: { status: 1, dueAt: 1 } }).sort({ dueAt: 1 }).limit(limit).toArray(),
  ]);
  return { count, list: docs.map(({ _id, status, dueAt }) => ({ conversionId: _id, status, dueAt: dueAt! })) };
}

/** Conversions with a delivery that failed and may still be sent, newest first. Uses `open`. */
export async function failedSendable(db: Db, propertyId: string, nowMs: number, limit: number): Promise<StuckConversions<ListedConversion>> {
  const conditions: Filter<ConversionDoc> = { propertyId, openDestinations: SOME, deliveries: { $elemMatch: { state: 'failed', deadlineAtMs: { $gt: nowMs } } } };
  const [count, docs] = await Promise.all([
    conversions(db).countDocuments(conditions, { limit: COUNTED_MAX, hint: 'open' }),
    conversions(db).find(conditions).hint('open').sort({ createdAt: -1, _id: -1 }).limit(limit).toArray(),
  ]);
  return { count, list: docs.map(listed) };
}

/** Conversions with a delivery parked at this destination. Uses `parkedInOrder`. */
export const countParked = (db: Db, destinationId: string): Promise<number> =>
  conversions(db).countDocuments({ parkedDestinations: destinationId }, { limit: COUNTED_MAX });
