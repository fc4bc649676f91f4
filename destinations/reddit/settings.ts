import { z } from 'zod';
import type { ApiVersion } from '../contract.ts';
import { newestOf } from '../versions.ts';
import { optionalText, setting, text } from '../setting.ts';

/** Reddit: "Migrate to Conversions API v3". Version 2.0 has other bodies and another address. */
export const versions: readonly [ApiVersion, ...ApiVersion[]] = [{ version: 'v3', until: null }];

export const settings = z.strictObject({
  pixelId: setting(z.string().trim().regex(/^\w+$/, 'The pixel id has letters, digits and underscores only.'), {
    label: 'Pixel id',
    help: 'Reddit Ads, Events Manager: "Pixel ID", for example a2_abc123.',
  }),
  accessToken: setting(text, {
    label: 'Conversion access token',
    help: 'Reddit Ads, Events Manager, Conversions API: "Generate access token". It does not expire.',
    secret: true,
  }),
  testId: setting(optionalText, {
    label: 'Test id',
    help: 'Events Manager, Event Testing. Events sent with it show up there; take it out after testing.',
  }),
  apiVersion: setting(z.string().trim().regex(/^v\d+$/, 'A version looks like v3.').default(newestOf(versions)), {
    label: 'API version',
    help: 'Version of the Ads API. Change it only when Reddit ends the present one.',
  }),
});

export type RedditSettings = z.output<typeof settings>;
