import { z } from 'zod';
import { accountId, actionSettings, namesAnAction, namesNoAction } from '../google/conversion-action.ts';
import { consentSettings, hasCredentials, hasNoCredentials, oauthSettings } from '../google/oauth-settings.ts';
import { optionalText, setting } from '../setting.ts';

export const SCOPE = 'https://www.googleapis.com/auth/datamanager';

export const settings = z
  .strictObject({
    operatingAccountId: setting(accountId, {
      label: 'Google Ads account',
      help: 'Number of the account that owns the conversion actions (the "conversion customer"), not of the manager above it.',
    }),
    loginAccountId: setting(optionalText.pipe(accountId.optional()), {
      label: 'Manager account',
      help: 'Only where access comes through a manager account: the number of that manager.',
    }),
    ...actionSettings,
    ...oauthSettings(SCOPE),
    quotaProject: setting(optionalText, {
      label: 'Quota project',
      help: 'Google Cloud project that the requests count for, where Google asks for one.',
    }),
    ...consentSettings,
  })
  .refine(namesAnAction, namesNoAction)
  .refine(hasCredentials, hasNoCredentials);

export type DataManagerSettings = z.output<typeof settings>;
