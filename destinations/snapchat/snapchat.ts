import type { Destination, OutboundEvent } from '../contract.ts';
import { DAY, HOUR } from '../durations.ts';
import { consentProblem, nameProblem, valueProblem } from '../sendable.ts';
import { callOf, check, classifyCheck } from './check.ts';
import { classify } from './classify.ts';
import { events } from './events.ts';
import { build } from './payload.ts';
import { type SnapchatSettings, settings, versions } from './settings.ts';
import { ids, isMatchable, person } from './user-data.ts';

const identityProblem = (event: OutboundEvent): string | null =>
  isMatchable(event)
    ? null
    : 'Snapchat would refuse the event: neither the click nor the report has an IP address together with a browser, an e-mail address, a phone number or a mobile ad id.';

/** Snapchat Conversions API v3. It takes nothing back: an event that went out stands. */
export const snapchat: Destination<SnapchatSettings> = {
  platform: 'snapchat',
  title: 'Snapchat',
  settings,
  versions,
  events,
  // The pixel sends PageView, ViewContent, clicks and forms from the browser.
  notByDefault: ['PageView', 'ViewContent', 'OutboundClick', 'FormSubmit'],
  person,
  ids,
  needsClick: true,
  // Snap: "Conversions API", up to 37 days back.
  ageMaxMs: 37 * DAY,
  deadlineMs: 37 * DAY,
  // Snap: "Deduplication": event_id, 48 hours.
  dedupeWindowMs: 48 * HOUR,
  batch: { max: 2000, atomic: true },
  missing: (event) =>
    nameProblem(event) ?? valueProblem(event, 'PURCHASE') ?? consentProblem(event, 'Snapchat') ?? identityProblem(event),
  build,
  classify,
  check,
  classifyCheck,
  callOf,
};
