import { z } from 'zod';
import { setting, text } from '../setting.ts';

export const settings = z.strictObject({
  pixelId: setting(z.string().trim().regex(/^[\w-]{5,64}$/, 'The pixel id has letters and digits only, such as RrQuX1y2z3A4b5C6d7E8f9.'), {
    label: 'Pixel id',
    help: 'OpenAI Ads Manager, Conversions, your data source: "Pixel ID" (not the id that begins with cds_ or clidsrc_).',
  }),
  apiKey: setting(text, {
    label: 'Conversions API key',
    help: 'OpenAI Ads Manager, Conversions, Conversion keys: create one. The key under Settings is for campaigns and does not send events.',
    secret: true,
  }),
});

export type OpenaiSettings = z.output<typeof settings>;
