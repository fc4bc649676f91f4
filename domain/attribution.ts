import type { Conversion } from './conversion.ts';

/** Which click a conversion belongs to, and how long it waits for one. Pure. */

export interface AttributionContext {
  nowMs: number;
  lateClickWaitMs: number;
  /** How long a conversion that is not final stays open after its last applied report. */
  holdMs: number;
}

/** `existing`: those of the conversion's candidate click ids that are known clicks. */
export function attribute(conversion: Conversion, existing: ReadonlySet<string>, ctx: AttributionContext): void {
  conversion.holdUntilMs = lastWordMs(conversion) + ctx.holdMs;
  if (conversion.clickId !== null) return;
  // Candidates stand in the order in which the network's rules try them: the configured slot first.
  const found = conversion.clickIdCandidates.find((candidate) => existing.has(candidate.value));
  if (found) return match(conversion, found.value, `${found.slot} is the id of a click`);

  const waitUntilMs = (conversion.history[0]?.receivedAtMs ?? ctx.nowMs) + ctx.lateClickWaitMs;
  if (conversion.clickIdCandidates.length > 0 && ctx.nowMs < waitUntilMs) {
    Object.assign(conversion, {
      attribution: 'waiting', waitUntilMs, clickMatch: null,
      waitingFor: [...new Set(conversion.clickIdCandidates.map((candidate) => candidate.value))],
    });
    return;
  }
  const reason = conversion.clickIdCandidates.length === 0 ? 'no report carries a click id' : 'no click with these ids came in time';
  Object.assign(conversion, { attribution: 'unattributed', waitUntilMs: null, waitingFor: [], clickMatch: reason });
}

function match(conversion: Conversion, clickId: string, clickMatch: string): void {
  Object.assign(conversion, { clickId, clickMatch, attribution: 'matched', waitingFor: [], waitUntilMs: null });
}

/** Arrival of the last applied report, else of the last one. */
function lastWordMs(conversion: Conversion): number {
  const last = conversion.history.findLast((entry) => entry.effect === 'applied') ?? conversion.history.at(-1);
  return last?.receivedAtMs ?? 0;
}
