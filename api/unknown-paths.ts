import type { Logger } from 'pino';

const LINE_EVERY_MS = 60_000;

/** Calls to properties that do not exist share one counter: nothing of them is stored, and scanners cannot fill the log. */
export function createUnknownPaths(log: Logger, nowMs: () => number) {
  let total = 0;
  let lastLineMs = -Infinity;
  return {
    count() {
      total += 1;
      if (nowMs() - lastLineMs < LINE_EVERY_MS) return;
      lastLineMs = nowMs();
      log.warn({ total }, 'calls to unknown properties since the start');
    },
    total: () => total,
  };
}
export type UnknownPaths = ReturnType<typeof createUnknownPaths>;
