import type { Destination, OutboundEvent } from '../contract.ts';
import { DAY, HOUR } from '../durations.ts';
import { authoriseFor } from '../google/authorise.ts';
import { actionProblem } from '../google/conversion-action.ts';
import { acceptsOrderId } from '../google/transaction-id.ts';
import { consentProblem, nameProblem } from '../sendable.ts';
import { adjustmentProblem, buildAdjustment } from './adjustment.ts';
import { classify, classifyCheck } from './classify.ts';
import { build, check } from './payload.ts';
import { type GoogleAdsSettings, SCOPE, settings, versions } from './settings.ts';
import { ids, isMatchable, person } from './user-data.ts';

const identityProblem = (event: OutboundEvent, settings: GoogleAdsSettings): string | null =>
  isMatchable(event, settings)
    ? null
    : 'Google could not find the click: there is no gclid, gbraid or wbraid, nor an e-mail address or phone number that may be sent.';

/** Google Ads API: click conversions, and their adjustments. For developer tokens that uploaded conversions before June 2026. */
export const googleAds: Destination<GoogleAdsSettings> = {
  platform: 'google-ads',
  title: 'Google Ads (Google Ads API)',
  settings,
  versions,
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
  // The same order id of a conversion action is always the same conversion.
  dedupeWindowMs: 90 * DAY,
  // "Upload fewer than 2001 events in a single request."
  batch: { max: 2000, atomic: false },
  reversal: {
    kinds: ['retract', 'restate'],
    // A retraction is final: what counts again is sent anew, under another order id.
    restoresByRestating: false,
    notBeforeMs: 24 * HOUR,
    deadlineMs: 54 * DAY,
    missing: adjustmentProblem,
    build: buildAdjustment,
    classify,
  },
  acceptsTransactionId: acceptsOrderId,
  missing: (event, settings) =>
    nameProblem(event, 100) ?? consentProblem(event, 'Google') ?? actionProblem(event, settings) ?? identityProblem(event, settings),
  build,
  classify,
  authorise: authoriseFor(SCOPE),
  check,
  classifyCheck,
};
