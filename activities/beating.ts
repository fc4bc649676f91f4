import { Context } from '@temporalio/activity';

const BEAT_MS = 3_000;

/**
 * Work that tells Temporal every few seconds that it lives, so that a pass whose worker died is noticed at once and the next
 * one is not kept waiting for the whole time it might have taken. Outside an activity there is nobody to tell.
 */
export async function beating<T>(work: () => Promise<T>): Promise<T> {
  const context = contextOrNone();
  const timer = context && setInterval(() => context.heartbeat(), BEAT_MS);
  try {
    return await work();
  } finally {
    if (timer) clearInterval(timer);
  }
}

function contextOrNone(): Context | null {
  try {
    return Context.current();
  } catch {
    return null; // Temporal's way to say that this is no activity
  }
}
