import type { Db } from 'mongodb';
import { z } from 'zod';
import type { ReplayFilter, ReplayInput } from '../../contracts/replay.ts';
import { DELIVERY_STATES } from '../../domain/event.ts';
import { STATUSES } from '../../domain/report.ts';
import { newId } from '../../store/ids.ts';
import { replayResultsOf } from '../../store/replay-results.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problem.ts';
import { requireConversion } from './conversions.ts';
import { idCursor, pageOf } from './cursor.ts';
import { destinationIdOf, propertyIdOf } from './find.ts';
import { instant, paging, why } from './request.ts';

/** Replays: sending again, over many conversions, as a durable workflow. */

const REPLAY_ID = /^[0-9A-Za-z_.-]{1,64}$/;

export const replayBody = z
  .strictObject({
    /** A repeat with the same id is the same replay. */
    id: z.string().regex(REPLAY_ID, 'letters, digits, _ . and - are expected, at most 64').optional(),
    conversion: z.string().optional(),
    property: z.string().optional(),
    network: z.string().optional(),
    status: z.enum(STATUSES).optional(),
    destination: z.string().optional(),
    states: z.array(z.enum(DELIVERY_STATES)).min(1).optional(),
    from: instant.optional(),
    to: instant.optional(),
    dryRun: z.boolean().default(false),
    force: z.boolean().default(false),
    newEventId: z.boolean().default(false),
    perSecond: z.number().positive().max(1000).optional(),
    why,
  })
  .refine(({ conversion, property }) => (conversion === undefined) !== (property === undefined), 'name a property, or one conversion')
  .refine(({ force, newEventId }) => !newEventId || force, 'newEventId is for force: what was not delivered keeps its event id');

/** Starts one. `replayPerSecond` of the configuration is its pace where none is said. */
export async function beginReplay(deps: ApiDeps, body: z.output<typeof replayBody>, who: string): Promise<{ id: string; isDone: boolean }> {
  const { dryRun, force, newEventId, perSecond = deps.config.replayPerSecond, why: reason } = body;
  const id = body.id ?? newId(deps.now().getTime());
  const input: ReplayInput & { perSecond: number } = { filter: await filterOf(deps.db, body), dryRun, perSecond, who, why: reason, verified: true, ...(force && { force }), ...(newEventId && { newEventId }) };
  const { isDone } = await deps.operators.startReplay(id, input);
  if (!isDone) deps.log.info({ replay: id, who, dryRun, force }, 'replay started');
  return { id, isDone };
}

async function filterOf(db: Db, { conversion, property, network, status, destination, states, from, to }: z.output<typeof replayBody>): Promise<ReplayFilter> {
  const propertyId = conversion === undefined ? await propertyIdOf(db, property!) : (await requireConversion(db, conversion)).conversion.propertyId;
  return {
    propertyId,
    ...(conversion !== undefined && { conversionId: conversion }),
    ...(network !== undefined && { network }),
    ...(status !== undefined && { status }),
    ...(from && { from: from.toISOString() }),
    ...(to && { to: to.toISOString() }),
    ...(destination !== undefined && { destinationId: await destinationIdOf(db, [propertyId], destination) }),
    ...(states && { states }),
  };
}

/** How far it is: the counts, and the last of its results. */
export async function showReplay({ operators }: ApiDeps, id: string) {
  return { id, ...(await operators.replay(requireReplayId(id))) };
}

export const replayResultsQuery = z.strictObject(paging);

/** Its result list, by conversion. */
export async function replayResultsPage(db: Db, id: string, { limit, cursor }: z.output<typeof replayResultsQuery>) {
  const found = await replayResultsOf(db, requireReplayId(id), idCursor(cursor) ?? '', limit + 1);
  const page = pageOf(found, limit, (last) => [last.conversionId]);
  return { results: page.items.map(({ conversionId, deliveryKeys, outcome, note, startedAt, endedAt }) => ({ conversionId, deliveryKeys, outcome, note, startedAt, endedAt })), cursor: page.cursor };
}

export const steerBody = z.strictObject({ why });

export async function steerReplay({ operators, log }: ApiDeps, id: string, what: 'pause' | 'resume' | 'cancel', who: string, reason: string) {
  await operators.steerReplay(requireReplayId(id), what, { who, why: reason, verified: true });
  log.info({ replay: id, who, what, why: reason }, 'replay steered');
  return { id };
}

function requireReplayId(id: string): string {
  if (!REPLAY_ID.test(id)) throw new Problem(404, 'replay_not_found', `There is no replay "${id}".`);
  return id;
}
