import type { Db } from 'mongodb';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { parseKeys, type Keys } from '../store/secrets.ts';
import { addressList } from './client-address.ts';
import type { ApiDeps } from './deps.ts';
import { createDirectory } from './directory.ts';
import { createGate, isMongodbAway } from './gate.ts';
import { createRefuser } from './refuser.ts';
import type { Snapshot } from './snapshot.ts';
import type { Spool } from './spool/spool.ts';
import { createStarter } from './starter.ts';
import type { Temporal } from './temporal.ts';
import { createUnknownPaths } from './unknown-paths.ts';
import { readTokens } from './v1/tokens.ts';

/** After a call that found MongoDB away, the next ones go other ways at once. */
const MONGODB_PAUSE_MS = 1_000;
const NO_KEYS: Keys = { first: '', byId: new Map() };

export const keysOf = ({ credentialsKey }: Pick<Config, 'credentialsKey'>): Keys => (credentialsKey ? parseKeys(credentialsKey) : NO_KEYS);

export function createDeps({ db, config, temporal, spool, snapshot, log, now = () => new Date() }: {
  db: Db;
  config: Config;
  temporal: Temporal;
  spool: Spool;
  snapshot: Snapshot;
  log: Logger;
  now?: () => Date;
}): ApiDeps {
  const nowMs = () => now().getTime();
  const mongodb = createGate({ deadlineMs: config.intakeStoreTimeoutMs, pauseMs: MONGODB_PAUSE_MS, isAway: isMongodbAway });
  return {
    db,
    config,
    log,
    now,
    keys: keysOf(config),
    trustedProxies: addressList(config.trustedProxies),
    directory: createDirectory({ db, gate: mongodb, snapshot, nowMs }),
    gates: { mongodb },
    spool,
    starter: createStarter({ signal: temporal.signal, max: config.startsMax, log }),
    refuser: createRefuser({ db, max: config.refusalsMax, log }),
    unknownPaths: createUnknownPaths(log, nowMs),
    tokens: readTokens(config),
    operators: temporal.operators,
    pingTemporal: temporal.ping,
  };
}
