import { RE2JS } from 're2js';
import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { forEach, misconfigured, rejected, retry, toOutcome, type Verdict } from '../verdict.ts';
import type { WebhookRequest } from './payload.ts';

/** What an HTTP status means of a target that nobody here knows. Standard Webhooks: "Operational considerations"; 410 says: send no more. */
export const byStatus: Record<number, Verdict> = {
  408: retry('the target gave up waiting'),
  410: misconfigured('the target says that it wants no more'),
  425: retry('the target asks to come again'),
  429: retry('the target got too many requests'),
};

const verdictOf = (status: number): Verdict => {
  const known = byStatus[status];
  if (known) return known;
  if (status >= 500) return retry('the target failed');
  if (status >= 400) return rejected('the target refused the request');
  if (status >= 300) return rejected('the target answered with a redirect, which is not followed: use the address that it leads to');
  return retry('the answer says neither success nor failure');
};

/** More of an answer than this is not searched. */
const SEARCHED_MAX = 4_000;

export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] =>
  forEach(request.sent, outcomeOf(response, (request as WebhookRequest).successPattern));

function outcomeOf({ status, headers, body }: PlatformResponse, successPattern: string | undefined): Outcome {
  const said = body.trim() || null;
  if (status < 200 || status >= 300) return toOutcome(verdictOf(status), { code: `http_${status}`, said }, headers);
  if (successPattern === undefined || matches(body, successPattern)) return { kind: 'delivered' };
  return toOutcome(rejected('the answer is not the one of a success'), { code: 'no_success', said }, headers);
}

/** The time of RE2's patterns grows with the text alone: nobody's pattern may hold up the deliveries of others. */
const matches = (body: string, pattern: string): boolean => RE2JS.compile(pattern).matcher(body.slice(0, SEARCHED_MAX)).find();
