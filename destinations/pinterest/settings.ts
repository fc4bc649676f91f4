import { z } from 'zod';
import type { ApiVersion } from '../contract.ts';
import { newestOf } from '../versions.ts';
import { setting, text } from '../setting.ts';

/** Pinterest API v5; version 3 ended in 2023 and had other bodies. */
export const versions: readonly [ApiVersion, ...ApiVersion[]] = [{ version: 'v5', until: null }];

export const settings = z.strictObject({
  adAccountId: setting(z.string().trim().regex(/^\d{1,18}$/, 'The ad account id has up to 18 digits.'), {
    label: 'Ad account id',
    help: 'Pinterest Ads Manager, Ad account overview: the number in the address.',
  }),
  accessToken: setting(text, {
    label: 'Conversion access token',
    help: 'Pinterest Ads Manager, Conversions, Conversions API, Set up API: "Generate new token".',
    secret: true,
  }),
  apiVersion: setting(z.string().trim().regex(/^v\d+$/, 'A version looks like v5.').default(newestOf(versions)), {
    label: 'API version',
    help: 'Version of the Pinterest API. Change it only when Pinterest ends the present one.',
  }),
});

export type PinterestSettings = z.output<typeof settings>;
