import type { Destination, OutboundEvent } from '../contract.ts';
import { DAY, HOUR } from '../durations.ts';
import { nameProblem } from '../sendable.ts';
import { pageOf } from '../visitor.ts';
import { classify, classifyCheck } from './classify.ts';
import { build, check, PAGE_LOAD } from './payload.ts';
import { type MicrosoftSettings, settings } from './settings.ts';
import { ids, isMatchable, person } from './user-data.ts';

/** There is a field for refused storage, but none for refused user data. */
const userDataProblem = ({ click }: OutboundEvent): string | null =>
  click?.consent.adUserData === false ? 'The visitor refused that their data is used for advertising, so nothing is sent to Microsoft Advertising.' : null;

const pageProblem = (event: OutboundEvent): string | null =>
  event.name === PAGE_LOAD && !pageOf(event) ? 'pageLoad needs the address of the page, and it is not known.' : null;

const identityProblem = (event: OutboundEvent): string | null =>
  isMatchable(event)
    ? null
    : 'Microsoft could not find the visitor: there is no msclkid, anonymousId, externalId, idfa or gaid, nor an e-mail address or phone number.';

/** Microsoft Advertising, Conversions API (UET). It takes nothing back; offline conversions do, see microsoft-offline. */
export const microsoft: Destination<MicrosoftSettings> = {
  platform: 'microsoft',
  title: 'Microsoft Advertising (Conversions API)',
  settings,
  // Only page loads have a name of Microsoft's own; every other name is one that a conversion goal was set up with.
  events: { PageView: PAGE_LOAD },
  // The UET tag sends them from the browser.
  notByDefault: ['PageView', 'ViewContent', 'OutboundClick', 'FormSubmit'],
  person,
  ids,
  needsClick: true,
  // "eventTime must be within the last 7 days."
  ageMaxMs: 7 * DAY,
  deadlineMs: 7 * DAY,
  // The guide says that an eventId is counted once, and not for how long: no longer than others do is assumed.
  dedupeWindowMs: 48 * HOUR,
  batch: { max: 1000, atomic: false },
  missing: (event) => nameProblem(event, 100) ?? userDataProblem(event) ?? pageProblem(event) ?? identityProblem(event),
  build,
  classify,
  check,
  classifyCheck,
};
