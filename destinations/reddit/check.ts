import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { toJson } from '../json-body.ts';
import { retry, toOutcome } from '../verdict.ts';
import { classify } from './classify.ts';
import { addressOf, headersOf } from './payload.ts';
import type { RedditSettings } from './settings.ts';

/** Reddit offers no validation that counts nothing, so it is sent no event at all: it looks at the token and the pixel first. */
export const check = (settings: RedditSettings): PlatformRequest => ({
  method: 'POST',
  url: addressOf(settings),
  headers: headersOf(settings),
  body: toJson({ data: { events: [] } }),
  sent: [],
});

/** That no event is a bad request, or that none was processed, says that token and pixel were accepted. */
export const classifyCheck = (response: PlatformResponse, request: PlatformRequest): Outcome => {
  const outcome = classify(response, { ...request, sent: [{}] })[0] ?? toOutcome(retry('Reddit did not answer the check'), { code: 'no_answer', said: null }, response.headers);
  const isAnswered = response.status === 200 && outcome.kind === 'retry' && outcome.code === 'unconfirmed';
  const missesEvents = response.status === 400 && outcome.kind === 'rejected';
  return isAnswered || missesEvents ? { kind: 'delivered' } : outcome;
};
