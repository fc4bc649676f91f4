import type { Db } from 'mongodb';
import { destinationById, resealDestination } from './destinations.ts';
import type { DestinationDoc } from './documents.ts';
import { destinationContext, open, seal, type Keys } from './secrets.ts';

/** Others who write the secrets at the same moment are a key rotation or another worker. */
const ROUNDS_MAX = 5;

/**
 * Keeps secrets that a platform renewed (a rotated refresh token) over the old ones. The version stays: nobody changed a
 * setting. Where somebody did meanwhile, theirs stands, and what is renewed here is lost with the old grant.
 */
export async function keepRenewed(db: Db, keys: Keys, { _id, version }: DestinationDoc, renewed: Record<string, string>): Promise<void> {
  const context = destinationContext(_id);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const current = await destinationById(db, _id);
    if (!current || current.version !== version) return;
    const secrets = JSON.parse(open(keys, current.secrets, context)) as Record<string, unknown>;
    if (await resealDestination(db, _id, version, current.secrets, seal(keys, JSON.stringify({ ...secrets, ...renewed }), context))) return;
  }
  throw new Error(`The renewed secrets of ${context} were overtaken ${ROUNDS_MAX} times.`);
}
