import type { Db } from 'mongodb';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { IntegrationDoc, PropertyDoc } from '../store/documents.ts';
import type { Keys } from '../store/secrets.ts';
import type { AddressList } from './client-address.ts';
import type { Refuser } from './refuser.ts';
import type { Starter } from './starter.ts';
import type { UnknownPaths } from './unknown-paths.ts';

/** What the routes work with; made once by `createDeps`. */
export interface ApiDeps {
  db: Db;
  config: Config;
  keys: Keys;
  log: Logger;
  now: () => Date;
  trustedProxies: AddressList;
  propertyByPostbackKey: (postbackKey: string) => Promise<PropertyDoc | null>;
  propertyByTagKey: (tagKey: string) => Promise<PropertyDoc | null>;
  /** By `<propertyId>/<network>`. */
  integrationByPath: (path: string) => Promise<IntegrationDoc | null>;
  starter: Starter;
  refuser: Refuser;
  unknownPaths: UnknownPaths;
  /** Throws where Temporal does not answer in time. */
  pingTemporal: () => Promise<void>;
}
