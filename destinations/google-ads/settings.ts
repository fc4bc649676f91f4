import { IANAZone } from 'luxon';
import { z } from 'zod';
import type { ApiVersion } from '../contract.ts';
import { accountId, actionSettings, namesAnAction, namesNoAction } from '../google/conversion-action.ts';
import { consentSettings, hasCredentials, hasNoCredentials, oauthSettings } from '../google/oauth-settings.ts';
import { optionalText, setting, text } from '../setting.ts';

export const SCOPE = 'https://www.googleapis.com/auth/adwords';

/** Google Ads API: "Deprecation and sunset". Of the versions in use Google names the month; they are taken to end on its first day. */
export const versions: readonly ApiVersion[] = [
  { version: 'v26', until: '2027-11-01' },
  { version: 'v25', until: '2027-08-01' },
  { version: 'v24', until: '2027-05-01' },
  { version: 'v23', until: '2027-02-01' },
  { version: 'v22', until: '2026-10-07' },
  { version: 'v21', until: '2026-08-05' },
  { version: 'v20', until: '2026-06-10' },
];

export const settings = z
  .strictObject({
    customerId: setting(accountId, {
      label: 'Google Ads account',
      help: 'Number of the account that owns the conversion actions, such as 123-456-7890.',
    }),
    loginCustomerId: setting(optionalText.pipe(accountId.optional()), {
      label: 'Manager account',
      help: 'Only where access comes through a manager account: the number of that manager.',
    }),
    ...actionSettings,
    developerToken: setting(text, {
      label: 'Developer token',
      help: 'Google Ads, manager account, Tools, API Center. Only tokens that uploaded conversions before June 2026 may still do so; everybody else uses "Google Ads (Data Manager)".',
      secret: true,
    }),
    ...oauthSettings(SCOPE),
    timeZone: setting(z.string().trim().refine((zone) => IANAZone.isValidZone(zone), 'A time zone has a name such as Europe/Rome.').default('UTC'), {
      label: 'Time zone',
      help: 'The zone in which times are written to Google, such as Europe/Rome. The moment stays the same in every zone.',
    }),
    ...consentSettings,
    apiVersion: setting(z.string().trim().regex(/^v\d+$/, 'A version looks like v26.').default('v26'), {
      label: 'API version',
      help: 'Version of the Google Ads API. Each lives about a year: change it when Google ends the present one.',
    }),
  })
  .refine(namesAnAction, namesNoAction)
  .refine(hasCredentials, hasNoCredentials);

export type GoogleAdsSettings = z.output<typeof settings>;
