import type { DestinationDoc, IntegrationDoc, PropertyDoc } from '../store/documents.ts';
import { destinationsOf } from '../store/destinations.ts';
import { newId, newKey } from '../store/ids.ts';
import { integrationsOf } from '../store/integrations.ts';
import { allProperties, insertProperty, propertyById, propertyByName } from '../store/properties.ts';
import type { SetupDeps } from './deps.ts';
import { isDuplicateOf, SetupError } from './errors.ts';

type Deps = Pick<SetupDeps, 'db' | 'now'>;

/** A property that is not stored yet, with new keys. */
export function newProperty(deps: Pick<Deps, 'now'>, input: { name: string }): PropertyDoc {
  const nowMs = deps.now();
  return { _id: newId(nowMs), name: validName(input.name), tagKey: newKey(), postbackKey: newKey(), createdAt: new Date(nowMs) };
}

/** Stores a new property; refuses a name that another one has. */
export async function createProperty(deps: Deps, input: { name: string }): Promise<PropertyDoc> {
  const property = newProperty(deps, input);
  await storeProperty(deps, property);
  return property;
}

export async function storeProperty(deps: Pick<Deps, 'db'>, property: PropertyDoc): Promise<void> {
  try {
    await insertProperty(deps.db, property);
  } catch (error) {
    if (isDuplicateOf(error, 'name')) throw new SetupError('name_taken', `There is a property named "${property.name}" already.`, { name: property.name });
    throw error;
  }
}

export const listProperties = (deps: Pick<Deps, 'db'>): Promise<PropertyDoc[]> => allProperties(deps.db);

/** Finds a property by its id or its name. */
export async function findProperty(deps: Pick<Deps, 'db'>, idOrName: string): Promise<PropertyDoc> {
  const property = (await propertyById(deps.db, idOrName)) ?? (await propertyByName(deps.db, idOrName));
  if (!property) throw new SetupError('property_not_found', `There is no property "${idOrName}".`, { property: idOrName });
  return property;
}

export interface PropertyWithParts {
  property: PropertyDoc;
  integrations: IntegrationDoc[];
  destinations: DestinationDoc[];
}

/** A property with what is installed in it. */
export async function showProperty(deps: Pick<Deps, 'db'>, idOrName: string): Promise<PropertyWithParts> {
  const property = await findProperty(deps, idOrName);
  const [integrations, destinations] = await Promise.all([integrationsOf(deps.db, property._id), destinationsOf(deps.db, property._id)]);
  return { property, integrations, destinations };
}

const NAME_LENGTH_MAX = 100;

/** The name of a property or destination: 1 to 100 visible characters. */
export function validName(name: string): string {
  const trimmed = name.trim();
  if (!trimmed || trimmed.length > NAME_LENGTH_MAX || /[\p{C}\p{Zl}\p{Zp}]/u.test(trimmed)) {
    throw new SetupError('name_invalid', `A name is 1 to ${NAME_LENGTH_MAX} visible characters.`, { name });
  }
  return trimmed;
}
