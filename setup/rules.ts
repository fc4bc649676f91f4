import { z } from 'zod';
import { STATUSES, type KnownStatus } from '../domain/report.ts';
import type { EventRule } from '../domain/rules.ts';

/** Inbound mapping rules, as they come from people: checked here once, so that the domain may trust them. */

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
const countries = /^[A-Z]{2}$/;

export const knownStatuses = STATUSES.filter((status): status is KnownStatus => status !== 'unknown');

/** ISO 4217, upper case. */
export const currency = z.string().trim().toUpperCase().refine((code) => currencies.has(code), 'it must be an ISO 4217 code such as USD');
/** ISO 3166-1 alpha-2, upper case. */
const country = z.string().trim().toUpperCase().regex(countries, 'a country is two letters such as DE');
/** A plain decimal number as text: never a float. */
const decimal = z.string().regex(/^-?\d{1,18}(\.\d{1,18})?$/, 'an amount is a plain decimal number such as 12.50, as text');
export const money = z.strictObject({ amount: decimal, currency });
export const eventName = z.string().trim().regex(/^[\p{L}\p{N}][\p{L}\p{N} _.:-]{0,99}$/u, 'an event name is 1 to 100 letters, digits, spaces and _ . : -');
export const offers = z.array(z.string().min(1).max(200)).min(1);
export const countryList = z.array(country).min(1);

const rule = z.strictObject({
  when: z.strictObject({
    status: z.array(z.enum([...knownStatuses, 'none'])).min(1).optional(),
    amountFrom: decimal.optional(),
    amountTo: decimal.optional(),
    amountAbove: decimal.optional(),
    offer: offers.optional(),
    country: countryList.optional(),
  }),
  event: eventName,
  value: z.union([z.enum(['none', 'payout', 'orderValue']), money]).default('none'),
  once: z.enum(['conversion', 'report']).default('conversion'),
  unless: z.array(eventName).min(1).optional(),
  flag: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'a flag is lower-case letters, digits and _').optional(),
});

export const rulesSchema: z.ZodType<EventRule[]> = z.array(rule).min(1, 'rules that replace the defaults cannot be empty').max(100);
