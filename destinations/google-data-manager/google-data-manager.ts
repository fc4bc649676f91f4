import type { Destination, OutboundEvent } from '../contract.ts';
import { DAY, MINUTE } from '../durations.ts';
import { moneyProblem, nameProblem } from '../sendable.ts';
import { authorise } from './authorise.ts';
import { classify, classifyCheck } from './classify.ts';
import { actionFor, build, buildCorrection, buildStatus, check } from './payload.ts';
import { type DataManagerSettings, settings } from './settings.ts';
import { classifyStatus } from './status.ts';
import { acceptsTransactionId } from './transaction-id.ts';
import { isMatchable } from './user-data.ts';

const actionProblem = (event: OutboundEvent, settings: DataManagerSettings): string | null =>
  actionFor(event, settings)
    ? null
    : `No conversion action is set for ${event.name}: add ${event.name}=<its number> to the conversion actions of this destination.`;

const identityProblem = (event: OutboundEvent, settings: DataManagerSettings): string | null =>
  event.original || isMatchable(event, settings)
    ? null
    : 'Google could not find the click: there is no gclid, gbraid or wbraid, nor an e-mail address or phone number that may be sent.';

/** Google Ads conversions through the Data Manager API: accepted at once, judged half an hour later, changed by sending them again. */
export const googleDataManager: Destination<DataManagerSettings> = {
  platform: 'google-data-manager',
  title: 'Google Ads (Data Manager)',
  settings,
  // Only what ends in a conversion action is worth sending; which ones exist is in the settings.
  events: {
    PageView: null,
    ViewContent: null,
    OutboundClick: null,
    FormSubmit: null,
    AddToCart: null,
    InitiateCheckout: null,
    AddPaymentInfo: null,
    Lead: 'Lead',
    CompleteRegistration: 'CompleteRegistration',
    Purchase: 'Purchase',
  },
  needsClick: true,
  // Google keeps clicks for 90 days, the longest click-through window of a conversion action.
  ageMaxMs: 90 * DAY,
  deadlineMs: 90 * DAY,
  // The same transaction id of a conversion action is always the same conversion.
  dedupeWindowMs: 90 * DAY,
  // Google takes 2000, but tells only counts of what became of them, and sends each event to every destination of its request.
  batch: { max: 1, atomic: true },
  reversal: {
    kinds: ['retract', 'restate'],
    restoresByRestating: true,
    // Google Ads: conversions can be adjusted for 54 days.
    deadlineMs: 54 * DAY,
    build: buildCorrection,
    classify,
  },
  acceptsTransactionId,
  missing: (event, settings) =>
    nameProblem(event) ?? moneyProblem(event) ?? actionProblem(event, settings) ?? identityProblem(event, settings),
  build,
  classify,
  authorise,
  result: {
    // Data Manager API: "Diagnostics", wait 30 minutes before the first question.
    firstPollMs: 30 * MINUTE,
    build: buildStatus,
    classify: classifyStatus,
  },
  check,
  classifyCheck,
};
