import { createHash } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Db } from 'mongodb';
import type { IntegrationDoc, PropertyDoc } from '../store/documents.ts';
import { randomBase62 } from '../store/ids.ts';
import { allIntegrations } from '../store/integrations.ts';
import { allProperties } from '../store/properties.ts';
import { fromJson, openText, sealText, toJson } from '../store/sealed-text.ts';
import type { Keys } from '../store/secrets.ts';
import { makeFolder, syncFolder, writeNewFile } from './spool/disk.ts';

/** Properties and integrations on our own disk, sealed: whom intake knows while MongoDB is away, from the first request after a start on. */

const CONTEXT = 'snapshot';

interface Content {
  properties: PropertyDoc[];
  integrations: IntegrationDoc[];
}

export interface Snapshot {
  propertyByPostbackKey: (postbackKey: string) => PropertyDoc | null;
  propertyByTagKey: (tagKey: string) => PropertyDoc | null;
  /** By `<propertyId>/<network>`. */
  integrationByPath: (path: string) => IntegrationDoc | null;
  /** Reads what the last run left. True: there was one. Throws where it does not open; intake then knows nobody until the store is back. */
  load(): Promise<boolean>;
  /** Takes it anew from the store and writes it whole or not at all, where anything has changed. */
  refresh(db: Db): Promise<void>;
}

export function createSnapshot({ file, keys }: { file: string; keys: Keys }): Snapshot {
  let byPostbackKey = new Map<string, PropertyDoc>();
  let byTagKey = new Map<string, PropertyDoc>();
  let byPath = new Map<string, IntegrationDoc>();
  let written = '';

  function use({ properties, integrations }: Content): void {
    byPostbackKey = new Map(properties.map((each) => [each.postbackKey, each]));
    byTagKey = new Map(properties.map((each) => [each.tagKey, each]));
    byPath = new Map(integrations.map((each) => [`${each.propertyId}/${each.network}`, each]));
  }

  return {
    propertyByPostbackKey: (key) => byPostbackKey.get(key) ?? null,
    propertyByTagKey: (key) => byTagKey.get(key) ?? null,
    integrationByPath: (path) => byPath.get(path) ?? null,
    async load() {
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      if (text === null) return false;
      use(fromJson(openText(keys, text.trim(), CONTEXT)) as Content);
      return true;
    },
    async refresh(db) {
      const [properties, integrations] = await Promise.all([allProperties(db), allIntegrations(db)]);
      const content = { properties, integrations };
      use(content);
      const json = toJson(content);
      const digest = createHash('sha256').update(json).digest('hex');
      if (digest === written) return;
      await replaceFile(file, sealText(keys, json, CONTEXT));
      written = digest;
    },
  };
}

/** A reader sees the old content or the new, also after a power loss. */
async function replaceFile(file: string, content: string): Promise<void> {
  const folder = dirname(file);
  await makeFolder(folder);
  const next = `${file}.${randomBase62(8)}.new`;
  try {
    await writeNewFile(next, Buffer.from(content));
    await rename(next, file);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
  await syncFolder(folder);
}
