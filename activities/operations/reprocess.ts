import type { Conversion, HistoryEntry } from '../../domain/conversion.ts';
import { stateOf } from '../../domain/history.ts';
import { reprocess as readAgain } from '../../domain/reprocess.ts';
import type { Report } from '../../domain/report.ts';
import { postbacksOfConversion } from '../../store/postback-lists.ts';
import { postbacksByIds, settlePostbacks } from '../../store/postbacks.ts';
import type { Deps } from '../deps.ts';
import { foldContext, read, REASONS } from '../open-conversion.ts';
import type { Apply } from '../operate.ts';

/** More reports of one conversion than any network sends. */
const POSTBACKS_MAX = 1000;

/** Reads the stored postbacks again with today's settings and rules. One that is gone, or cannot be read any more, keeps what it said then. */
export const reprocess: Apply<'reprocess'> = async (deps, conversion, _input, loaded) => {
  const reported = conversion.history.filter((entry) => entry.source === 'report').map((entry) => entry.postbackId);
  const [known, all] = await Promise.all([postbacksByIds(deps.db, reported), postbacksOfConversion(deps.db, conversion.id, POSTBACKS_MAX)]);
  const stored = new Map([...known, ...all].map((postback) => [postback._id, postback]));
  const reportOf = ({ postbackId }: HistoryEntry): Report | null => {
    const postback = stored.get(postbackId);
    const report = postback && read(postback, loaded.integration);
    return report && !('error' in report) ? report : null;
  };
  // One that could not be read when it came is in no history, and may be read today. One without an outcome is the run's.
  for (const { _id, receivedAt, outcome } of all) {
    if (reported.includes(_id) || outcome === null) continue;
    const entry = { postbackId: _id, source: 'report', receivedAtMs: receivedAt.getTime() } as HistoryEntry;
    if (reportOf(entry)) conversion.history.push(entry);
  }
  readAgain(conversion, reportOf, foldContext(loaded, deps.now()));
};

/** The outcomes of its postbacks as they are now; repeatable, since it comes from the history alone. */
export async function settleReprocessed(deps: Deps, conversion: Conversion): Promise<void> {
  const at = new Date(deps.now());
  const outcomes = conversion.history.map((entry, index) => {
    const was = stateOf(conversion.history.slice(0, index), null).status;
    const is = stateOf(conversion.history.slice(0, index + 1), null).status;
    const outcome = { effect: entry.effect, reason: REASONS[entry.effect](was, is, entry.statusRaw), conversionId: conversion.id, at };
    return { id: entry.postbackId, source: entry.source, outcome };
  });
  await settlePostbacks(deps.db, outcomes.filter(({ source }) => source === 'report'), { overwrite: true });
}
