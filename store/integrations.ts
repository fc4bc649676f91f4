import type { Collection, Db, IndexDescription } from 'mongodb';
import type { IntegrationDoc, Sealed } from './documents.ts';

/** A network installed in a property. */

export const integrationIndexes: IndexDescription[] = [
  { key: { propertyId: 1, network: 1 }, name: 'property_network', unique: true },
];

const integrations = (db: Db): Collection<IntegrationDoc> => db.collection('integrations');

/** The integration that a postback is for. Uses {propertyId, network}. */
export const integrationOf = (db: Db, propertyId: string, network: string): Promise<IntegrationDoc | null> =>
  integrations(db).findOne({ propertyId, network });

/** Those of a property, by network. Uses {propertyId, network}. */
export const integrationsOf = (db: Db, propertyId: string): Promise<IntegrationDoc[]> =>
  integrations(db).find({ propertyId }).sort({ network: 1 }).toArray();

/** All of them: for the snapshot on disk and for the rotation of keys. Uses {propertyId, network}. */
export const allIntegrations = (db: Db): Promise<IntegrationDoc[]> =>
  integrations(db).find({}).sort({ propertyId: 1, network: 1 }).toArray();

/** Throws the driver's duplicate key error where the network is installed already. */
export async function insertIntegration(db: Db, integration: IntegrationDoc): Promise<void> {
  await integrations(db).insertOne(integration);
}

/** Writes new settings, secret and rules over those of `version`; false where somebody else changed them meanwhile. Uses {_id}. */
export async function replaceIntegration(db: Db, next: IntegrationDoc, version: number): Promise<boolean> {
  const { _id, settings, secret, rules, updatedAt } = next;
  const result = await integrations(db).updateOne(
    { _id, version },
    { $set: { settings, secret, rules, updatedAt, version: version + 1 } },
  );
  return result.matchedCount === 1;
}

/** The same secret under another key: nothing that a reader could notice, so the version stays. Uses {_id}. */
export async function resealIntegration(db: Db, id: string, version: number, secret: Sealed): Promise<boolean> {
  const result = await integrations(db).updateOne({ _id: id, version }, { $set: { secret } });
  return result.matchedCount === 1;
}
