import type { Destination, OutboundEvent } from '../contract.ts';
import { DAY, MINUTE } from '../durations.ts';
import { authoriseFor } from '../google/authorise.ts';
import { actionOf, actionProblem } from '../google/conversion-action.ts';
import { restatementProblem } from '../google/restatement.ts';
import { acceptsTransactionId } from '../google/transaction-id.ts';
import { consentProblem, nameProblem } from '../sendable.ts';
import { callOf, classify, classifyCheck } from './classify.ts';
import { build, buildCorrection, buildStatus, check } from './payload.ts';
import { type DataManagerSettings, SCOPE, settings } from './settings.ts';
import { classifyStatus } from './status.ts';
import { ids, isMatchable, person } from './user-data.ts';

const identityProblem = (event: OutboundEvent, settings: DataManagerSettings): string | null =>
  event.original || isMatchable(event, settings)
    ? null
    : 'Google could not find the click: there is no gclid, gbraid or wbraid, nor an e-mail address or phone number that may be sent.';

/** Google takes a correction that it cannot match for a new conversion. */
const correctionProblem = (event: OutboundEvent): string | null =>
  event.original && !(event.original.identifiers['transactionId'] ?? event.original.transactionId)
    ? 'Google finds a conversion again by its transaction id, and it was sent without one.'
    : restatementProblem(event);

/** Google Ads conversions through the Data Manager API: accepted at once, judged half an hour later, changed by sending them again. */
export const googleDataManager: Destination<DataManagerSettings> = {
  platform: 'google-data-manager',
  title: 'Google Ads (Data Manager)',
  settings,
  // Conversions have no names here: what counts is the conversion action.
  events: {},
  // Only what ends in a conversion action is worth sending.
  notByDefault: ['PageView', 'ViewContent', 'OutboundClick', 'FormSubmit', 'AddToCart', 'InitiateCheckout', 'AddPaymentInfo', 'Search', 'AddToWishlist'],
  person,
  ids,
  needsClick: true,
  // Google keeps clicks for 90 days, the longest click-through window of a conversion action.
  ageMaxMs: 90 * DAY,
  deadlineMs: 90 * DAY,
  // The same transaction id of a conversion action is always the same conversion.
  dedupeWindowMs: 90 * DAY,
  // "Limits": 2000 events. Each of them goes to every destination of its request.
  batch: { max: 2000, atomic: true },
  together: (event, settings) => actionOf(event, settings) ?? '',
  reversal: {
    kinds: ['retract', 'restate'],
    restoresByRestating: true,
    // Google Ads: conversions can be adjusted for 54 days.
    deadlineMs: 54 * DAY,
    missing: correctionProblem,
    build: buildCorrection,
    classify,
  },
  acceptsTransactionId,
  missing: (event, settings) =>
    nameProblem(event, 100) ?? consentProblem(event, 'Google') ?? actionProblem(event, settings) ?? identityProblem(event, settings),
  build,
  classify,
  authorise: authoriseFor(SCOPE),
  result: {
    // Data Manager API: "Diagnostics", wait 30 minutes before the first question.
    firstPollMs: 30 * MINUTE,
    build: buildStatus,
    classify: classifyStatus,
  },
  check,
  classifyCheck,
  callOf,
};
