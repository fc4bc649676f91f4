import type { Destination } from './contract.ts';
import { googleDataManager } from './google-data-manager/google-data-manager.ts';
import { meta } from './meta/meta.ts';
import { tiktok } from './tiktok/tiktok.ts';

/** Every platform that events can be sent to, by its id. */
export const destinations: ReadonlyMap<string, Destination> = new Map(
  [meta, googleDataManager, tiktok].map((destination): [string, Destination] => [destination.platform, destination]),
);

export const destinationByPlatform = (platform: string): Destination | undefined => destinations.get(platform);
