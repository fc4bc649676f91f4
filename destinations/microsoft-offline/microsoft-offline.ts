import type { Destination, OutboundEvent } from '../contract.ts';
import { DAY } from '../durations.ts';
import { consentProblem, nameProblem } from '../sendable.ts';
import { authorise } from './authorise.ts';
import { callOf, check, classifyCheck } from './check.ts';
import { classify } from './classify.ts';
import { build, goalOf, identityOf, ids, person } from './payload.ts';
import { buildReversal, reversalProblem } from './reversal.ts';
import { type MicrosoftOfflineSettings, settings } from './settings.ts';

const goalProblem = (event: OutboundEvent, settings: MicrosoftOfflineSettings): string | null =>
  goalOf(event, settings) ? null : `No conversion goal is set for ${event.name}: add ${event.name}=<the name of its goal> to the conversion goals of this destination.`;

const identityProblem = (event: OutboundEvent, settings: MicrosoftOfflineSettings): string | null =>
  Object.values(identityOf(event, settings)).some((id) => id !== undefined)
    ? null
    : 'Microsoft could not find the click: there is no msclkid, nor an e-mail address or phone number that may be sent.';

/** Microsoft Advertising, offline conversions (Campaign Management v13): they can be taken back and restated. */
export const microsoftOffline: Destination<MicrosoftOfflineSettings> = {
  platform: 'microsoft-offline',
  title: 'Microsoft Advertising (offline conversions)',
  settings,
  // Conversions have the names of the account's goals, see conversionNames.
  events: {},
  // Only what ends in a conversion goal is worth sending.
  notByDefault: ['PageView', 'ViewContent', 'OutboundClick', 'FormSubmit', 'AddToCart', 'InitiateCheckout', 'AddPaymentInfo', 'Search', 'AddToWishlist'],
  person,
  ids,
  needsClick: true,
  // "The date and time must be within the last 90 days", and not in the future.
  ageMaxMs: 90 * DAY,
  aheadMaxMs: 0,
  deadlineMs: 90 * DAY,
  // "Duplicate offline conversions with the same MicrosoftClickId and ConversionTime will be ignored."
  dedupeWindowMs: 90 * DAY,
  batch: { max: 1000, atomic: false },
  reversal: {
    kinds: ['retract', 'restate'],
    restoresByRestating: false,
    deadlineMs: 90 * DAY,
    missing: reversalProblem,
    build: buildReversal,
    classify,
  },
  missing: (event, settings) =>
    nameProblem(event, 100) ?? consentProblem(event, 'Microsoft Advertising') ?? goalProblem(event, settings) ?? identityProblem(event, settings),
  build,
  classify,
  authorise,
  check,
  classifyCheck,
  callOf,
};
