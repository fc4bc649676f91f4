import { z } from 'zod';
import { optionalText, setting, toggle } from '../setting.ts';

const serviceAccount = z.object({ client_email: z.string().min(1), private_key: z.string().min(1), private_key_id: z.string().optional() });

export const readServiceAccount = (json: string): z.output<typeof serviceAccount> | null => {
  try {
    return serviceAccount.safeParse(JSON.parse(json)).data ?? null;
  } catch {
    // Not JSON: said by the null.
    return null;
  }
};

/** The key file's JSON, kept as text. */
const serviceAccountKey = optionalText.refine((value) => value === undefined || readServiceAccount(value) !== null, {
  message: 'This is not the JSON key file of a service account: client_email or private_key is missing.',
});

/** Access to a Google API: of a user, by OAuth, or of a service account. */
export const oauthSettings = (scope: string) => ({
  clientId: setting(optionalText, {
    label: 'OAuth client id',
    help: 'Google Cloud console, APIs and services, Credentials. Together with the client secret and the refresh token.',
  }),
  clientSecret: setting(optionalText, { label: 'OAuth client secret', help: 'Belongs to the OAuth client id.', secret: true }),
  refreshToken: setting(optionalText, {
    label: 'OAuth refresh token',
    help: `Of a user with access to the account, for the scope ${scope}.`,
    secret: true,
  }),
  serviceAccountKey: setting(serviceAccountKey, {
    label: 'Service account key',
    help: 'Instead of the three OAuth fields: the whole JSON key file. The service account must be a user of the Google Ads account.',
    secret: true,
  }),
});

export interface OAuthSettings {
  clientId?: string | undefined;
  clientSecret?: string | undefined;
  refreshToken?: string | undefined;
  serviceAccountKey?: string | undefined;
}

export const hasCredentials = (s: OAuthSettings): boolean => Boolean(s.serviceAccountKey || (s.clientId && s.clientSecret && s.refreshToken));
export const hasNoCredentials = {
  message: 'Give either the service account key, or client id, client secret and refresh token.',
  path: ['refreshToken'],
};

/** What both Google APIs ask of the visitor's consent and of personal data. */
export const consentSettings = {
  consentWhenUnknown: setting(z.enum(['unspecified', 'granted']).default('unspecified'), {
    label: 'Consent where the click says nothing',
    help: '"granted" only if nobody reaches your links without having agreed. "unspecified" leaves it to the account\'s default.',
  }),
  sendUserData: setting(toggle.default(true), {
    label: 'Send e-mail and phone',
    help: "Hashed, where the report has them. Needs Google's customer data terms; turn it off if you have not accepted them.",
  }),
};
