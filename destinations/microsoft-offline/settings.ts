import { z } from 'zod';
import { optionalText, setting, text, toggle } from '../setting.ts';
import { targetsByEvent } from '../targets.ts';

const number = (what: string) => z.string().trim().regex(/^\d{1,19}$/, `${what} has digits only.`);

/** Names of conversion goals; Microsoft allows 100 characters. */
const goal = z.string().trim().min(1).max(100);

export const settings = z
  .strictObject({
    customerId: setting(number('A customer id'), {
      label: 'Customer id',
      help: 'Microsoft Advertising: the number behind cid= in the address of any page.',
    }),
    customerAccountId: setting(number('An account id'), {
      label: 'Account id',
      help: 'The number behind aid= in the address, of the account that owns the conversion goals. Not the account number with letters.',
    }),
    developerToken: setting(text, {
      label: 'Developer token',
      help: 'Microsoft Advertising, Tools, Developer settings, as a super admin: "Request token".',
      secret: true,
    }),
    clientId: setting(text, {
      label: 'OAuth client id',
      help: 'Azure portal, App registrations, your application: "Application (client) ID".',
    }),
    clientSecret: setting(optionalText, {
      label: 'OAuth client secret',
      help: 'Only for a web application: its client secret. A desktop application has none.',
      secret: true,
    }),
    refreshToken: setting(text, {
      label: 'OAuth refresh token',
      help: 'Of a user with access to the account, for the scopes https://ads.microsoft.com/msads.manage and offline_access. It is renewed with every use.',
      secret: true,
    }),
    conversionName: setting(optionalText, {
      label: 'Conversion goal',
      help: 'Exact name of one offline conversion goal that serves every event not named below.',
    }),
    conversionNames: setting(targetsByEvent(goal), {
      label: 'Conversion goals by event',
      help: 'Write Lead=Affiliate lead,Purchase=Affiliate sale: the event, then the exact name of its offline conversion goal.',
    }),
    sendUserData: setting(toggle.default(true), {
      label: 'Send e-mail and phone',
      help: 'Hashed, where the report has them. The goal must have enhanced conversions on; turn it off if it has not.',
    }),
  })
  .refine(({ conversionName, conversionNames }) => conversionName || Object.keys(conversionNames ?? {}).length > 0, {
    message: 'Name at least one conversion goal.',
    path: ['conversionName'],
  });

export type MicrosoftOfflineSettings = z.output<typeof settings>;
