import type { Destination, OutboundEvent, PlatformRequest } from '../contract.ts';
import { DAY, HOUR } from '../durations.ts';
import { valueProblem } from '../sendable.ts';
import { callOf, classify, classifyCheck } from './classify.ts';
import { isEventName, NAME_MAX, TEXT_MAX } from './names.ts';
import { transactionIdOf } from './params.ts';
import { build, post, together } from './payload.ts';
import { buildReversal, reversalProblem } from './reversal.ts';
import { type Ga4Settings, settings } from './settings.ts';
import { ids, knownIds, person } from './user-data.ts';

const nameProblem = ({ name }: OutboundEvent): string | null =>
  isEventName(name)
    ? null
    : `The event name "${name.slice(0, NAME_MAX)}" cannot be sent: Google Analytics takes up to ${NAME_MAX} letters, digits and underscores, a letter first, and no reserved name.`;

const visitorProblem = (event: OutboundEvent): string | null =>
  knownIds(event).clientId ? null : 'Google Analytics needs the client id of the browser (the _ga cookie), and the click has none.';

/** There is a field for refused user data, but none for refused storage. */
const storageProblem = ({ click }: OutboundEvent): string | null =>
  click?.consent.adStorage === false ? 'The visitor refused storage for advertising, so nothing is sent to Google Analytics.' : null;

const purchaseProblem = (event: OutboundEvent): string | null => {
  if (event.name !== 'purchase') return null;
  const transactionId = transactionIdOf(event);
  if (!transactionId) return 'purchase needs a transaction id, and neither the report nor the event has one.';
  if (!acceptsTransactionId(transactionId)) return `purchase needs a transaction id of up to ${TEXT_MAX} characters.`;
  return event.contents.some(({ id, name }) => id !== null || name !== null) ? null : valueProblem(event, 'purchase');
};

const acceptsTransactionId = (transactionId: string): boolean => transactionId.trim() !== '' && transactionId.length <= TEXT_MAX;

/** An event that the validation server looks at and does not store. */
const check = (given: Ga4Settings): PlatformRequest => ({
  ...post(given, '/debug/mp/collect', {
    client_id: '1234567890.1234567890',
    events: [{ name: 'generate_lead', params: { currency: 'EUR', value: 1, engagement_time_msec: 1 } }],
  }),
  sent: [],
});

/** Google Analytics 4, Measurement Protocol. */
export const ga4: Destination<Ga4Settings> = {
  platform: 'ga4',
  title: 'Google Analytics 4',
  settings,
  events: {
    PageView: 'page_view',
    ViewContent: 'view_item',
    OutboundClick: 'click',
    FormSubmit: 'form_submit',
    AddToCart: 'add_to_cart',
    InitiateCheckout: 'begin_checkout',
    AddPaymentInfo: 'add_payment_info',
    Lead: 'generate_lead',
    CompleteRegistration: 'sign_up',
    Purchase: 'purchase',
    Search: 'search',
    AddToWishlist: 'add_to_wishlist',
  },
  // The tag of Google Analytics sends them from the browser.
  notByDefault: ['PageView', 'ViewContent', 'OutboundClick', 'FormSubmit'],
  person,
  ids,
  needsClick: true,
  // Measurement Protocol: "Send events", backdating up to 72 hours; what is older would be counted at another time.
  ageMaxMs: 72 * HOUR,
  deadlineMs: 72 * HOUR,
  // A purchase is counted once for its transaction id, but a lead sent twice is two leads.
  dedupeWindowMs: 0,
  // Measurement Protocol: "Limitations": 25 events, less than 130 kB.
  batch: { max: 25, atomic: true, bytesMax: 129_000 },
  together,
  reversal: {
    kinds: ['retract'],
    restoresByRestating: false,
    // A refund is an event of its own, at its own time; event data are kept for 14 months.
    deadlineMs: 425 * DAY,
    ageMaxMs: 72 * HOUR,
    missing: reversalProblem,
    build: buildReversal,
    classify,
  },
  acceptsTransactionId,
  missing: (event) => nameProblem(event) ?? storageProblem(event) ?? visitorProblem(event) ?? purchaseProblem(event),
  build,
  classify,
  check,
  classifyCheck,
  callOf,
};
