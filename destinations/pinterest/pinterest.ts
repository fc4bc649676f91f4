import type { Destination, OutboundEvent } from '../contract.ts';
import { DAY } from '../durations.ts';
import { consentProblem, nameProblem } from '../sendable.ts';
import { check, classifyCheck } from './check.ts';
import { classify } from './classify.ts';
import { events } from './events.ts';
import { build } from './payload.ts';
import { type PinterestSettings, settings, versions } from './settings.ts';
import { ids, isMatchable, person } from './user-data.ts';

const identityProblem = (event: OutboundEvent): string | null =>
  isMatchable(event)
    ? null
    : 'Pinterest would refuse the event: neither the click nor the report has an IP address together with a browser, an e-mail address or a mobile advertising id.';

/** Pinterest: event_id is required; an empty one would make all such events one. */
const idProblem = ({ eventId }: OutboundEvent): string | null => (eventId === '' ? 'Pinterest takes no event without an id (eventId).' : null);

/** Pinterest API v5, "Send conversions". It takes nothing back: an event that went out stands. */
export const pinterest: Destination<PinterestSettings> = {
  platform: 'pinterest',
  title: 'Pinterest',
  settings,
  versions,
  events,
  // The Pinterest tag sends PageView, ViewContent, clicks and forms from the browser.
  notByDefault: ['PageView', 'ViewContent', 'OutboundClick', 'FormSubmit'],
  person,
  ids,
  needsClick: true,
  ageMaxMs: 7 * DAY,
  // Pinterest: "The event time cannot be in the future of when Pinterest receives the request".
  aheadMaxMs: 0,
  deadlineMs: 7 * DAY,
  // Pinterest compares event_name with event_id and names no time for it: a day is taken for safe. Offline events are never compared.
  dedupeWindowMs: DAY,
  batch: { max: 1000, atomic: false },
  missing: (event) => nameProblem(event) ?? idProblem(event) ?? consentProblem(event, 'Pinterest') ?? identityProblem(event),
  build,
  classify,
  check,
  classifyCheck,
};
