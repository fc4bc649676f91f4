import { effectOf, EMPTY_STATE, stateOf } from './history.ts';
import { planAfter, type PlanContext } from './planning.ts';
import type { Conversion, HistoryEntry } from './conversion.ts';
import { AHEAD_MAX_MS, type Report } from './report.ts';

/** Taking a report into its conversion: history, state, and the deliveries that follow. Pure. */

export interface FoldContext extends PlanContext {
  defaultCurrency: string | null;
}

/** A conversion that nothing is known of yet. */
export function newConversion(id: string, propertyId: string, network: string, report: Report): Conversion {
  return {
    ...EMPTY_STATE,
    id, propertyId, network,
    orderId: report.orderId, weakKey: report.weakKey,
    offerId: null, country: null, ip: null, user: {}, items: [],
    history: [], clickIdCandidates: [], clickId: null, clickMatch: null, attribution: 'unattributed',
    waitingFor: [], waitUntilMs: null, holdUntilMs: null, deliveries: [], flags: [],
  };
}

/** Takes in one report, in order of arrival; `source` says whether it is the network's or an operator's. A report that was taken in before changes nothing. */
export function takeIn(
  conversion: Conversion, postbackId: string, receivedAtMs: number, report: Report, ctx: FoldContext, source: HistoryEntry['source'] = 'report',
): HistoryEntry {
  const seen = conversion.history.find((entry) => entry.postbackId === postbackId);
  if (seen) return seen;

  const entry = { ...entryOf(postbackId, receivedAtMs, report), source };
  const before = { status: conversion.status, statusAtMs: conversion.statusAtMs };
  entry.effect = effectOf(conversion, conversion.history, entry);
  conversion.history.push(entry);
  Object.assign(conversion, stateOf(conversion.history, ctx.defaultCurrency));
  takeFacts(conversion, report);
  planAfter(conversion, entry, before, ctx);
  return entry;
}

function entryOf(postbackId: string, receivedAtMs: number, report: Report): HistoryEntry {
  return {
    postbackId,
    source: 'report',
    status: report.status,
    statusRaw: report.statusRaw,
    statusParameter: report.statusParameter,
    amount: report.amount,
    currency: report.currencyAssumed ? null : report.currency,
    orderValue: report.orderValue,
    eventName: report.eventName,
    offerId: report.offerId,
    country: report.country,
    occurredAtMs: timeInFold(Date.parse(report.occurredAt), receivedAtMs),
    occurredAtReported: report.occurredAtReported,
    receivedAtMs,
    effect: 'unknown',
    flags: report.flags,
  };
}

const timeInFold = (occurredAtMs: number, receivedAtMs: number): number => (occurredAtMs - receivedAtMs > AHEAD_MAX_MS ? receivedAtMs : occurredAtMs);

/** What reports say beside status and money: the newest word in order of arrival, absent words keep what is known. */
function takeFacts(conversion: Conversion, report: Report): void {
  conversion.offerId = report.offerId ?? conversion.offerId;
  conversion.country = report.country ?? conversion.country;
  conversion.ip = report.ip ?? conversion.ip;
  conversion.user = { ...conversion.user, ...report.user };
  if (report.items.length > 0) conversion.items = report.items;
  for (const candidate of report.clickIdCandidates) {
    const known = conversion.clickIdCandidates.some((c) => c.slot === candidate.slot && c.value === candidate.value);
    if (!known) conversion.clickIdCandidates.push(candidate);
  }
  conversion.flags = [...new Set([...conversion.flags, ...report.flags])].sort();
}
