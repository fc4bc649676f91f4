import type { Destination, OutboundEvent } from '../contract.ts';
import { DAY, HOUR } from '../durations.ts';
import { consentProblem, moneyProblem, nameProblem, purchaseProblem } from '../sendable.ts';
import { classify, classifyCheck } from './classify.ts';
import { build, check } from './payload.ts';
import { settings, type TiktokSettings, versions } from './settings.ts';
import { isMatchable, userOf } from './user.ts';

const identityProblem = (event: OutboundEvent): string | null =>
  isMatchable(userOf(event))
    ? null
    : 'TikTok could not find the visitor: neither the click nor the report has ttclid or the _ttp cookie, an IP address together with a browser, or an e-mail address or phone number.';

/** TikTok Events API 2.0. It takes nothing back: an event that went out stands. */
export const tiktok: Destination<TiktokSettings> = {
  platform: 'tiktok',
  title: 'TikTok',
  settings,
  versions,
  // FormSubmit stays with the pixel: TikTok's SubmitForm is the old name of Lead and would count it twice.
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
  ageMaxMs: 7 * DAY,
  deadlineMs: 7 * DAY,
  // TikTok: "Event deduplication": event with event_id, 48 hours from the first.
  dedupeWindowMs: 48 * HOUR,
  // TikTok takes 1000, but a partial success (20001) does not say which events it left out.
  batch: { max: 1, atomic: false },
  missing: (event) =>
    nameProblem(event) ?? purchaseProblem(event) ?? moneyProblem(event) ?? consentProblem(event, 'TikTok') ?? identityProblem(event),
  build,
  classify,
  check,
  classifyCheck,
};
