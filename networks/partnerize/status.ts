import type { KnownStatus, Status } from '../../domain/report.ts';
import { carries, type Parameters, textOf } from '../parameters.ts';
import { meaningOf, type StatusReading, type StatusWords } from '../status-words.ts';

/** Partnerize's words; in its CSV sample 1 goes with pending, other numbers are not documented. */
const WORDS: StatusWords = new Map([
  ['1', { status: 'pending' }],
  ['pending', { status: 'pending' }],
  ['approved', { status: 'approved' }],
  ['rejected', { status: 'rejected' }],
]);

/** A conversion is what its least settled item is. Hold and trash come only from an integration's own words. */
const PRECEDENCE: readonly KnownStatus[] = ['pending', 'hold', 'approved', 'rejected', 'trash'];

/** The status of each item (null where it has none), and of the whole. An item without a known one counts for nothing. */
export function itemStatuses(
  call: Parameters, items: readonly Parameters[], own: Record<string, KnownStatus> | null | undefined,
): { report: StatusReading; items: (Status | null)[] } {
  const readings = items.map((item): { status: Status; raw: string } | null => {
    const raw = textOf(item, 'item_status');
    if (raw === null) return null;
    const status = meaningOf(raw, [WORDS], own)?.status ?? 'unknown';
    if (status === 'unknown') call.flags.add('status_unknown');
    return { status, raw };
  });
  const decided = PRECEDENCE.map((status) => readings.find((reading) => reading?.status === status)).find(Boolean);
  const notUnderstood = readings.find((reading) => reading !== null);
  return {
    report: {
      status: decided?.status ?? 'unknown',
      raw: (decided ?? notUnderstood)?.raw ?? null,
      // Items that cannot be read may have carried a status: the amount alone must not decide then.
      parameter: items.some((item) => carries(item, 'item_status')) || call.flags.has('items_unreadable'),
    },
    items: readings.map((reading) => reading?.status ?? null),
  };
}
