import type { Db } from 'mongodb';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { integrationOf } from '../store/integrations.ts';
import { propertyByPostbackKey, propertyByTagKey } from '../store/properties.ts';
import { parseKeys, type Keys } from '../store/secrets.ts';
import { addressList } from './client-address.ts';
import type { ApiDeps } from './deps.ts';
import { createRefuser } from './refuser.ts';
import { remember } from './remember.ts';
import { createStarter } from './starter.ts';
import type { Temporal } from './temporal.ts';
import { createUnknownPaths } from './unknown-paths.ts';

/** A changed secret or address list is seen after this time at the latest; what is new is found at once. */
const REMEMBERED_FOR_MS = 2_000;
const NO_KEYS: Keys = { first: '', byId: new Map() };

export function createDeps({ db, config, temporal, log, now = () => new Date() }: {
  db: Db;
  config: Config;
  temporal: Temporal;
  log: Logger;
  now?: () => Date;
}): ApiDeps {
  const nowMs = () => now().getTime();
  const remembered = <T>(load: (key: string) => Promise<T | null>) => remember(load, REMEMBERED_FOR_MS, nowMs);
  return {
    db,
    config,
    log,
    now,
    keys: config.credentialsKey ? parseKeys(config.credentialsKey) : NO_KEYS,
    trustedProxies: addressList(config.trustedProxies),
    propertyByPostbackKey: remembered((key) => propertyByPostbackKey(db, key)),
    propertyByTagKey: remembered((key) => propertyByTagKey(db, key)),
    integrationByPath: remembered((path) => {
      const slash = path.indexOf('/');
      return integrationOf(db, path.slice(0, slash), path.slice(slash + 1));
    }),
    starter: createStarter({ signal: temporal.signal, max: config.startsMax, log }),
    refuser: createRefuser({ db, max: config.refusalsMax, log }),
    unknownPaths: createUnknownPaths(log, nowMs),
    pingTemporal: temporal.ping,
  };
}
