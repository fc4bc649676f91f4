import type { Destination, OutboundEvent } from '../contract.ts';
import { DAY, HOUR, MINUTE } from '../durations.ts';
import { consentProblem, nameProblem } from '../sendable.ts';
import { check, classifyCheck } from './check.ts';
import { classify } from './classify.ts';
import { CUSTOM_NAME_MAX, events } from './events.ts';
import { build } from './payload.ts';
import { type RedditSettings, settings, versions } from './settings.ts';
import { ids, isMatchable, person } from './user-data.ts';

const identityProblem = (event: OutboundEvent): string | null =>
  isMatchable(event)
    ? null
    : 'Reddit could not find the visitor: neither the click nor the report has rdt_cid or the _rdt_uuid cookie, an IP address together with a browser, an e-mail address, a phone number or a mobile advertising id.';

/** Reddit Conversions API v3. It takes nothing back: an event that went out stands. */
export const reddit: Destination<RedditSettings> = {
  platform: 'reddit',
  title: 'Reddit',
  settings,
  versions,
  events,
  // The pixel sends PageView, ViewContent, clicks and forms from the browser.
  notByDefault: ['PageView', 'ViewContent', 'OutboundClick', 'FormSubmit'],
  person,
  ids,
  needsClick: true,
  // Reddit: "event_at timestamp must be less than 168h0m0s old".
  ageMaxMs: 168 * HOUR - 1,
  aheadMaxMs: 5 * MINUTE,
  deadlineMs: 168 * HOUR - 1,
  // Reddit: "Event deduplication", conversion_id, two days.
  dedupeWindowMs: 2 * DAY,
  batch: { max: 1000, atomic: true },
  missing: (event) => nameProblem(event, CUSTOM_NAME_MAX) ?? consentProblem(event, 'Reddit') ?? identityProblem(event),
  build,
  classify,
  check,
  classifyCheck,
};
