import ipaddr from 'ipaddr.js';
import { IANAZone } from 'luxon';
import { z } from 'zod';
import type { Network } from '../networks/contract.ts';
import { currency, knownStatuses } from './rules.ts';

const DAY_MS = 86_400_000;
const waitMs = (daysMax: number) => z.number().int('it must be a whole number of milliseconds').min(0).max(daysMax * DAY_MS, `it must be at most ${daysMax} days`);

const isAddressOrRange = (text: string): boolean => ipaddr.isValidCIDR(text) || (ipaddr.isValid(text) && /[.:].*[.:]/.test(text));

/** The settings of an integration of this network. Absent ones: the network's or the installation's default holds. */
export const integrationSettingsSchema = (network: Network) =>
  z.strictObject({
    clickIdSlot: z
      .enum(network.clickIdSlots as readonly [string, ...string[]])
      .meta({ label: 'Click-id slot', help: `The parameter in which the click id comes back. Default: ${network.clickIdSlot}.` })
      .optional(),
    defaultCurrency: currency.meta({ label: 'Default currency', help: 'ISO 4217. Used, and marked as assumed, where a report names none.' }).optional(),
    timeZone: z
      .string()
      .refine((zone) => IANAZone.isValidZone(zone), 'it must be a time zone such as Europe/Berlin')
      .meta({ label: 'Time zone', help: `Zone of dates that name none. Default: ${network.timeZone}.` })
      .optional(),
    statusWords: z
      .record(z.string().transform((word) => word.trim().toLowerCase()).pipe(z.string().min(1).max(100)), z.enum(knownStatuses))
      .meta({ label: 'Status words', help: `Further words of the network and what they mean: ${knownStatuses.join(', ')}.` })
      .optional(),
    ipList: z
      .array(z.string().trim().refine(isAddressOrRange, 'it must hold addresses or CIDR ranges such as 203.0.113.0/24'))
      .meta({ label: 'Allowed addresses', help: 'Addresses or CIDR ranges that may call. Empty: any.' })
      .optional(),
    secretParameter: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'it must be 1 to 64 letters, digits and _ . -')
      .refine((name) => !new URLSearchParams(network.postbackQuery).has(name), 'the network itself uses a parameter of that name')
      .meta({ label: 'Secret parameter', help: 'Name of the parameter that carries the secret, where there is one. Default: secret.' })
      .optional(),
    lateClickWaitMs: waitMs(30).meta({ label: 'Wait for a late click', help: 'ms that a conversion waits for a click that is not known yet.' }).optional(),
    holdMs: waitMs(3650).meta({ label: 'Hold', help: 'ms that the run of a conversion that is not final stays open after its last report.' }).optional(),
  });
