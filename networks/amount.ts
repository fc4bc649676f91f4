import { isAmbiguousAmount, normaliseAmount } from '../domain/money.ts';
import { type Parameters, textOf } from './parameters.ts';

/** An amount read whole, or null and a flag `<what>_unreadable` or `<what>_ambiguous`. */
export function readAmount(parameters: Parameters, what: string, ...names: readonly string[]): string | null {
  const text = textOf(parameters, ...names);
  if (text === null) return null;
  const amount = normaliseAmount(text);
  if (amount === null) parameters.flags.add(isAmbiguousAmount(text) ? `${what}_ambiguous` : `${what}_unreadable`);
  return amount;
}
