import type { Db } from 'mongodb';
import type { IntegrationDoc, PropertyDoc } from '../store/documents.ts';
import { integrationOf } from '../store/integrations.ts';
import { propertyByPostbackKey, propertyByTagKey } from '../store/properties.ts';
import { Away, type Gate } from './gate.ts';
import { storeUnavailable } from './problem.ts';
import { remember } from './remember.ts';
import type { Snapshot } from './snapshot.ts';

/** A changed secret or address list is seen after this time at the latest; what is new is found at once. */
const REMEMBERED_FOR_MS = 2_000;

/** Properties and integrations by what a call names. Null: there is none. Throws the problem `store_unavailable` where nobody can tell. */
export interface Directory {
  propertyByPostbackKey: (postbackKey: string) => Promise<PropertyDoc | null>;
  propertyByTagKey: (tagKey: string) => Promise<PropertyDoc | null>;
  /** By `<propertyId>/<network>`. */
  integrationByPath: (path: string) => Promise<IntegrationDoc | null>;
}

/** As the store knows it now, or did a moment ago. With a snapshot: while the store is away, as the snapshot knows it; what is not in there is not unknown for that. */
export function createDirectory({ db, gate, snapshot, nowMs }: {
  db: Db;
  gate: Gate;
  snapshot: Snapshot | null;
  nowMs: () => number;
}): Directory {
  const find = <T>(fromStore: (key: string) => Promise<T | null>, fromSnapshot: (snapshot: Snapshot, key: string) => T | null) =>
    remember(async (key) => {
      try {
        return await gate.run(() => fromStore(key));
      } catch (error) {
        if (!(error instanceof Away)) throw error;
        const known = snapshot && fromSnapshot(snapshot, key);
        if (known) return known;
        throw storeUnavailable(error);
      }
    }, REMEMBERED_FOR_MS, nowMs);
  return {
    propertyByPostbackKey: find((key) => propertyByPostbackKey(db, key), (from, key) => from.propertyByPostbackKey(key)),
    propertyByTagKey: find((key) => propertyByTagKey(db, key), (from, key) => from.propertyByTagKey(key)),
    integrationByPath: find((path) => {
      const slash = path.indexOf('/');
      return integrationOf(db, path.slice(0, slash), path.slice(slash + 1));
    }, (from, path) => from.integrationByPath(path)),
  };
}
