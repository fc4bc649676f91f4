import { compareAmounts } from './money.ts';
import type { ConversionState } from './conversion.ts';
import type { EventRule } from './rules.ts';
import type { Status } from './report.ts';

/** Inbound mapping: which events a report asks for. Pure; rules are data (domain/rules.ts). */

export interface RuleFacts {
  /** The report's status, or `none`: no status parameter in the call and no status known. */
  status: Exclude<Status, 'unknown'> | 'none';
  offerId: string | null;
  country: string | null;
  /** What an event or conversion type of the network asks for; replaces the guess by amount. */
  eventName: string | null;
}

export interface WantedEvent {
  event: string;
  value: string | null;
  currency: string | null;
  valueFrom: 'none' | 'payout' | 'orderValue' | 'fixed';
  once: EventRule['once'];
  unless: string[];
  flags: string[];
}

/** Every matching rule asks for its event; of two for the same event the first one holds. */
export function wantedEvents(rules: readonly EventRule[], facts: RuleFacts, state: ConversionState): WantedEvent[] {
  const wanted = new Map<string, WantedEvent>();
  for (const rule of rules) {
    if (!matches(rule.when, facts, state)) continue;
    const event = facts.status === 'none' && facts.eventName !== null ? facts.eventName : rule.event;
    if (!wanted.has(event)) wanted.set(event, wantedBy(rule, event, state));
  }
  return [...wanted.values()];
}

function matches(when: EventRule['when'], facts: RuleFacts, state: ConversionState): boolean {
  const amount = state.amount ?? '0';
  if (when.status && !when.status.includes(facts.status)) return false;
  if (when.amountFrom !== undefined && compareAmounts(amount, when.amountFrom) < 0) return false;
  if (when.amountTo !== undefined && compareAmounts(amount, when.amountTo) > 0) return false;
  if (when.amountAbove !== undefined && compareAmounts(amount, when.amountAbove) <= 0) return false;
  if (when.offer && (facts.offerId === null || !when.offer.includes(facts.offerId))) return false;
  return !when.country || (facts.country !== null && when.country.includes(facts.country));
}

function wantedBy(rule: EventRule, event: string, state: ConversionState): WantedEvent {
  const rest = { event, once: rule.once, unless: rule.unless ?? [], flags: rule.flag ? [rule.flag] : [] };
  if (rule.value === 'none') return { ...rest, value: null, currency: null, valueFrom: 'none' };
  if (typeof rule.value === 'object') {
    return { ...rest, value: rule.value.amount, currency: rule.value.currency, valueFrom: 'fixed' };
  }
  return { ...rest, ...valueOf(state, rule.value), valueFrom: rule.value };
}

/** The value that the state gives an event; a value never goes without its currency, nor a currency without its value. */
export function valueOf(state: ConversionState, from: 'payout' | 'orderValue'): { value: string | null; currency: string | null } {
  const value = from === 'payout' ? state.amount : state.orderValue;
  return value === null ? { value: null, currency: null } : { value, currency: state.currency };
}
