import { STANDARD_EVENTS } from '../../domain/event.ts';
import type { Destination } from '../contract.ts';
import { DAY } from '../durations.ts';
import { consentProblem, nameProblem } from '../sendable.ts';
import { classify } from './classify.ts';
import { build, clickIdOf, ids } from './payload.ts';
import { type OutbrainSettings, settings } from './settings.ts';

/** Outbrain's server-to-server conversions (Amplify). It takes nothing back, and confirms nothing. */
export const outbrain: Destination<OutbrainSettings> = {
  platform: 'outbrain',
  title: 'Outbrain',
  settings,
  // The name must equal that of the event-based conversion in the dashboard; there are no names of Outbrain's own.
  events: Object.fromEntries(STANDARD_EVENTS.map((event) => [event, event])),
  notByDefault: ['PageView', 'ViewContent', 'OutboundClick', 'FormSubmit'],
  person: {},
  ids,
  needsClick: true,
  // Outbrain names no limit, and the call has no time: the event counts when it arrives.
  ageMaxMs: 90 * DAY,
  deadlineMs: 90 * DAY,
  dedupeWindowMs: 0,
  batch: { max: 1, atomic: true },
  missing: (event) => nameProblem(event, 255) ?? consentProblem(event, 'Outbrain') ?? clickProblem(clickIdOf(event)),
  build,
  classify,
};

const clickProblem = (clickId: string | undefined): string | null =>
  clickId ? null : 'Outbrain knows a visitor only by its click id, and the click has none: put ob_click_id={{ob_click_id}} on the landing page address.';
