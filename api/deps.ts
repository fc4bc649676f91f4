import type { Db } from 'mongodb';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Keys } from '../store/secrets.ts';
import type { AddressList } from './client-address.ts';
import type { Directory } from './directory.ts';
import type { Gate } from './gate.ts';
import type { Refuser } from './refuser.ts';
import type { Spool } from './spool/spool.ts';
import type { Starter } from './starter.ts';
import type { UnknownPaths } from './unknown-paths.ts';
import type { OperatorCalls } from './v1/operator-calls.ts';
import type { Token } from './v1/tokens.ts';

/** What the routes work with; made once by `createDeps`. */
export interface ApiDeps {
  db: Db;
  config: Config;
  keys: Keys;
  log: Logger;
  now: () => Date;
  trustedProxies: AddressList;
  /** As the store knows them; while it is away, as the snapshot does. */
  directory: Directory;
  gates: { mongodb: Gate };
  spool: Spool;
  starter: Starter;
  refuser: Refuser;
  unknownPaths: UnknownPaths;
  /** Who may use /api/v1. */
  tokens: readonly Token[];
  operators: OperatorCalls;
  /** Throws where Temporal does not answer in time. */
  pingTemporal: () => Promise<void>;
}
