import { z } from 'zod';
import type { ApiVersion } from '../contract.ts';
import { optionalText, setting, text } from '../setting.ts';

/** Graph API versions and their last days (Meta: "Graph API changelog", "Available versions"). Conversions API versions live as long. */
export const versions: readonly ApiVersion[] = [
  { version: 'v26.0', until: null },
  { version: 'v25.0', until: '2028-07-29' },
  { version: 'v24.0', until: '2028-02-18' },
  { version: 'v23.0', until: '2027-10-08' },
  { version: 'v22.0', until: '2027-05-20' },
  { version: 'v21.0', until: '2027-01-21' },
  { version: 'v20.0', until: '2026-09-24' },
];

export const settings = z.strictObject({
  pixelId: setting(z.string().trim().regex(/^\d{5,25}$/, 'The pixel id has digits only.'), {
    label: 'Pixel (data set) id',
    help: 'Meta Events Manager, your data set, Settings: "Data set ID", digits only.',
  }),
  accessToken: setting(text, {
    label: 'Access token',
    help: 'Meta Events Manager, your data set, Settings, Conversions API: "Generate access token".',
    secret: true,
  }),
  appSecret: setting(optionalText, {
    label: 'App secret',
    help: 'Only if your Meta app demands proof of it ("Require app secret"): App dashboard, Settings, Basic.',
    secret: true,
  }),
  testEventCode: setting(optionalText, {
    label: 'Test event code',
    help: 'Events Manager, Test events: for example TEST12345. Events sent with it still count; take it out after testing.',
  }),
  apiVersion: setting(z.string().trim().regex(/^v\d+\.\d+$/, 'A version looks like v26.0.').default('v26.0'), {
    label: 'API version',
    help: 'Version of the Graph API. Change it only when Meta ends the present one.',
  }),
});

export type MetaSettings = z.output<typeof settings>;
