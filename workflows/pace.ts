/** How a number a second becomes batches and waits between them: timers, so that a pace outlives every worker. */

/** Larger batches would hold an activity for long, smaller ones would fill the history. */
const BATCH_MAX = 50;

/** Batches of a second's worth, at most `BATCH_MAX`; under one a second, one after a longer wait. */
export function paceOf(perSecond: number): { batch: number; waitMs: number } {
  const batch = Math.max(1, Math.min(Math.floor(perSecond), BATCH_MAX));
  return { batch, waitMs: Math.ceil((batch / perSecond) * 1000) };
}

export const isPace = (perSecond: unknown): perSecond is number => typeof perSecond === 'number' && perSecond > 0 && Number.isFinite(perSecond);
