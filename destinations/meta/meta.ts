import type { Destination, OutboundEvent } from '../contract.ts';
import { DAY, HOUR } from '../durations.ts';
import { consentProblem, moneyProblem, nameProblem, purchaseProblem } from '../sendable.ts';
import { check, classifyCheck } from './check.ts';
import { classify } from './classify.ts';
import { build } from './payload.ts';
import { type MetaSettings, settings, versions } from './settings.ts';
import { isMatchable, userDataOf } from './user-data.ts';

const identityProblem = (event: OutboundEvent): string | null =>
  isMatchable(userDataOf(event))
    ? null
    : 'Meta could not find the visitor: neither the click nor the report has fbclid or the _fbc or _fbp cookie, an IP address together with a browser, or an e-mail address or phone number.';

/** Meta Conversions API. It takes nothing back: an event that went out stands. */
export const meta: Destination<MetaSettings> = {
  platform: 'meta',
  title: 'Meta (Facebook, Instagram)',
  settings,
  versions,
  // The pixel sends PageView, ViewContent, clicks and forms from the browser.
  events: {
    PageView: null,
    ViewContent: null,
    OutboundClick: null,
    FormSubmit: null,
    AddToCart: 'AddToCart',
    InitiateCheckout: 'InitiateCheckout',
    AddPaymentInfo: 'AddPaymentInfo',
    Lead: 'Lead',
    CompleteRegistration: 'CompleteRegistration',
    Purchase: 'Purchase',
  },
  needsClick: true,
  // Meta: "Using the API", Event transaction time: up to seven days; one older event fails the whole request.
  ageMaxMs: 7 * DAY,
  deadlineMs: 7 * DAY,
  // Meta: "Handling duplicate pixel and Conversions API events": event_name with event_id, 48 hours.
  dedupeWindowMs: 48 * HOUR,
  batch: { max: 1000, atomic: true },
  missing: (event) =>
    nameProblem(event) ?? purchaseProblem(event) ?? moneyProblem(event) ?? consentProblem(event, 'Meta') ?? identityProblem(event),
  build,
  classify,
  check,
  classifyCheck,
};
