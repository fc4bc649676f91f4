import type { ApiDeps } from './deps.ts';
import { createDirectory } from './directory.ts';
import { createRestore } from './restore.ts';
import type { Snapshot } from './snapshot.ts';
import { createSpoolAlert } from './spool-alert.ts';
import { createDrain } from './spool/drain.ts';

/** What the API does beside its requests: it empties the spool and keeps the snapshot up to date. */

export interface Upkeep {
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

export function startUpkeep(deps: ApiDeps, snapshot: Snapshot): Upkeep {
  const { db, spool, gates, config, log, now } = deps;
  if (deps.keys.byId.size === 0) {
    log.warn('CREDENTIALS_KEY is not set: postbacks are refused while MongoDB is away');
    return { stop: async () => {} };
  }
  const directory = createDirectory({ db, gate: gates.mongodb, snapshot: null, nowMs: () => now().getTime() });
  const drain = createDrain({ spool, handle: createRestore(deps, directory), log });
  const alert = createSpoolAlert(deps);
  const every = [
    repeat(config.spoolDrainIntervalMs, () => (alert.look(), drain.pass()), (err) => log.error({ err }, 'the spool could not be drained')),
    repeat(config.spoolDrainIntervalMs, () => alert.tell(), (err) => log.error({ err }, 'the alert that the spool is in use could not be raised')),
    repeat(config.snapshotIntervalMs, () => snapshot.refresh(db), (err) => log.warn({ err }, 'the snapshot could not be brought up to date')),
  ];
  return { stop: async () => void (await Promise.all(every.map((each) => each.stop()))) };
}

/** Runs `work` now and `ms` after each of its ends. */
function repeat(ms: number, work: () => Promise<void>, onError: (error: unknown) => void): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<void>;
  const run = (): void => {
    running = work().catch(onError).then(() => {
      if (!stopped) timer = setTimeout(run, ms);
    });
  };
  run();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return running;
    },
  };
}
