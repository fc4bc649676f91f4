import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { ofAtomic, outcomeOfNonJson, rejected, type Verdict } from '../verdict.ts';

/** Taboola: "S2S Error Codes". There is nothing but the HTTP status: 204 for success, 400 for every fault it looks for. */
export const byStatus: Record<number, Verdict> = {
  400: rejected('Taboola refuses the call: the click id is missing or cannot be read, or the event has no name'),
};

/** Taboola's success has no body: a web page with HTTP 200 comes from somebody in between. */
const isSuccess = ({ status, headers, body }: PlatformResponse): boolean =>
  status >= 200 && status < 300 && !/^\s*</.test(body) && !(headers['content-type'] ?? '').includes('text/html');

export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] =>
  ofAtomic(request.sent, isSuccess(response) ? { kind: 'delivered' } : outcomeOfNonJson(response, byStatus[response.status]));
