import type { Outcome, PlatformCall, PlatformRequest, PlatformResponse } from '../contract.ts';
import { asObject, asText, parseObject } from '../json-body.ts';
import { outcomeOfNonJson, retry, toOutcome, verdictOfStatus } from '../verdict.ts';
import { outcomeOfError } from './classify.ts';
import { apiUrl, proofOf } from './payload.ts';
import type { MetaSettings } from './settings.ts';

/**
 * Reads the pixel's name with the token. An event, even with a test event code, would count; a read never does.
 * The token goes in a header, so that it stays out of the URL.
 */
export const check = (settings: MetaSettings): PlatformRequest => {
  const proof = proofOf(settings);
  return {
    method: 'GET',
    url: apiUrl(settings, `?fields=id,name${proof ? `&appsecret_proof=${proof}` : ''}`),
    headers: { accept: 'application/json', authorization: `Bearer ${settings.accessToken}` },
    body: null,
    sent: [],
    secrets: proof ? [proof] : [],
  };
};

export const classifyCheck = (response: PlatformResponse): Outcome => {
  const body = parseObject(response.body);
  if (!body) return outcomeOfNonJson(response);
  const error = asObject(body['error']);
  if (error) return outcomeOfError(error, response);
  if (response.status >= 300) return toOutcome(verdictOfStatus(response.status), { code: `http_${response.status}`, said: null }, response.headers);
  if (!asText(body['id'])) return toOutcome(retry('Meta did not name the pixel'), { code: 'no_id', said: null }, response.headers);
  return { kind: 'delivered' };
};

/** The name of a pixel comes only from the check. */
export const callOf = (body: Record<string, unknown>): PlatformCall | null => ('id' in body && !('events_received' in body) ? 'check' : null);
