import type { OutboundEvent } from '../contract.ts';
import { moneyOf } from '../money.ts';

/** What a restated event is worth: in the currency of the original where the change names none. */
export const restatedMoneyOf = ({ value, currency, original }: Pick<OutboundEvent, 'value' | 'currency' | 'original'>) =>
  moneyOf({ value, currency: currency ?? original?.currency ?? null });

export const restatementProblem = (event: OutboundEvent): string | null =>
  event.kind === 'restate' && !restatedMoneyOf(event) ? 'A conversion is restated with a value and a currency, and one of them is missing.' : null;
