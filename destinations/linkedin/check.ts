import type { BuildContext, Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { classify } from './classify.ts';
import { requestTo } from './payload.ts';
import type { LinkedinSettings } from './settings.ts';

/**
 * A request without any event in it: LinkedIn looks at the token and the version first, and nothing is counted. It has no
 * call that only validates, so a wrong conversion rule shows with the first event.
 */
export const check = (settings: LinkedinSettings, ctx: BuildContext): PlatformRequest => ({
  ...requestTo(settings, '{"elements":[]}', true, ctx),
  sent: [],
});

/** A token or a version that is wrong comes before anything else; a complaint about the missing events means that they are right. */
export const classifyCheck = (response: PlatformResponse, request: PlatformRequest): Outcome => {
  const [outcome] = classify(response, { ...request, sent: [{}] });
  const isTaken = response.status < 300 && outcome?.kind === 'retry' && outcome.code === 'not_confirmed';
  return outcome && !isTaken && outcome.kind !== 'rejected' ? outcome : { kind: 'delivered' };
};
