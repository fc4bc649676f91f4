import { z } from 'zod';
import { setting, text } from '../setting.ts';

export const settings = z.strictObject({
  measurementId: setting(z.string().trim().toUpperCase().regex(/^G-[A-Z0-9]{3,20}$/, 'A measurement id looks like G-AB12CD34EF.'), {
    label: 'Measurement id',
    help: 'Google Analytics, Admin, Data streams, your web stream: "Measurement ID", such as G-AB12CD34EF. Not the stream id.',
  }),
  apiSecret: setting(text, {
    label: 'API secret',
    help: 'The same page, "Measurement Protocol API secrets": create one. Google never says that a secret is wrong, so copy it with care.',
    secret: true,
  }),
  region: setting(z.enum(['global', 'eu']).default('global'), {
    label: 'Region',
    help: '"eu" sends to the servers of Google Analytics in the European Union.',
  }),
});

export type Ga4Settings = z.output<typeof settings>;
