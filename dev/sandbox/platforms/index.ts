import type { Platform } from '../contract.ts';
import { ga4 } from './ga4/ga4.ts';
import { googleAds } from './google/ads.ts';
import { googleDataManager } from './google/data-manager.ts';
import { googleOauth } from './google/oauth.ts';
import { meta } from './meta/meta.ts';
import { microsoft } from './microsoft/capi.ts';
import { microsoftOauth } from './microsoft/oauth.ts';
import { microsoftOffline } from './microsoft/offline.ts';
import { tiktok } from './tiktok/tiktok.ts';
import { openai } from './openai/openai.ts';
import { outbrain } from './outbrain/outbrain.ts';
import { taboola } from './taboola/taboola.ts';
import { webhook } from './webhook/webhook.ts';
import { linkedin } from './linkedin/linkedin.ts';
import { pinterest } from './pinterest/pinterest.ts';
import { reddit } from './reddit/reddit.ts';
import { snapchat } from './snapchat/snapchat.ts';
import { x } from './x/x.ts';

export const platforms: Platform[] = [meta, tiktok, googleDataManager, googleAds, googleOauth, ga4, microsoft, microsoftOffline, microsoftOauth, taboola, outbrain, openai, webhook, snapchat, pinterest, reddit, x, linkedin];

export const platformOfHost = (host: string): Platform | undefined => platforms.find((platform) => platform.hosts.includes(host));
export const platformNamed = (name: string): Platform => platforms.find((platform) => platform.name === name)!;
