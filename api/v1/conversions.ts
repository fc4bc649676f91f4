import type { Db } from 'mongodb';
import { z } from 'zod';
import { conversionIdOf } from '../../domain/conversion-id.ts';
import { DELIVERY_STATES } from '../../domain/event.ts';
import { STATUSES } from '../../domain/report.ts';
import { networks } from '../../networks/catalog.ts';
import { attemptsOf } from '../../store/attempts.ts';
import { auditOf } from '../../store/audit.ts';
import { conversionsAmong, conversionsOfClick, listConversions, listedConversion, type ConversionFilter, type ListedConversion } from '../../store/conversion-lists.ts';
import { postbacksOfConversion } from '../../store/postback-lists.ts';
import { Problem } from '../problem.ts';
import { toAttempt, toAudit, toConversion, toListed } from './conversion-shapes.ts';
import { pageOf, timeCursor } from './cursor.ts';
import { destinationIdOf, propertyIdsOf } from './find.ts';
import { toListedPostback } from './postback-shape.ts';
import { instant, paging } from './request.ts';

/** What operators ask about conversions. */

const POSTBACKS_MAX = 1000;
const AUDIT_MAX = 200;

export const conversionsQuery = z.strictObject({
  property: z.string().optional(),
  network: z.string().optional(),
  status: z.enum(STATUSES).optional(),
  destination: z.string().optional(),
  outcome: z.enum(DELIVERY_STATES).optional(),
  open: z.enum(['true', 'false']).optional(),
  from: instant.optional(),
  to: instant.optional(),
  q: z.string().trim().min(1).max(300).optional(),
  ...paging,
});

/** A page of the conversions that the query means, newest first. */
export async function conversionsPage(db: Db, query: z.output<typeof conversionsQuery>) {
  const { limit, network, status, outcome, from, to } = query;
  const propertyIds = await propertyIdsOf(db, query.property);
  const destinationId = query.destination === undefined ? undefined : await destinationIdOf(db, propertyIds, query.destination);
  const open = query.open === undefined ? undefined : query.open === 'true';
  const filters = propertyIds.map((propertyId): ConversionFilter => ({ propertyId, network, status, destinationId, outcome, open, from, to }));

  // What an id names is few: it comes whole.
  const after = query.q === undefined ? timeCursor(query.cursor) : null;
  const found = await Promise.all(filters.map((filter) => (query.q === undefined ? listConversions(db, filter, after, limit + 1) : named(db, query.q, filter, limit))));
  const newestFirst = found.flat().sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.conversion.id < b.conversion.id ? 1 : -1));
  const { items, cursor } = pageOf(newestFirst, limit, (last) => [last.createdAt.getTime(), last.conversion.id]);
  return { conversions: items.map(toListed), cursor: query.q === undefined ? cursor : null };
}

/** By the conversion's own id, the network's order id, or the click id, also where it stands in for a missing order id. */
async function named(db: Db, q: string, filter: ConversionFilter, limit: number): Promise<ListedConversion[]> {
  const ids = [...networks.keys()].flatMap((network) => [{ orderId: q, weakKey: null }, { orderId: null, weakKey: `click:${q}` }].map((key) => conversionIdOf(filter.propertyId, network, key)!));
  const [byId, byClick] = await Promise.all([conversionsAmong(db, [q, ...ids], filter), conversionsOfClick(db, q, filter, limit)]);
  return [...new Map([...byId, ...byClick].map((each) => [each.conversion.id, each])).values()];
}

export async function requireConversion(db: Db, id: string): Promise<ListedConversion> {
  const found = await listedConversion(db, id);
  if (!found) throw new Problem(404, 'conversion_not_found', `There is no conversion "${id}". Its id has the form <propertyId>/<network>/order:<orderId>; in an address it is URL-encoded.`);
  return found;
}

/** All that is known of a conversion. */
export async function showConversion(db: Db, id: string) {
  const found = await requireConversion(db, id);
  const [attempts, postbacks, audit] = await Promise.all([attemptsOf(db, id), postbacksOfConversion(db, id, POSTBACKS_MAX), auditOf(db, id, AUDIT_MAX)]);
  return { ...toConversion(found), attempts: attempts.map(toAttempt), postbacks: postbacks.map(toListedPostback), audit: audit.map(toAudit) };
}
