import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Keys } from '../store/secrets.ts';
import { createSnapshot, type Snapshot } from './snapshot.ts';
import { openSpool, type Spool } from './spool/spool.ts';

/** What the API keeps on its own disk. Neither a missing folder nor an unreadable snapshot keeps it from starting. */
export async function openKeepers(config: Config, keys: Keys, log: Logger): Promise<{ spool: Spool; snapshot: Snapshot }> {
  const spool = await openSpool({ folder: config.spoolDir ?? join(config.dataDir, 'spool'), maxBytes: config.spoolMaxBytes, log });
  const snapshot = createSnapshot({ file: config.snapshotFile ?? join(config.dataDir, 'snapshot.json'), keys });
  await snapshot.load().catch((err: unknown) => log.error({ err }, 'the snapshot cannot be read: until MongoDB answers, calls are taken unchecked'));
  return { spool, snapshot };
}
