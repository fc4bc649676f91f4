import { STANDARD_EVENTS } from '../../domain/event.ts';
import type { Destination, OutboundEvent } from '../contract.ts';
import { DAY } from '../durations.ts';
import { consentProblem, nameProblem } from '../sendable.ts';
import { classify } from './classify.ts';
import { clickIdOf, ids } from './facts.ts';
import { build } from './payload.ts';
import { person } from './person.ts';
import { settings, type WebhookSettings } from './settings.ts';
import { trackerOf } from './trackers.ts';

/** A tracker knows a conversion by its click alone; another target may take any event. */
const clickProblem = (event: OutboundEvent, { tracker, ...rest }: WebhookSettings): string | null => {
  const preset = trackerOf(tracker);
  return preset && clickIdOf(event, { tracker, ...rest }) === null ? `${preset.title} needs its click id, and the click has none.` : null;
};

/** Postbacks to trackers and JSON webhooks to systems of one's own. */
export const webhook: Destination<WebhookSettings> = {
  platform: 'webhook',
  title: 'Webhook or tracker',
  settings,
  events: Object.fromEntries(STANDARD_EVENTS.map((event) => [event, event])),
  // Trackers count every postback as a conversion.
  notByDefault: ['PageView', 'ViewContent', 'OutboundClick', 'FormSubmit', 'AddToCart', 'InitiateCheckout', 'AddPaymentInfo', 'Search', 'AddToWishlist'],
  person,
  ids,
  needsClick: false,
  ageMaxMs: 90 * DAY,
  deadlineMs: 90 * DAY,
  // A repeat has the same webhook-id, transaction id and click id.
  dedupeWindowMs: 90 * DAY,
  batch: { max: 1, atomic: true },
  reversal: {
    kinds: ['retract', 'restate'],
    // Trackers move a conversion's status on by one more postback; another target must know what a correction is.
    appliesTo: ({ corrections, tracker }) => (typeof corrections === 'boolean' ? corrections : tracker !== undefined),
    // The target's conversion stands under its transaction id with another status, and is set back by one more postback.
    restoresByRestating: true,
    deadlineMs: 180 * DAY,
    build: (event, given, ctx) => build([event], given, ctx),
    classify,
  },
  missing: (event, given) => nameProblem(event, 200) ?? consentProblem(event, 'the webhook') ?? clickProblem(event, given),
  build,
  classify,
};
