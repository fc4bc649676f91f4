import type { Db } from 'mongodb';
import { endingVersions } from '../destinations/ending-versions.ts';
import { allDestinations } from '../store/destinations.ts';

const EVERY_MS = 24 * 60 * 60_000;

/** Warns of API versions that end soon: at start and once a day. A store that does not answer is no reason to stop: the next day comes. */
export async function watchVersions(db: Db, now: () => number, log: { warn(fields: object, message: string): void }): Promise<void> {
  const look = async (): Promise<void> => {
    for (const warning of endingVersions(await allDestinations(db), now())) log.warn({ warning }, 'API version ends');
  };
  const looked = (): Promise<void> => look().catch((error: unknown) => log.warn({ error: String(error) }, 'API versions not looked at'));
  setInterval(() => void looked(), EVERY_MS).unref();
  await looked();
}
