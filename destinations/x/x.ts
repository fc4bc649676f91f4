import type { Destination, OutboundEvent } from '../contract.ts';
import { DAY, HOUR } from '../durations.ts';
import { consentProblem, nameProblem } from '../sendable.ts';
import { check, classifyCheck } from './check.ts';
import { classify } from './classify.ts';
import { build } from './payload.ts';
import { settings, versions, type XSettings } from './settings.ts';
import { identifiersOf, ids, person } from './user-data.ts';

const identityProblem = (event: OutboundEvent): string | null =>
  identifiersOf(event).length > 0
    ? null
    : 'X could not find the visitor: neither the click nor the report has twclid, an e-mail address or a phone number. An IP address and a browser alone are not enough for X.';

/** X Conversion API. It takes nothing back: an event that went out stands. */
export const x: Destination<XSettings> = {
  platform: 'x',
  title: 'X (Twitter)',
  settings,
  versions,
  // X knows events by the ids that its Events Manager gave them (setting `eventIds`), not by names.
  events: {},
  notByDefault: ['PageView', 'ViewContent', 'OutboundClick', 'FormSubmit'],
  person,
  ids,
  needsClick: true,
  // X attributes over at most 90 days.
  ageMaxMs: 90 * DAY,
  deadlineMs: 90 * DAY,
  // X counts a `conversion_id` once, but does not say for how long: two days are sure.
  dedupeWindowMs: 48 * HOUR,
  batch: { max: 500, atomic: true },
  missing: (event) => nameProblem(event) ?? consentProblem(event, 'X') ?? identityProblem(event),
  build,
  classify,
  check,
  classifyCheck,
};
