import type { Status } from './report.ts';

/** Inbound mapping: which report means which event. Data, editable per integration; an integration's own rules replace the defaults. */
export interface EventRule {
  when: {
    /** `none`: the call carries no status parameter and no status is known. */
    status?: (Exclude<Status, 'unknown'> | 'none')[];
    /** Bounds of the amount, decimal strings, both inclusive. */
    amountFrom?: string;
    amountTo?: string;
    /** Strictly greater than, for "any amount at all". */
    amountAbove?: string;
    offer?: string[];
    country?: string[];
  };
  event: string;
  value: 'none' | 'payout' | 'orderValue' | { amount: string; currency: string };
  once: 'conversion' | 'report';
  /** The rule is silent where one of these events went out before. */
  unless?: string[];
  flag?: string;
}

/** The default rules (design: rules of the domain, Events). First rule for each event name wins. */
export const DEFAULT_RULES: readonly EventRule[] = [
  { when: { status: ['pending', 'hold'] }, event: 'Lead', value: 'none', once: 'conversion', unless: ['Purchase'] },
  { when: { status: ['approved'] }, event: 'Purchase', value: 'payout', once: 'conversion' },
  { when: { status: ['none'], amountAbove: '0' }, event: 'Purchase', value: 'payout', once: 'conversion', flag: 'event_by_amount' },
  { when: { status: ['none'], amountTo: '0' }, event: 'Lead', value: 'none', once: 'conversion', unless: ['Purchase'], flag: 'event_by_amount' },
];
