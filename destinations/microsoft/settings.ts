import { z } from 'zod';
import { setting, text } from '../setting.ts';

export const settings = z.strictObject({
  tagId: setting(z.string().trim().regex(/^\d{4,15}$/, 'The id of a UET tag has digits only.'), {
    label: 'UET tag id',
    help: 'Microsoft Advertising, Tools, UET tag: the number of the tag that your conversion goals belong to.',
  }),
  accessToken: setting(text, {
    label: 'Conversions API token',
    help: 'The same page, edit the tag, "Save and next", "Use Conversions API": "Copy token". If it is not offered, ask your account manager for the Conversions API.',
    secret: true,
  }),
});

export type MicrosoftSettings = z.output<typeof settings>;
