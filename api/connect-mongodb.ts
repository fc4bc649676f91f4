import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Store } from '../store/db.ts';
import { ensureIndexes, type Lifetimes } from '../store/indexes.ts';

const AGAIN_AFTER_MS = 1_000;

/**
 * Connects to MongoDB and makes the indexes, and tries until it has: an API that starts during an outage takes postbacks
 * all the same. Once it has come through, the driver finds its way back by itself.
 */
export function connectMongodb({ client, db }: Store, keep: Lifetimes, log: Logger) {
  const stopped = new AbortController();
  const connected = (async () => {
    while (!stopped.signal.aborted) {
      try {
        await client.connect();
        return await ensureIndexes(db, keep);
      } catch (err) {
        if (stopped.signal.aborted) return;
        log.error({ err }, 'MongoDB cannot be used yet, trying again');
        await sleep(AGAIN_AFTER_MS, undefined, { signal: stopped.signal }).catch(() => undefined); // an aborted wait ends the loop
      }
    }
  })();
  return {
    /** Waits for it, at most that long. */
    within: (ms: number): Promise<unknown> => Promise.race([connected, sleep(ms)]),
    stop: () => stopped.abort(),
  };
}
