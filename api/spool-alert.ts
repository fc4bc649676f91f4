import { hostname } from 'node:os';
import { alertId, spoolInUse } from '../domain/alerts.ts';
import { raiseAlert } from '../store/alerts.ts';
import type { ApiDeps } from './deps.ts';
import { Away } from './gate.ts';

export interface SpoolAlert {
  /** Notes whether the spool is in use, before it is emptied. */
  look(): void;
  /** Raises the alert as soon as MongoDB takes it; the worker's relay sends it on. */
  tell(): Promise<void>;
}

/** Tells operators that this process keeps postbacks on its own disk, or had to: one alert for each time. */
export function createSpoolAlert({ db, spool, gates, log, now }: Pick<ApiDeps, 'db' | 'gates' | 'log' | 'now'> & { spool: Pick<ApiDeps['spool'], 'state'> }): SpoolAlert {
  let use: { sinceMs: number; records: number; bytes: number; raised: boolean } | null = null;
  const look = (): void => {
    const { records, bytes } = spool.state();
    if (records > 0) use ??= { sinceMs: now().getTime(), records: 0, bytes: 0, raised: false };
    if (use) Object.assign(use, { records: Math.max(use.records, records), bytes: Math.max(use.bytes, bytes) });
  };
  return {
    look,
    async tell() {
      look();
      if (use && !use.raised) {
        const alert = spoolInUse({ process: hostname(), ...use });
        try {
          const isFirst = await gates.mongodb.run(() => raiseAlert(db, alert, now()));
          use.raised = true;
          if (isFirst) log.error({ alert: alertId(alert), sentence: alert.sentence }, 'spool in use');
        } catch (error) {
          if (!(error instanceof Away)) throw error;
        }
      }
      if (use?.raised && spool.state().records === 0) use = null;
    },
  };
}
