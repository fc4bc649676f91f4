import { z } from 'zod';
import { optionalText, setting, toggle } from '../setting.ts';

/** An account number as Google Ads shows it (123-456-7890) or as the API wants it. */
const customerId = z
  .string()
  .trim()
  .transform((value) => value.replaceAll('-', ''))
  .pipe(z.string().regex(/^\d{10}$/, 'A Google Ads account number has ten digits, such as 123-456-7890.'));

const ACTIONS_HELP = 'Write Lead=123456789,Purchase=987654321: the event, then the number of its conversion action.';
const actionId = z.string().trim().regex(/^\d{1,19}$/, `A conversion action has a number. ${ACTIONS_HELP}`);
const actions = z.record(z.string().trim().min(1), actionId);

/** `Lead=1, Purchase=2` as a record; what has no `=` is left for the schema to refuse. */
const readActions = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(',')
      .filter((part) => part.trim() !== '')
      .map((part) => {
        const at = part.lastIndexOf('=');
        return at < 0 ? [part.trim(), ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
      }),
  );

/** Given as text on a command line, kept as a record: both are taken. */
const conversionActions = z
  .preprocess((value) => (typeof value === 'string' ? readActions(value) : value), actions)
  .refine((value) => Object.keys(value).length > 0, `Name at least one conversion action. ${ACTIONS_HELP}`);

const serviceAccount = z.object({ client_email: z.string().min(1), private_key: z.string().min(1), private_key_id: z.string().optional() });

/** The key file's JSON, kept as text. */
const serviceAccountKey = optionalText.refine((value) => value === undefined || readServiceAccount(value) !== null, {
  message: 'This is not the JSON key file of a service account: client_email or private_key is missing.',
});

export const readServiceAccount = (json: string): z.output<typeof serviceAccount> | null => {
  try {
    return serviceAccount.safeParse(JSON.parse(json)).data ?? null;
  } catch {
    // Not JSON: said by the null.
    return null;
  }
};

export const settings = z
  .strictObject({
    customerId: setting(customerId, {
      label: 'Google Ads account',
      help: 'Number of the account that owns the conversion actions (the "conversion customer"), not of the manager above it.',
    }),
    loginCustomerId: setting(optionalText.pipe(customerId.optional()), {
      label: 'Manager account',
      help: 'Only where access comes through a manager account: the number of that manager.',
    }),
    conversionActions: setting(conversionActions, {
      label: 'Conversion actions',
      help: `One conversion action of the type "Import from clicks" for each event. ${ACTIONS_HELP} The number is ctId in the address of its page in Google Ads.`,
    }),
    clientId: setting(optionalText, {
      label: 'OAuth client id',
      help: 'Google Cloud console, APIs and services, Credentials. Together with the client secret and the refresh token.',
    }),
    clientSecret: setting(optionalText, { label: 'OAuth client secret', help: 'Belongs to the OAuth client id.', secret: true }),
    refreshToken: setting(optionalText, {
      label: 'OAuth refresh token',
      help: 'Of a user with access to the account, for the scope https://www.googleapis.com/auth/datamanager.',
      secret: true,
    }),
    serviceAccountKey: setting(serviceAccountKey, {
      label: 'Service account key',
      help: 'Instead of the three OAuth fields: the whole JSON key file. The service account must be a user of the Google Ads account.',
      secret: true,
    }),
    quotaProject: setting(optionalText, {
      label: 'Quota project',
      help: 'Google Cloud project that the requests count for, where Google asks for one.',
    }),
    consentWhenUnknown: setting(z.enum(['unspecified', 'granted']).default('unspecified'), {
      label: 'Consent where the click says nothing',
      help: '"granted" only if nobody reaches your links without having agreed. "unspecified" leaves it to the account\'s default.',
    }),
    sendUserData: setting(toggle.default(true), {
      label: 'Send e-mail and phone',
      help: "Hashed, where the report has them. Needs Google's customer data terms; turn it off if you have not accepted them.",
    }),
  })
  .refine((s) => s.serviceAccountKey || (s.clientId && s.clientSecret && s.refreshToken), {
    message: 'Give either the service account key, or client id, client secret and refresh token.',
    path: ['refreshToken'],
  });

export type DataManagerSettings = z.output<typeof settings>;
