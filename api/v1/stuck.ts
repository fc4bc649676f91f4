import type { Db } from 'mongodb';
import { COUNTED_MAX, countParked, failedSendable, overdueConversions, type ListedConversion } from '../../store/conversion-lists.ts';
import { destinationsWithParked } from '../../store/conversions.ts';
import { allDestinations } from '../../store/destinations.ts';
import type { PostbackDoc } from '../../store/documents.ts';
import { countStuckPostbacks, oldestStuckPostbacks } from '../../store/postback-lists.ts';
import { propertyIdsOf } from './find.ts';

/** A postback is taken in within a second or two; one that has no outcome after this needs somebody to look. */
export const STUCK_AFTER_MS = 60_000;

/**
 * Everything that does not go on by itself, or should have and has not: nothing of it where all is well. Lists are the first
 * ones; counts end at `COUNTED_MAX`.
 */
export async function stuck(db: Db, nowMs: number, limit: number) {
  const before = new Date(nowMs - STUCK_AFTER_MS);
  const propertyIds = await propertyIdsOf(db, undefined);
  const [postbackCount, postbacks, overdue, destinations, failed] = await Promise.all([
    countStuckPostbacks(db, before, COUNTED_MAX),
    oldestStuckPostbacks(db, before, limit),
    overdueConversions(db, new Date(nowMs), limit),
    heldUp(db),
    Promise.all(propertyIds.map((propertyId) => failedSendable(db, propertyId, nowMs, limit))),
  ]);
  const failedDeliveries = failed.flatMap(({ list }) => list).flatMap((each) => failedOf(each, nowMs));
  const counts = { postbacks: postbackCount, overdue: overdue.count, destinations: destinations.length, failed: failed.reduce((sum, { count }) => sum + count, 0) };
  return {
    ok: Object.values(counts).every((count) => count === 0),
    counts,
    postbacks: postbacks.map(toStuckPostback),
    overdue: overdue.list.map((each) => ({ ...each, dueAt: each.dueAt.toISOString() })),
    destinations,
    failed: failedDeliveries.slice(0, limit),
  };
}

/** Destinations that a delivery paused, and those with something parked; what an operator paused while nothing waits for it is as it should be. */
async function heldUp(db: Db) {
  const [all, parkedIds] = await Promise.all([allDestinations(db), destinationsWithParked(db)]);
  const concerned = all.filter(({ _id, paused }) => paused?.by === 'delivery' || parkedIds.includes(_id));
  return Promise.all(concerned.map(async ({ _id, propertyId, name, platform, state, paused }) => ({
    id: _id, propertyId, name, platform, state,
    paused: paused && { code: paused.code, reason: paused.reason, by: paused.by, at: paused.at.toISOString() },
    parkedConversions: await countParked(db, _id),
  })));
}

const failedOf = ({ conversion }: ListedConversion, nowMs: number) =>
  conversion.deliveries
    .filter(({ state, deadlineAtMs }) => state === 'failed' && deadlineAtMs > nowMs)
    .map(({ key, event, platform, destinationName, code, reason, deadlineAtMs }) => ({ conversionId: conversion.id, key, event, platform, destinationName, code, reason, deadlineAt: new Date(deadlineAtMs).toISOString() }));

function toStuckPostback({ _id, propertyId, network, conversionId, receivedAt, tries, lastError }: PostbackDoc) {
  return { id: _id, propertyId, network, conversionId, receivedAt: receivedAt.toISOString(), tries, reason: lastError ?? reasonOf(tries) };
}

const reasonOf = (tries: number): string =>
  tries === 0
    ? 'It is not handed over yet: the relay has not come to it. Is a worker running?'
    : `It was handed over ${tries === 1 ? 'again' : `again ${tries} times`} and has no outcome: its run does not take it in. Is a worker running? Look at the run.`;
