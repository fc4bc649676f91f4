import { z } from 'zod';
import type { ApiVersion } from '../contract.ts';
import { optionalText, setting, text } from '../setting.ts';
import { targetsByEvent } from '../targets.ts';

/** Marketing API versions live about a year; LinkedIn announces the last days of the older ones ("API Migration Status"). */
export const versions: readonly [ApiVersion, ...ApiVersion[]] = [
  { version: '202607', until: null },
  { version: '202606', until: null },
  { version: '202605', until: null },
  { version: '202604', until: null },
  { version: '202603', until: '2027-03-16' },
  { version: '202602', until: '2027-02-15' },
  { version: '202601', until: '2027-01-15' },
  { version: '202511', until: '2026-11-16' },
  { version: '202510', until: '2026-10-15' },
];

const URN = 'urn:lla:llaPartnerConversion:';

/** The number of a conversion rule, from the number or the whole URN. */
const ruleId = z
  .string()
  .trim()
  .transform((value) => (value.startsWith(URN) ? value.slice(URN.length) : value))
  .pipe(z.string().regex(/^\d{1,19}$/, `A conversion rule has a number, such as 104012, or a URN, such as ${URN}104012.`));

export const urnOf = (rule: string): string => (rule.startsWith('urn:') ? rule : `${URN}${rule}`);

const OAUTH = ['clientId', 'clientSecret', 'refreshToken'] as const;

const fields = z.strictObject({
  conversionId: setting(optionalText.pipe(ruleId.optional()), {
    label: 'Conversion rule',
    help: 'The rule that counts every event: Campaign Manager, Measurement, Conversion tracking, the rule: the number in its address. Its source must be "Conversions API".',
  }),
  conversions: setting(targetsByEvent(ruleId), {
    label: 'Conversion rules by event',
    help: 'A rule for each event: write Lead=104012,Purchase=104013. An event without one goes to the rule above; where there is none either, it is not sent.',
  }),
  accessToken: setting(text, {
    label: 'Access token',
    help: 'Campaign Manager, Measurement, Signals Manager, Conversions API: "Generate token", or the token of your developer app with rw_conversions and r_ads.',
    secret: true,
  }),
  clientId: setting(optionalText, {
    label: 'Client id',
    help: 'Only for a developer app whose token runs out: LinkedIn developer portal, your app, Auth. Needed for renewing it, with the two fields below.',
  }),
  clientSecret: setting(optionalText, { label: 'Client secret', help: 'The same page.', secret: true }),
  refreshToken: setting(optionalText, {
    label: 'Refresh token',
    help: 'Came with the access token, where your app has programmatic refresh tokens.',
    secret: true,
  }),
  apiVersion: setting(z.string().trim().regex(/^20\d{2}(0[1-9]|1[0-2])$/, 'A version is a year and a month, such as 202607.').default(versions[0].version), {
    label: 'API version',
    help: 'Version of the Marketing API, as year and month. Each lives about a year: set a newer one before the present one ends.',
  }),
});

export const settings = fields
  .refine(({ conversionId, conversions }) => conversionId !== undefined || Object.keys(conversions ?? {}).length > 0, {
    path: ['conversionId'],
    message: 'Name a conversion rule: one for every event, or one for each.',
  })
  .refine((given) => OAUTH.every((name) => given[name]) || OAUTH.every((name) => !given[name]), {
    path: ['refreshToken'],
    message: 'Client id, client secret and refresh token belong together: give all three or none.',
  });

export type LinkedinSettings = z.output<typeof settings>;
