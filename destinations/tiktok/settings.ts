import { z } from 'zod';
import type { ApiVersion } from '../contract.ts';
import { optionalText, setting, text, toggle } from '../setting.ts';

export const versions: readonly ApiVersion[] = [{ version: 'v1.3', until: null }];

export const settings = z.strictObject({
  pixelCode: setting(z.string().trim().regex(/^[0-9A-Za-z]{5,40}$/, 'The pixel code has letters and digits only.'), {
    label: 'Pixel code',
    help: 'TikTok Ads Manager, Tools, Events, Web events: the id below the name of the pixel, such as C4A1B2C3D4E5F6G7H8I9.',
  }),
  accessToken: setting(text, {
    label: 'Access token',
    help: 'TikTok Events Manager, your pixel, Settings, Events API: "Generate access token".',
    secret: true,
  }),
  testEventCode: setting(optionalText, {
    label: 'Test event code',
    help: 'TikTok Events Manager, your pixel, Test events. Take it out after testing.',
  }),
  sendOfferId: setting(toggle.default(true), {
    label: 'Send the offer id',
    help: "The network's offer number goes out as content_ids, never its name. Turn it off to keep it from TikTok.",
  }),
  apiVersion: setting(z.string().trim().regex(/^v\d+\.\d+$/, 'A version looks like v1.3.').default('v1.3'), {
    label: 'API version',
    help: 'Version of the TikTok Business API. Change it only when TikTok ends the present one.',
  }),
});

export type TiktokSettings = z.output<typeof settings>;
