import { addDestination } from '../../setup/destinations.ts';
import { addIntegration } from '../../setup/integrations.ts';
import { createProperty } from '../../setup/properties.ts';
import type { Store } from '../../store/db.ts';
import type { PropertyDoc } from '../../store/documents.ts';
import { ensureSetupIndexes } from '../../store/indexes.ts';
import { parseKeys } from '../../store/secrets.ts';
import type { SandboxDestination } from '../sandbox/destinations.ts';

/** The demo's property: KMA and Partnerize installed, a destination at each sandbox platform that takes part. */

export async function openShop(store: Store, credentialsKey: string, destinations: readonly SandboxDestination[]): Promise<PropertyDoc> {
  await ensureSetupIndexes(store.db);
  const deps = { db: store.db, keys: parseKeys(credentialsKey), now: Date.now };
  const property = await createProperty(deps, { name: 'Demo shop' });
  await addIntegration(deps, property._id, 'kma', { settings: { defaultCurrency: 'RUB' } });
  await addIntegration(deps, property._id, 'partnerize', {});
  for (const { name, platform, settings, secrets } of destinations) await addDestination(deps, property._id, { name, platform }, { settings, secrets });
  return property;
}
