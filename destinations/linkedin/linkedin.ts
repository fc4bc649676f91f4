import type { Destination, OutboundEvent } from '../contract.ts';
import { DAY, HOUR } from '../durations.ts';
import { consentProblem, nameProblem } from '../sendable.ts';
import { authorise } from './authorise.ts';
import { check, classifyCheck } from './check.ts';
import { classify } from './classify.ts';
import { build, ruleOf } from './payload.ts';
import { type LinkedinSettings, settings, versions } from './settings.ts';
import { ids, isMatchable, person } from './user-data.ts';

const ruleProblem = (event: OutboundEvent, given: LinkedinSettings): string | null =>
  ruleOf(event, given) ? null : `No conversion rule of LinkedIn is named for ${event.name}: name one under "Conversion rules by event", or one for every event.`;

const identityProblem = (event: OutboundEvent): string | null =>
  isMatchable(event)
    ? null
    : 'LinkedIn could not find the visitor: neither the click nor the report has li_fat_id, an e-mail address, an IPv4 address, or a first and a last name.';

/** LinkedIn Conversions API. It takes nothing back: an event that went out stands. */
export const linkedin: Destination<LinkedinSettings> = {
  platform: 'linkedin',
  title: 'LinkedIn',
  settings,
  versions,
  // LinkedIn knows conversion rules (settings `conversionId` and `conversions`), not names.
  events: {},
  notByDefault: ['PageView', 'ViewContent', 'OutboundClick', 'FormSubmit'],
  person,
  ids,
  needsClick: true,
  // LinkedIn: conversionHappenedAt "within the past 90 days".
  ageMaxMs: 90 * DAY,
  deadlineMs: 90 * DAY,
  // LinkedIn counts an `eventId` of a rule once, but does not say for how long: two days are sure.
  dedupeWindowMs: 48 * HOUR,
  batch: { max: 5000, atomic: true },
  missing: (event, given) => nameProblem(event) ?? ruleProblem(event, given) ?? consentProblem(event, 'LinkedIn') ?? identityProblem(event),
  build,
  classify,
  authorise,
  check,
  classifyCheck,
};
