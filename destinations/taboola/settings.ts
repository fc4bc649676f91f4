import { z } from 'zod';
import { setting } from '../setting.ts';

export const settings = z.strictObject({
  accountId: setting(
    z.string().trim().regex(/^\d*$/, 'The account id has digits only.').transform((value) => value || undefined).optional(),
    {
      label: 'Account id',
      help: 'Leave it empty to call the postback URL. With the numeric id of your account (Realize, Tracking), events go out as JSON with their own time, many in a request; Taboola checks none of them then.',
    },
  ),
});

export type TaboolaSettings = z.output<typeof settings>;
