import { STANDARD_EVENTS } from '../../domain/event.ts';
import type { Destination } from '../contract.ts';
import { DAY } from '../durations.ts';
import { consentProblem, nameProblem } from '../sendable.ts';
import { classify } from './classify.ts';
import { clickIdOf, ids } from './click-id.ts';
import { build, together } from './payload.ts';
import { settings, type TaboolaSettings } from './settings.ts';

/** Taboola's server-to-server conversions. It takes nothing back: an event that went out stands. */
export const taboola: Destination<TaboolaSettings> = {
  platform: 'taboola',
  title: 'Taboola',
  settings,
  // The name must equal the Event Name that the conversion has in Realize, case included; there are no names of Taboola's own.
  events: Object.fromEntries(STANDARD_EVENTS.map((event) => [event, event])),
  notByDefault: ['PageView', 'ViewContent', 'OutboundClick', 'FormSubmit'],
  person: {},
  ids,
  needsClick: true,
  // Taboola names no limit; no conversion window in Realize is longer.
  ageMaxMs: 90 * DAY,
  deadlineMs: 90 * DAY,
  // How long an order id is recognised is not said, and an event without one never is.
  dedupeWindowMs: 0,
  // Taboola: "Bulk submit S2S conversions": at most 1,000 in a request, and one answer for all of them.
  batch: { max: 1000, atomic: true },
  together,
  missing: (event) => nameProblem(event, 255) ?? consentProblem(event, 'Taboola') ?? clickProblem(clickIdOf(event)),
  build,
  classify,
};

const clickProblem = (clickId: string | undefined): string | null =>
  clickId ? null : 'Taboola knows a visitor only by its click id, and the click has none: tblci is missing, or shorter than the 66 characters of a real one.';
