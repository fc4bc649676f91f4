import type { Platform } from '../contract.ts';
import { googleDataManager } from './google/data-manager.ts';
import { googleOauth } from './google/oauth.ts';
import { meta } from './meta/meta.ts';
import { tiktok } from './tiktok/tiktok.ts';

export const platforms: Platform[] = [meta, tiktok, googleDataManager, googleOauth];

export const platformOfHost = (host: string): Platform | undefined => platforms.find((platform) => platform.hosts.includes(host));
export const platformNamed = (name: string): Platform => platforms.find((platform) => platform.name === name)!;
