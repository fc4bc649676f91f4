import { addIntegration, listIntegrations } from '../setup/integrations.ts';
import { createProperty, listProperties } from '../setup/properties.ts';
import { openStore } from '../store/db.ts';
import type { PropertyDoc } from '../store/documents.ts';
import { ensureSetupIndexes } from '../store/indexes.ts';
import { parseKeys } from '../store/secrets.ts';

export interface InstalledNetworks {
  property: PropertyDoc;
  /** Ids of the catalog. */
  networks: string[];
}

interface Installation {
  mongodbUri: string;
  mongodbDatabase: string;
  credentialsKey: string;
}

const OPEN_TIMEOUT_MS = 10_000;

/** Every property with its networks; on an installation that has none yet, one with KMA in it, so that a first start ends in a URL to paste. */
export async function ensureStarterProperty(installation: Installation): Promise<InstalledNetworks[]> {
  const store = await openStore(installation.mongodbUri, installation.mongodbDatabase, OPEN_TIMEOUT_MS);
  try {
    await ensureSetupIndexes(store.db);
    const deps = { db: store.db, keys: parseKeys(installation.credentialsKey), now: Date.now };
    if ((await listProperties(deps)).length === 0) {
      const property = await createProperty(deps, { name: 'My site' });
      await addIntegration(deps, property._id, 'kma', {});
    }
    const properties = await listProperties(deps);
    return await Promise.all(
      properties.map(async (property) => ({ property, networks: (await listIntegrations(deps, property._id)).map((each) => each.network) })),
    );
  } finally {
    await store.close();
  }
}
