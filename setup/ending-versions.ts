import { endingVersions } from '../destinations/ending-versions.ts';
import { allDestinations } from '../store/destinations.ts';
import type { SetupDeps } from './deps.ts';

/** What is to be said of API versions that end soon, over all properties. */
export const endingVersionsOf = async ({ db, now }: Pick<SetupDeps, 'db' | 'now'>): Promise<string[]> => endingVersions(await allDestinations(db), now());
