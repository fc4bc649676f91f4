import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { forEach, outcomeOfNonJson } from '../verdict.ts';

/**
 * The address is that of a tracking pixel: it answers 2xx whatever the call says, so that 2xx only means that the call arrived.
 * A web page comes from somebody in between; any other status is not Outbrain's word on the event.
 */
export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] => {
  const { status, headers, body } = response;
  const isPage = /^\s*</.test(body) || (headers['content-type'] ?? '').includes('text/html');
  const arrived = status >= 200 && status < 300 && !isPage;
  return forEach(request.sent, arrived ? { kind: 'delivered' } : outcomeOfNonJson(response));
};
