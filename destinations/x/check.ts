import type { BuildContext, Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { classify } from './classify.ts';
import { requestTo } from './payload.ts';
import type { XSettings } from './settings.ts';

/**
 * A request without any conversion in it: X looks at the credentials first, then misses the conversions, and nothing is
 * counted. X has no call that only validates.
 */
export const check = (settings: XSettings, ctx: BuildContext): PlatformRequest => ({ ...requestTo(settings, '{"conversions":[]}', ctx.nowMs), sent: [] });

/** Credentials that are wrong come before anything else; an answer about the missing conversions means that they are right. */
export const classifyCheck = (response: PlatformResponse, request: PlatformRequest): Outcome => {
  const [outcome] = classify(response, { ...request, sent: [{}] });
  const isTaken = response.status < 300 && outcome?.kind === 'retry' && outcome.code === 'conversions_processed';
  return outcome && !isTaken && outcome.kind !== 'rejected' ? outcome : { kind: 'delivered' };
};
