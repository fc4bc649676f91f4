import { newConversion, takeIn, type FoldContext } from '../../domain/fold.ts';
import { DEFAULT_RULES } from '../../domain/rules.ts';
import type { Conversion, HistoryEntry } from '../../domain/conversion.ts';
import type { DestinationFacts } from '../../domain/delivery.ts';
import type { Report, Status } from '../../domain/report.ts';

/** Reports and destinations for tests of the pure rules. Times are minutes after a fixed moment. */

export const T0 = Date.parse('2026-11-01T00:00:00Z');
export const at = (minutes: number): number => T0 + minutes * 60_000;
const DAY = 86_400_000;

export function report(status: Status | 'none', more: Partial<Report> & { at?: number } = {}): Report {
  const { at: minutes = 0, ...rest } = more;
  return {
    orderId: '1001', weakKey: null, status: status === 'none' ? 'unknown' : status, statusRaw: status === 'none' ? null : status, statusParameter: status !== 'none',
    amount: null, currency: null, currencyAssumed: false, orderValue: null,
    occurredAt: new Date(at(minutes)).toISOString(), occurredAtReported: true, clickIdCandidates: [], eventName: null, offerId: null, country: null,
    ip: null, user: {}, items: [], flags: [], empty: false, ...rest,
  };
}

export function destination(platform: 'meta' | 'google-data-manager' | 'google-ads', more: Partial<DestinationFacts> = {}): DestinationFacts {
  const reversal = {
    meta: null,
    'google-data-manager': { kinds: ['retract', 'restate'] as ('retract' | 'restate')[], restoresByRestating: true, deadlineMs: 54 * DAY },
    'google-ads': { kinds: ['retract', 'restate'] as ('retract' | 'restate')[], restoresByRestating: false, deadlineMs: 54 * DAY },
  }[platform];
  return {
    id: platform, name: platform, platform, deadlineMs: 7 * DAY, reversal, onRejection: 'ignore',
    outbound: (event) => ({ name: event }), value: (_event, money) => money, acceptsTransactionId: () => true, ...more,
  };
}

export interface Arrival {
  report: Report;
  /** Minutes; long after everything where it does not matter. */
  arrives?: number;
}

/** Takes in reports in order of arrival; every delivery counts as accepted at once unless `accept` is false. */
export function story(arrivals: Arrival[], more: Partial<FoldContext> & { accept?: boolean } = {}): { conversion: Conversion; effects: string[] } {
  const { accept = true, ...context } = more;
  let conversion: Conversion | undefined;
  const effects = arrivals.map(({ report: each, arrives = 1000 }, index) => {
    conversion ??= newConversion('p/kma/order:1001', 'p', 'kma', each);
    const ctx: FoldContext = { defaultCurrency: null, rules: DEFAULT_RULES, destinations: [destination('meta')], nowMs: at(arrives), ...context };
    const entry: HistoryEntry = takeIn(conversion, `pb${index}`, at(arrives), each, ctx);
    if (accept) acceptAll(conversion);
    return entry.effect;
  });
  return { conversion: conversion!, effects };
}

export function acceptAll(conversion: Conversion): void {
  for (const delivery of conversion.deliveries) if (delivery.state === 'planned') delivery.state = 'delivered';
}

/** `Purchase 1 event 1200 RUB`, in the order of planning. */
export const told = (conversion: Conversion): string[] =>
  conversion.deliveries.map((d) => [d.destinationId, d.event, d.generation, d.kind, d.value, d.currency, d.state === 'delivered' ? null : d.state].filter((part) => part !== null).join(' '));
