import { destinationByPlatform } from './catalog.ts';
import { versionWarning } from './versions.ts';

/** A configured destination, as far as its API version goes. */
export interface Configured {
  name: string;
  platform: string;
  settings: Readonly<Record<string, unknown>>;
}

/** A sentence for each destination whose API version ends within 90 days or has ended: `"Main pixel": Meta: API version v21.0 ends on ...`. */
export const endingVersions = (configured: readonly Configured[], nowMs: number): string[] =>
  configured.flatMap(({ name, platform, settings }) => {
    const known = destinationByPlatform(platform);
    const warning = known ? versionWarning(known, settings['apiVersion'], nowMs) : null;
    return warning === null ? [] : [`"${name}": ${warning}`];
  });
