import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { DAY } from '../durations.ts';
import { asObject, asText, parseObject } from '../json-body.ts';
import { answeredAtMs } from '../retry-after.ts';
import { outcomeOfNonJson, retry, toOutcome, verdictOfStatus } from '../verdict.ts';
import { outcomeOfError } from './classify.ts';
import { apiUrl, proofOf } from './payload.ts';
import { type MetaSettings, versions } from './settings.ts';

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

export const classifyCheck = (response: PlatformResponse, request: PlatformRequest): Outcome => {
  const body = parseObject(response.body);
  if (!body) return outcomeOfNonJson(response);
  const error = asObject(body['error']);
  if (error) return outcomeOfError(error, response);
  if (response.status >= 300) return toOutcome(verdictOfStatus(response.status), { code: `http_${response.status}`, said: null }, response.headers);
  if (!asText(body['id'])) return toOutcome(retry('Meta did not name the pixel'), { code: 'no_id', said: null }, response.headers);
  const ending = endingOf(request.url, answeredAtMs(response.headers));
  return { kind: 'delivered', ...(ending && { warnings: [ending] }) };
};

/** A warning from 90 days before the version in use stops working. */
const endingOf = (url: string, nowMs: number | null): string | null => {
  const version = versions.find((known) => url.includes(`/${known.version}/`));
  if (!version?.until || nowMs === null || Date.parse(version.until) - nowMs > 90 * DAY) return null;
  return `API version ${version.version} ends on ${version.until}: set a newer one.`;
};
