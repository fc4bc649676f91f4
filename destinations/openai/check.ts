import type { BuildContext, Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { classify } from './classify.ts';
import { requestTo } from './payload.ts';
import type { OpenaiSettings } from './settings.ts';

/** An event that OpenAI only looks at: with `validate_only` nothing is saved. */
export const check = (settings: OpenaiSettings, { nowMs }: BuildContext): PlatformRequest => ({
  ...requestTo(settings, [{ id: 'connection-check', type: 'lead_created', timestamp_ms: Math.floor(nowMs), action_source: 'other', data: { type: 'customer_action' } }], true),
  sent: [],
});

export const classifyCheck = (response: PlatformResponse, request: PlatformRequest): Outcome => classify(response, { ...request, sent: [{}] })[0]!;
