import { compareAmounts } from './money.ts';
import type { ConversionState, Effect, HistoryEntry } from './conversion.ts';
import type { Status } from './report.ts';

/**
 * Status and money as a fold over all reports of a conversion: the same in whatever order they arrive. Reports are ordered by
 * time, at equal times pending < hold < approved, rejected, trash, then by arrival.
 */

const RANK: Record<Status, number> = { unknown: -1, pending: 0, hold: 1, approved: 2, rejected: 2, trash: 2 };

export const EMPTY_STATE: ConversionState = {
  status: 'unknown', statusAtMs: null, amount: null, currency: null, currencyAssumed: false, orderValue: null,
};

/** What a report that is taken in now does to the state that the others, taken in before it, made. */
export function effectOf(state: ConversionState, others: readonly HistoryEntry[], report: HistoryEntry): Effect {
  if (report.status === 'unknown') return 'unknown';
  const known = others.filter((other) => other.status !== 'unknown');
  if (known.length === 0) return 'applied';
  if (saysNothingNew(state, report)) return 'duplicate';
  return inOrder([...known, report]).at(-1) === report ? 'applied' : 'stale';
}

/** The state after all these reports. */
export function stateOf(reports: readonly HistoryEntry[], defaultCurrency: string | null): ConversionState {
  const known = inOrder(reports.filter((report) => report.status !== 'unknown'));
  // A report without a known status never touches a known status, its amount or its time.
  const telling = known.length > 0 ? known : inOrder(reports);
  const last = telling.at(-1);
  if (!last) return EMPTY_STATE;
  return {
    status: last.status,
    statusAtMs: last.occurredAtMs,
    ...moneyOf(telling, defaultCurrency),
    orderValue: telling.findLast((report) => report.orderValue !== null)?.orderValue ?? null,
  };
}

/** In order: a sum brings its currency, or keeps the one that holds; a currency without a sum counts while no sum has one. */
function moneyOf(ordered: readonly HistoryEntry[], defaultCurrency: string | null) {
  let amount: string | null = null;
  let said: string | null = null;
  for (const report of ordered) {
    if (report.amount === null && amount !== null && said !== null) continue;
    amount = report.amount ?? amount;
    said = report.currency ?? said;
  }
  if (said !== null) return { amount, currency: said, currencyAssumed: false };
  const assumed = (amount !== null || ordered.some((report) => report.orderValue !== null)) && defaultCurrency !== null;
  return { amount, currency: assumed ? defaultCurrency : null, currencyAssumed: assumed };
}

/** By time, rank, arrival; not by the order in which they were taken in: the relay may bring a report after a later one. */
function inOrder(reports: readonly HistoryEntry[]): HistoryEntry[] {
  return [...reports].sort((a, b) => a.occurredAtMs - b.occurredAtMs || RANK[a.status] - RANK[b.status]
    || a.receivedAtMs - b.receivedAtMs || (a.postbackId < b.postbackId ? -1 : 1));
}

/** A sum or currency that a report does not state stays the conversion's, so it is no difference. */
function saysNothingNew(state: ConversionState, report: HistoryEntry): boolean {
  const sameAmount = report.amount === null || (state.amount !== null && compareAmounts(report.amount, state.amount) === 0);
  const sameCurrency = report.currency === null || report.currency === state.currency;
  return report.status === state.status && sameAmount && sameCurrency;
}
