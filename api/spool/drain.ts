import type { Logger } from 'pino';
import type { Records, SpoolRecord } from './record.ts';
import type { Spool, SpoolFile } from './spool.ts';

/**
 * `done`: it lies elsewhere now. `away`: nobody is there to take it. `hopeless`: nobody will take it as it is. What is
 * thrown may be the record's fault or the store's, which shows by whether others are taken.
 */
export type Handled = 'done' | 'away' | 'hopeless';

const AT_ONCE = 16;
/** So many failures without a single success: it is not the records. */
const FAILURES_MAX = 64;
/** What could not be handled is tried again at the start and then after this time: a key that was missing may be back. */
const STUCK_AGAIN_MS = 10 * 60_000;

export interface Drain {
  /** One look at everything that waits. Not to be called while another call is running. */
  pass(): Promise<void>;
}

interface Tally {
  done: number;
  failures: number;
  /** Files of which all is handled but what failed, perhaps by its own fault. */
  doubtful: { file: SpoolFile; found: Records; failed: SpoolRecord[] }[];
}

/** Empties the spool: a file goes when each of its records is handled. A repeat after a death in between must be harmless. */
export function createDrain({ spool, handle, log }: { spool: Spool; handle: (record: SpoolRecord) => Promise<Handled>; log: Logger }): Drain {
  /** By file, the records that are handled, so that a pass goes on where the last one was stopped. */
  const progress = new Map<string, Set<number>>();
  let stuckNextMs = 0;

  const attempt = async (file: SpoolFile, record: SpoolRecord): Promise<Handled | 'failed'> => {
    try {
      return await handle(record);
    } catch (err) {
      log.error({ path: file.path, offset: record.offset, err }, 'a record of the spool could not be handled');
      return 'failed';
    }
  };

  /** False where nobody takes anything: the rest can wait. */
  async function drainFile(file: SpoolFile, tally: Tally): Promise<boolean> {
    const found = await spool.read(file);
    const done = progress.get(file.path) ?? new Set<number>();
    progress.set(file.path, done);
    const failed: SpoolRecord[] = [];
    const certain = { hopeless: 0, away: 0 };
    const todo = found.records.filter(({ offset }) => !done.has(offset));
    for (let from = 0; from < todo.length; from += AT_ONCE) {
      const some = todo.slice(from, from + AT_ONCE);
      const results = await Promise.all(some.map((record) => attempt(file, record)));
      for (const [index, result] of results.entries()) {
        if (result === 'done') done.add(some[index]!.offset);
        else if (result !== 'away') failed.push(some[index]!);
        if (result === 'away' || result === 'hopeless') certain[result] += 1;
        if (result === 'failed') tally.failures += 1;
        if (result === 'done') tally.done += 1;
      }
      if (results.every((result) => result === 'away')) return false;
      if (tally.done === 0 && tally.failures >= FAILURES_MAX) return false;
    }
    if (certain.away > 0) return true;
    if (failed.length > certain.hopeless) tally.doubtful.push({ file, found, failed });
    else await finish(file, found, failed);
    return true;
  }

  async function finish(file: SpoolFile, found: Records, failed: SpoolRecord[]): Promise<void> {
    if (failed.length > 0 && file.stuck) return;
    if (failed.length > 0) await spool.setAside(failed);
    await spool.finish(file, found);
    progress.delete(file.path);
  }

  return {
    async pass() {
      const tally: Tally = { done: 0, failures: 0, doubtful: [] };
      const withStuck = Date.now() >= stuckNextMs;
      if (withStuck) stuckNextMs = Date.now() + STUCK_AGAIN_MS;
      const files = await spool.files();
      for (const file of [...files.filter(({ stuck }) => !stuck), ...(withStuck ? files.filter(({ stuck }) => stuck) : [])]) {
        if (!(await drainFile(file, tally))) break;
      }
      // Others were taken: those that failed pass them by from now on.
      if (tally.done > 0) for (const { file, found, failed } of tally.doubtful) await finish(file, found, failed);
      const { records, bytes, stuck } = spool.state();
      if (tally.done > 0) log.info({ drained: tally.done, records, bytes, stuck }, 'spool drained');
      if (records > 0 || stuck > 0) log.warn({ records, bytes, stuck }, 'the spool is in use');
    },
  };
}
