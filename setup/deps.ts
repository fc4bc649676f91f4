import type { Db } from 'mongodb';
import type { PlatformRequest, PlatformResponse } from '../destinations/contract.ts';
import type { Keys } from '../store/secrets.ts';

/** What every function of setup/ works with. */
export interface SetupDeps {
  db: Db;
  keys: Keys;
  /** ms since the epoch. */
  now: () => number;
}

/** A request to a platform with the deliverer's limits. */
export type SendRequest = (request: PlatformRequest) => Promise<PlatformResponse>;
