import { z } from 'zod';
import type { DestinationPolicy, OutboundMapping } from '../store/documents.ts';
import { countryList, eventName, money, offers } from './rules.ts';

/** What a destination does with our events, as it comes from people. */

const mapping = z.strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  send: z.boolean().optional(),
  value: z.union([z.enum(['keep', 'none']), money]).optional(),
  offer: offers.optional(),
  country: countryList.optional(),
});

/** By our event name. */
export const mappingSchema: z.ZodType<Record<string, OutboundMapping>> = z.record(eventName, mapping);

export const policySchema: z.ZodType<DestinationPolicy> = z.strictObject({
  onRejection: z.union([z.literal('ignore'), z.strictObject({ event: eventName })]),
  unknownOutcome: z.enum(['hold', 'resend']),
});

export const DEFAULT_POLICY: DestinationPolicy = { onRejection: 'ignore', unknownOutcome: 'hold' };
