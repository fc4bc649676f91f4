import { z } from 'zod';
import type { ApiVersion } from '../contract.ts';
import { newestOf } from '../versions.ts';
import { setting, text } from '../setting.ts';

/** Snap: "Conversions API". Version 2 had other bodies and is gone; no end of version 3 is announced. */
export const versions: readonly [ApiVersion, ...ApiVersion[]] = [{ version: 'v3', until: null }];

export const settings = z.strictObject({
  pixelId: setting(z.string().trim().regex(/^[\w-]+$/, 'The pixel id has letters, digits and dashes only.'), {
    label: 'Pixel id',
    help: 'Snapchat Ads Manager, Events Manager, your pixel: "Pixel ID". For events of an app its Snap App ID.',
  }),
  accessToken: setting(text, {
    label: 'Conversions API token',
    help: 'Snapchat Ads Manager, Business Details, Conversions API Tokens: "Generate token". It does not expire.',
    secret: true,
  }),
  apiVersion: setting(z.string().trim().regex(/^v\d+$/, 'A version looks like v3.').default(newestOf(versions)), {
    label: 'API version',
    help: 'Version of the Conversions API. Change it only when Snapchat ends the present one.',
  }),
});

export type SnapchatSettings = z.output<typeof settings>;
