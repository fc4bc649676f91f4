import type { Db } from 'mongodb';
import { z } from 'zod';
import type { Acting } from '../../contracts/conversion.ts';
import type { PostbackDoc } from '../../store/documents.ts';
import { listPostbacks, listStuckPostbacks } from '../../store/postback-lists.ts';
import { postbacksByIds } from '../../store/postbacks.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problem.ts';
import { idCursor, pageOf } from './cursor.ts';
import { propertyIdsOf } from './find.ts';
import { operate } from './operations.ts';
import { toListedPostback, toPostback } from './postback-shape.ts';
import { paging, why } from './request.ts';
import { STUCK_AFTER_MS } from './stuck.ts';

/** What operators ask about postbacks. */

const EFFECTS = ['applied', 'duplicate', 'stale', 'unknown', 'empty', 'error'] as const;

export const postbacksQuery = z
  .strictObject({ property: z.string().optional(), outcome: z.enum(EFFECTS).optional(), stuck: z.enum(['true']).optional(), ...paging })
  .refine(({ outcome, stuck }) => outcome === undefined || stuck === undefined, 'what is stuck has no outcome: give one of the two');

/** A page of postbacks, newest first. `stuck`: without an outcome for a minute. */
export async function postbacksPage(db: Db, { property, outcome, stuck, limit, cursor }: z.output<typeof postbacksQuery>, nowMs: number) {
  const before = idCursor(cursor);
  const propertyIds = await propertyIdsOf(db, property);
  const found = await Promise.all(propertyIds.map((propertyId) =>
    stuck ? listStuckPostbacks(db, propertyId, new Date(nowMs - STUCK_AFTER_MS), before, limit + 1) : listPostbacks(db, { propertyId, outcome }, before, limit + 1)));
  const page = pageOf(found.flat().sort((a, b) => (a._id < b._id ? 1 : -1)), limit, (last) => [last._id]);
  return { postbacks: page.items.map(toListedPostback), cursor: page.cursor };
}

export async function showPostback(db: Db, id: string) {
  const [postback] = await postbacksByIds(db, [id]);
  if (!postback) throw new Problem(404, 'postback_not_found', `There is no postback "${id}".`);
  return toPostback(postback);
}

export const reprocessPostbacksBody = z.strictObject({ ids: z.array(z.string().min(1)).min(1).max(50), apply: z.boolean().default(false), why });

/**
 * Reads the conversions of these postbacks again with today's mapping. One conversion is one operation, however many of its
 * postbacks are named; what is refused or fails is that one's own.
 */
export async function reprocessPostbacks(deps: ApiDeps, { ids, apply, why: reason }: z.output<typeof reprocessPostbacksBody>, who: string, operationId: string) {
  const postbacks = new Map((await postbacksByIds(deps.db, ids)).map((postback) => [postback._id, postback]));
  const byConversion = new Map<string, string[]>();
  const results: { conversionId: string | null; postbackIds: string[]; changes: string[]; problem: string | null }[] = [];
  for (const id of new Set(ids)) {
    const conversionId = conversionOf(postbacks.get(id));
    if (conversionId === null) results.push({ conversionId, postbackIds: [id], changes: [], problem: postbacks.has(id) ? 'It names no conversion.' : 'There is no such postback.' });
    else byConversion.set(conversionId, [...(byConversion.get(conversionId) ?? []), id]);
  }
  for (const [conversionId, postbackIds] of byConversion) {
    results.push({ conversionId, postbackIds, ...(await reprocess(deps, conversionId, apply, { who, why: reason }, operationId)) });
  }
  return { applied: apply, results };
}

const conversionOf = (postback: PostbackDoc | undefined): string | null => postback?.conversionId ?? postback?.outcome?.conversionId ?? null;

async function reprocess(deps: ApiDeps, conversionId: string, apply: boolean, acting: Acting, operationId: string): Promise<{ changes: string[]; problem: string | null }> {
  try {
    const { changes } = await operate(deps, conversionId, { kind: 'reprocess', apply }, acting, operationId);
    return { changes, problem: null };
  } catch (error) {
    // Where Temporal or the worker is away, the others would wait for it as long: all end here.
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    return { changes: [], problem: error.message };
  }
}
