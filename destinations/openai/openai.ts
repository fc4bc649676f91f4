import type { Destination, OutboundEvent } from '../contract.ts';
import { DAY, MINUTE } from '../durations.ts';
import { consentProblem } from '../sendable.ts';
import { check, classifyCheck } from './check.ts';
import { classify } from './classify.ts';
import { customNameProblem } from './events.ts';
import { build } from './payload.ts';
import { type OpenaiSettings, settings } from './settings.ts';
import { ids, isMatchable, person } from './user-data.ts';

/** OpenAI takes no event without an `id`. */
const idProblem = ({ eventId }: OutboundEvent): string | null =>
  eventId === '' ? 'OpenAI needs an id of the event, and it has none.' : null;

const identityProblem = (event: OutboundEvent): string | null =>
  isMatchable(event)
    ? null
    : 'OpenAI could not find the visitor: neither the click nor the report has oppref or the __obref cookie, an IP address together with a browser, or an e-mail address or phone number.';

/** OpenAI Ads Conversions API (ads in ChatGPT). It takes nothing back: an event that went out stands. */
export const openai: Destination<OpenaiSettings> = {
  platform: 'openai',
  title: 'OpenAI (ChatGPT)',
  settings,
  events: {
    PageView: 'page_viewed',
    ViewContent: 'contents_viewed',
    AddToCart: 'items_added',
    InitiateCheckout: 'checkout_started',
    Lead: 'lead_created',
    CompleteRegistration: 'registration_completed',
    Purchase: 'order_created',
    Subscribe: 'subscription_created',
    StartTrial: 'trial_started',
    Schedule: 'appointment_scheduled',
  },
  notByDefault: ['PageView', 'ViewContent', 'OutboundClick', 'FormSubmit'],
  person,
  ids,
  needsClick: true,
  // "Within the last 7 days and no more than 10 minutes in the future."
  ageMaxMs: 7 * DAY,
  aheadMaxMs: 10 * MINUTE,
  deadlineMs: 7 * DAY,
  // OpenAI uses the first event of a pixel, name and id and ignores later ones, without an end; older ones it does not take.
  dedupeWindowMs: 7 * DAY,
  batch: { max: 1000, atomic: true },
  missing: (event) => customNameProblem(event.name) ?? idProblem(event) ?? consentProblem(event, 'OpenAI') ?? identityProblem(event),
  build,
  classify,
  check,
  classifyCheck,
};
