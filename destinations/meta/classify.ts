import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { asArray, asObject, asText, parseObject } from '../json-body.ts';
import { ofAtomic, outcomeOfNonJson, retry, toOutcome, verdictOfStatus, type Words } from '../verdict.ts';
import { verdictOf } from './errors.ts';
import { waitAskedMs } from './usage.ts';

/** Meta stores all events of a request or none. Its words sometimes name the one at fault: `$['data'][1]`, `data[1]`. */
export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] => {
  const outcome = outcomeOf(response, request.sent.length);
  const named = 'message' in outcome ? [...outcome.message.matchAll(/\bdata'?\]?\[(\d+)\]/g)].map((match) => Number(match[1])) : [];
  return ofAtomic(request.sent, outcome, new Set(named));
};

const outcomeOf = (response: PlatformResponse, count: number): Outcome => {
  const body = parseObject(response.body);
  if (!body) return outcomeOfNonJson(response);
  const error = asObject(body['error']);
  if (error) return outcomeOfError(error, response);
  if (response.status >= 300) return toOutcome(verdictOfStatus(response.status), { code: `http_${response.status}`, said: null }, response.headers);
  const received = body['events_received'];
  if (received !== count) {
    const said = `events_received is ${asText(received) ?? 'missing'}, ${count} went out`;
    return toOutcome(retry('Meta did not confirm the event'), { code: 'events_received', said }, response.headers);
  }
  const warnings = asArray(body['messages']).map((message) => asText(message) ?? JSON.stringify(message));
  return { kind: 'delivered', ...(warnings.length > 0 && { warnings }) };
};

/**
 * Meta's own code first, whatever the HTTP status. A code that is not in the table goes by the status: 5xx is tried again,
 * 401 and 403 pause the destination, another 4xx is Meta's last word on the event.
 */
export const outcomeOfError = (error: Record<string, unknown>, { status, headers }: PlatformResponse): Outcome => {
  const code = Number(error['code'] ?? Number.NaN);
  const subcode = asText(error['error_subcode']);
  const words: Words = {
    code: subcode ? `${code}/${subcode}` : String(code),
    said: saidBy(error),
    waitMs: waitAskedMs(headers),
  };
  if (error['is_transient'] === true) {
    const known = verdictOf(code, null, '');
    return toOutcome(known?.kind === 'retry' ? known : retry('Meta says that this passes'), words, headers);
  }
  const known = verdictOf(code, subcode === null ? null : Number(subcode), asText(error['message']) ?? '');
  return toOutcome(known ?? verdictOfStatus(status), words, headers);
};

/** The words meant for people, then the trace id that Meta's support asks for. */
const saidBy = (error: Record<string, unknown>): string => {
  const words = [error['message'], error['error_user_title'], error['error_user_msg']].map(asText).filter((part) => part !== null);
  const trace = asText(error['fbtrace_id']);
  return [...new Set(words), ...(trace ? [`fbtrace_id ${trace}`] : [])].join(' | ');
};
