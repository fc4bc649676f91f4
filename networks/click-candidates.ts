import { isClickIdShape } from '../domain/click.ts';
import type { ClickIdCandidate } from '../domain/report.ts';

/** The click id in a sub id: the value itself, or what AutoTag merged into an affiliate's own value, `<own value>_<clickId>`. */
export function clickIdIn(value: string): string | null {
  const tail = value.slice(value.lastIndexOf('_') + 1);
  return isClickIdShape(tail) ? tail : null;
}

/** How a call's slots are looked at: the configured one first, its value whatever its shape, then the others by shape. */
export interface Slots {
  configured: string;
  others: readonly string[];
  /** The other slots mean a click id by name too, so their values count whatever their shape. */
  othersByName?: boolean;
  valueOf(slot: string): string | null;
}

/** Click ids that the call may be about, best first, each value once. A merged value gives its click id alone. */
export function clickIdCandidates({ configured, others, othersByName, valueOf }: Slots): ClickIdCandidate[] {
  const candidates = new Map<string, ClickIdCandidate>();
  for (const slot of new Set([configured, ...others])) {
    const text = valueOf(slot);
    if (text === null) continue;
    const value = clickIdIn(text) ?? (slot === configured || othersByName ? text : null);
    if (value !== null && !candidates.has(value)) candidates.set(value, { slot, value });
  }
  return [...candidates.values()];
}
