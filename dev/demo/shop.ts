import { addDestination } from '../../setup/destinations.ts';
import { addIntegration } from '../../setup/integrations.ts';
import { createProperty } from '../../setup/properties.ts';
import type { Store } from '../../store/db.ts';
import type { PropertyDoc } from '../../store/documents.ts';
import { ensureSetupIndexes } from '../../store/indexes.ts';
import { parseKeys } from '../../store/secrets.ts';

/** The demo's property: KMA and Partnerize installed, one destination at each sandbox platform. */

const DESTINATIONS = [
  { name: 'Main pixel', platform: 'meta', settings: { pixelId: '1234567890123456' }, secrets: { accessToken: 'sandbox-meta-token' } },
  {
    name: 'Search campaign', platform: 'google-data-manager',
    settings: { customerId: '1234567890', conversionActions: 'Lead=111,Purchase=222', clientId: 'sandbox-client' },
    secrets: { clientSecret: 'sandbox-secret', refreshToken: 'sandbox-refresh-token' },
  },
  { name: 'Video campaign', platform: 'tiktok', settings: { pixelCode: 'CSANDBOX0000000000TT' }, secrets: { accessToken: 'sandbox-tiktok-token' } },
];

export async function openShop(store: Store, credentialsKey: string): Promise<PropertyDoc> {
  await ensureSetupIndexes(store.db);
  const deps = { db: store.db, keys: parseKeys(credentialsKey), now: Date.now };
  const property = await createProperty(deps, { name: 'Demo shop' });
  await addIntegration(deps, property._id, 'kma', { settings: { defaultCurrency: 'RUB' } });
  await addIntegration(deps, property._id, 'partnerize', {});
  for (const { name, platform, settings, secrets } of DESTINATIONS) await addDestination(deps, property._id, { name, platform }, { settings, secrets });
  return property;
}
