import type { BuildContext, Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { sha256 } from '../hashing.ts';
import { toJson } from '../json-body.ts';
import { retry, toOutcome } from '../verdict.ts';
import { classify } from './classify.ts';
import { build } from './payload.ts';
import type { PinterestSettings } from './settings.ts';

/** An event of nobody with `test=true`: "the events will not be recorded" (Pinterest API v5: "Send conversions"). */
export const check = (settings: PinterestSettings, ctx: BuildContext): PlatformRequest => ({
  ...build([], settings, { ...ctx, validateOnly: true }),
  body: toJson({
    data: [{
      event_name: 'page_visit',
      action_source: 'web',
      event_time: Math.floor(ctx.nowMs / 1000),
      event_id: 'tributary-check',
      event_source_url: 'https://example.com/',
      user_data: { em: [sha256('check@example.com')] },
    }],
  }),
});

export const classifyCheck = (response: PlatformResponse, request: PlatformRequest): Outcome =>
  classify(response, { ...request, sent: [{}] })[0] ?? toOutcome(retry('Pinterest did not answer the check'), { code: 'no_answer', said: null }, response.headers);
