import type { Db } from 'mongodb';
import { destinationById, destinationByName } from '../../store/destinations.ts';
import { allProperties, propertyById, propertyByName } from '../../store/properties.ts';
import { Problem } from '../problem.ts';

/** Properties and destinations are named by people, by id or by name. */

/** The properties that a list is about: the one that is named, else all. */
export async function propertyIdsOf(db: Db, named: string | undefined): Promise<string[]> {
  if (named === undefined) return (await allProperties(db)).map(({ _id }) => _id);
  return [await propertyIdOf(db, named)];
}

export async function propertyIdOf(db: Db, named: string): Promise<string> {
  const property = (await propertyById(db, named)) ?? (await propertyByName(db, named));
  if (!property) throw new Problem(404, 'property_not_found', `There is no property "${named}".`);
  return property._id;
}

/** By id, or by name where one property is meant. */
export async function destinationIdOf(db: Db, propertyIds: readonly string[], named: string): Promise<string> {
  const byId = await destinationById(db, named);
  if (byId && propertyIds.includes(byId.propertyId)) return byId._id;
  const found = (await Promise.all(propertyIds.map((propertyId) => destinationByName(db, propertyId, named)))).filter((each) => each !== null);
  if (found.length > 1) throw new Problem(400, 'request_invalid', `destination: several properties have one named "${named}"; name the property, too.`);
  if (!found[0]) throw new Problem(404, 'destination_not_found', `There is no destination "${named}"${propertyIds.length === 1 ? ' in the property' : ''}.`);
  return found[0]._id;
}
