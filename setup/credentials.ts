import { allDestinations, resealDestination } from '../store/destinations.ts';
import { allIntegrations, resealIntegration } from '../store/integrations.ts';
import { destinationContext, integrationContext, reseal } from '../store/secrets.ts';
import type { SetupDeps } from './deps.ts';

export interface ResealResult {
  resealed: number;
  /** Under the first key already, or without a secret. */
  kept: number;
  /** Changed by somebody else meanwhile: run it again. */
  missed: number;
}

/** Key rotation: brings every stored secret under the first key, after which the other keys may go. */
export async function resealAll(deps: Pick<SetupDeps, 'db' | 'keys'>): Promise<ResealResult> {
  const result: ResealResult = { resealed: 0, kept: 0, missed: 0 };
  const count = (written: boolean | null): void => {
    result[written === null ? 'kept' : written ? 'resealed' : 'missed'] += 1;
  };
  for (const { _id, version, secrets } of await allDestinations(deps.db)) {
    const next = reseal(deps.keys, secrets, destinationContext(_id));
    count(next && (await resealDestination(deps.db, _id, version, secrets, next)));
  }
  for (const { _id, version, secret } of await allIntegrations(deps.db)) {
    const next = secret && reseal(deps.keys, secret, integrationContext(_id));
    count(next && (await resealIntegration(deps.db, _id, version, next)));
  }
  return result;
}
