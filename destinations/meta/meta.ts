import type { Destination, OutboundEvent } from '../contract.ts';
import { DAY, HOUR, MINUTE } from '../durations.ts';
import { consentProblem, nameProblem, valueProblem } from '../sendable.ts';
import { callOf, check, classifyCheck } from './check.ts';
import { classify } from './classify.ts';
import { build } from './payload.ts';
import { type MetaSettings, settings, versions } from './settings.ts';
import { ids, isMatchable, person } from './user-data.ts';

const identityProblem = (event: OutboundEvent): string | null =>
  isMatchable(event)
    ? null
    : 'Meta could not find the visitor: neither the click nor the report has fbclid or the _fbc or _fbp cookie, an IP address together with a browser, or an e-mail address or phone number.';

/** Meta: "Standard events", the ones that are ours too, under the same names; the others go out under our name, as custom events. */
const STANDARD = [
  'PageView', 'ViewContent', 'AddToCart', 'InitiateCheckout', 'AddPaymentInfo', 'Lead', 'CompleteRegistration', 'Purchase',
  'Search', 'AddToWishlist', 'Subscribe', 'StartTrial', 'Contact', 'Schedule', 'SubmitApplication',
];

/** Meta Conversions API. It takes nothing back: an event that went out stands. */
export const meta: Destination<MetaSettings> = {
  platform: 'meta',
  title: 'Meta (Facebook, Instagram)',
  settings,
  versions,
  events: Object.fromEntries(STANDARD.map((event) => [event, event])),
  // The pixel sends PageView, ViewContent, clicks and forms from the browser.
  notByDefault: ['PageView', 'ViewContent', 'OutboundClick', 'FormSubmit'],
  person,
  ids,
  needsClick: true,
  // Meta: "Using the API", Event transaction time: up to seven days, 62 in a physical store; one older event fails the whole request.
  ageMaxMs: 7 * DAY,
  ageMaxMsOf: ({ actionSource }) => (actionSource === 'physical_store' ? 62 : 7) * DAY,
  aheadMaxMs: MINUTE,
  deadlineMs: 7 * DAY,
  // Meta: "Handling duplicate pixel and Conversions API events": event_name with event_id, 48 hours.
  dedupeWindowMs: 48 * HOUR,
  batch: { max: 1000, atomic: true },
  missing: (event) =>
    nameProblem(event) ?? valueProblem(event, 'Purchase') ?? consentProblem(event, 'Meta') ?? identityProblem(event),
  build,
  classify,
  check,
  classifyCheck,
  callOf,
};
