import type { Destination, OutboundEvent } from '../contract.ts';
import { DAY, HOUR } from '../durations.ts';
import { consentProblem, nameProblem } from '../sendable.ts';
import { classify, classifyCheck } from './classify.ts';
import { build, check, sourceOf } from './payload.ts';
import { settings, type TiktokSettings, versions } from './settings.ts';
import { ids, isMatchable, person } from './user-data.ts';

const identityProblem = (event: OutboundEvent): string | null =>
  isMatchable(event)
    ? null
    : 'TikTok could not find the visitor: neither the click nor the report has ttclid or the _ttp cookie, an IP address together with a browser, or an e-mail address or phone number.';

/** TikTok: "Supported web events", the ones that are ours too, under the same names. */
const STANDARD = [
  'ViewContent', 'AddToCart', 'InitiateCheckout', 'AddPaymentInfo', 'Lead', 'CompleteRegistration', 'Purchase',
  'Search', 'AddToWishlist', 'Subscribe', 'StartTrial', 'Contact', 'Schedule', 'SubmitApplication',
];

/** TikTok Events API 2.0. It takes nothing back: an event that went out stands. */
export const tiktok: Destination<TiktokSettings> = {
  platform: 'tiktok',
  title: 'TikTok',
  settings,
  versions,
  events: { ...Object.fromEntries(STANDARD.map((event) => [event, event])), OutboundClick: 'ClickButton', FormSubmit: 'SubmitForm' },
  // The pixel sends these from the browser; SubmitForm is also TikTok's old name of Lead and would count it twice.
  notByDefault: ['PageView', 'ViewContent', 'OutboundClick', 'FormSubmit'],
  person,
  ids,
  needsClick: true,
  // TikTok: "Events API 2.0, event_time": seven days for web and app events, 28 for those of shops and CRMs.
  ageMaxMs: 7 * DAY,
  ageMaxMsOf: (event) => (['offline', 'crm'].includes(sourceOf(event)) ? 28 : 7) * DAY,
  deadlineMs: 7 * DAY,
  // TikTok: "Event deduplication": event with event_id, 48 hours from the first.
  dedupeWindowMs: 48 * HOUR,
  // A partial success (20001) is per event; any other refusal is of the whole request.
  batch: { max: 1000, atomic: true },
  together: sourceOf,
  missing: (event) => nameProblem(event) ?? consentProblem(event, 'TikTok') ?? identityProblem(event),
  build,
  classify,
  check,
  classifyCheck,
};
