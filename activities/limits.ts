/**
 * How much one worker asks of one destination: so many requests in flight, so many a second. What is over it waits outside
 * and holds no slot of the worker, so that a platform which hangs cannot starve the others.
 */

export interface LimitsConfig {
  destinationInFlightMax: number;
  destinationPerSecond: number;
  destinationBurst: number;
}

/** May go now, and says when it has ended; or comes again after `waitMs`. */
export type Turn = { release(): void } | { waitMs: number };

export interface Limits {
  /** `key`: what waits, so that one that comes again is not counted twice. */
  take(destinationId: string, key: string): Turn;
}

interface Gate {
  inFlight: number;
  tokens: number;
  filledAtMs: number;
  /** How long a request holds its place, a moving average. */
  holdMs: number;
  /** What was sent away, and when it comes again. */
  waiting: Map<string, number>;
  prunedAtMs: number;
}

/** Waits are spread as the queue is long, but a platform that answers again is not kept waiting longer than this. */
const WAIT_LEAST_MS = 200;
const WAIT_LONGEST_MS = 10_000;
const HOLD_FIRST_MS = 250;
/** What did not come again within this is not waiting here any more: another worker took it, or it was cancelled. */
const FORGET_MS = 30_000;

export function createLimits(config: LimitsConfig, now: () => number, random: () => number = Math.random): Limits {
  const inFlightMax = Math.max(1, config.destinationInFlightMax);
  const perSecond = Math.max(1, config.destinationPerSecond);
  const burst = Math.max(1, config.destinationBurst);
  const gates = new Map<string, Gate>();

  const gateOf = (destinationId: string, nowMs: number): Gate => {
    const gate = gates.get(destinationId) ?? { inFlight: 0, tokens: burst, filledAtMs: nowMs, holdMs: HOLD_FIRST_MS, waiting: new Map(), prunedAtMs: nowMs };
    gates.set(destinationId, gate);
    // A clock that was put back fills nothing.
    gate.tokens = Math.min(burst, gate.tokens + (Math.max(0, nowMs - gate.filledAtMs) / 1000) * perSecond);
    gate.filledAtMs = nowMs;
    if (nowMs - gate.prunedAtMs >= 1000) prune(gate, nowMs);
    return gate;
  };

  return {
    take(destinationId, key) {
      const startedMs = now();
      const gate = gateOf(destinationId, startedMs);
      gate.waiting.delete(key);
      if (gate.inFlight >= inFlightMax || gate.tokens < 1) {
        const ahead = gate.waiting.size + 1;
        const turnMs = Math.max((ahead / perSecond) * 1000, gate.inFlight >= inFlightMax ? (ahead / inFlightMax) * gate.holdMs : 0);
        // Jitter of a quarter either way: what was sent away together does not come again together.
        const waitMs = Math.round(Math.min(Math.max(turnMs, WAIT_LEAST_MS), WAIT_LONGEST_MS) * (0.75 + 0.5 * random()));
        gate.waiting.set(key, startedMs + waitMs);
        return { waitMs };
      }
      gate.tokens -= 1;
      gate.inFlight += 1;
      return {
        release: () => {
          gate.inFlight -= 1;
          gate.holdMs = 0.8 * gate.holdMs + 0.2 * Math.max(0, now() - startedMs);
        },
      };
    },
  };
}

function prune(gate: Gate, nowMs: number): void {
  for (const [key, comesMs] of gate.waiting) if (comesMs + FORGET_MS < nowMs) gate.waiting.delete(key);
  gate.prunedAtMs = nowMs;
}
