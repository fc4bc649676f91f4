import type { Destination } from './contract.ts';
import { ga4 } from './ga4/ga4.ts';
import { googleAds } from './google-ads/google-ads.ts';
import { googleDataManager } from './google-data-manager/google-data-manager.ts';
import { linkedin } from './linkedin/linkedin.ts';
import { meta } from './meta/meta.ts';
import { microsoftOffline } from './microsoft-offline/microsoft-offline.ts';
import { microsoft } from './microsoft/microsoft.ts';
import { openai } from './openai/openai.ts';
import { outbrain } from './outbrain/outbrain.ts';
import { pinterest } from './pinterest/pinterest.ts';
import { reddit } from './reddit/reddit.ts';
import { snapchat } from './snapchat/snapchat.ts';
import { taboola } from './taboola/taboola.ts';
import { tiktok } from './tiktok/tiktok.ts';
import { webhook } from './webhook/webhook.ts';
import { x } from './x/x.ts';

/** Every platform that events can be sent to, by its id. */
export const destinations: ReadonlyMap<string, Destination> = new Map(
  [meta, googleAds, googleDataManager, tiktok, snapchat, pinterest, reddit, ga4, microsoft, microsoftOffline, x, linkedin, openai, taboola, outbrain, webhook].map((destination): [string, Destination] => [destination.platform, destination]),
);

export const destinationByPlatform = (platform: string): Destination | undefined => destinations.get(platform);
