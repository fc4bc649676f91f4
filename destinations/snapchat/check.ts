import type { BuildContext, Outcome, PlatformCall, PlatformRequest, PlatformResponse } from '../contract.ts';
import { sha256 } from '../hashing.ts';
import { toJson } from '../json-body.ts';
import { retry, toOutcome } from '../verdict.ts';
import { classify } from './classify.ts';
import { build } from './payload.ts';
import type { SnapchatSettings } from './settings.ts';

/** An event of nobody, for Snapchat's test event tool, which counts none (Snap: "Verify Set Up"). */
export const check = (settings: SnapchatSettings, ctx: BuildContext): PlatformRequest => ({
  ...build([], settings, { ...ctx, validateOnly: true }),
  body: toJson({
    data: [{
      event_name: 'PAGE_VIEW',
      event_time: Math.floor(ctx.nowMs / 1000),
      event_id: 'tributary-check',
      action_source: 'WEB',
      event_source_url: 'https://example.com/',
      user_data: { em: [sha256('check@example.com')] },
    }],
  }),
});

export const classifyCheck = (response: PlatformResponse, request: PlatformRequest): Outcome =>
  classify(response, { ...request, sent: [{}] })[0] ?? toOutcome(retry('Snapchat did not answer the check'), { code: 'no_answer', said: null }, response.headers);

/** Only the test event tool speaks of test events and of logs. */
export const callOf = (body: Record<string, unknown>): PlatformCall | null => ('test_event' in body || 'event_logs' in body ? 'check' : null);
