import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { asArray, asObject, asText, parseObject } from '../json-body.ts';
import { forEach, ofAtomic, outcomeOfNonJson, rejected, retry, toOutcome, verdictOfStatus } from '../verdict.ts';
import { verdictOfWords } from './errors.ts';

/**
 * One event at fault makes Snapchat answer INVALID for the whole request, and only sometimes name it (`event`, its place in the
 * request). Whether the others were taken is not said: they are sent again, and Snapchat counts an event_id once in 48 hours.
 */
export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] => {
  const body = parseObject(response.body);
  if (!body) return ofAtomic(request.sent, wordsDecide(response) ?? outcomeOfNonJson(response));
  const logs = asArray(body['event_logs']).map(asObject).filter((log) => log !== null);
  const failed = [body, ...logs].filter((record) => isInvalid(record) && typeof record['event'] === 'number');
  const atFault = new Map(failed.map((record) => [record['event'] as number, outcomeOf(record, response)]));
  const outcome = [...atFault.values()][0] ?? outcomeOf(body, response);
  if (outcome.kind !== 'delivered') return ofAtomic(request.sent, outcome, atFault);
  const warnings = logs.flatMap(({ warnings: said }) => asArray(said).flatMap((warning) => asText(warning) ?? []));
  return forEach(request.sent, { kind: 'delivered', ...(warnings.length > 0 && { warnings }) });
};

/** A token that is refused in plain text. */
const wordsDecide = (response: PlatformResponse): Outcome | null => {
  const verdict = response.status === 400 && !/^\s*</.test(response.body) ? verdictOfWords(response.body) : undefined;
  return verdict ? toOutcome(verdict, { code: 'http_400', said: response.body.trim() }, response.headers) : null;
};

const isInvalid = ({ status }: Record<string, unknown>): boolean => asText(status)?.toUpperCase() === 'INVALID';

/** HTTP 200 is no success by itself: `status` is. */
const outcomeOf = (body: Record<string, unknown>, { status, headers }: PlatformResponse): Outcome => {
  const word = asText(body['status'])?.toUpperCase() ?? null;
  if ((word === 'VALID' || word === 'SUCCESS') && status < 300) return { kind: 'delivered' };
  const said = saidBy(body);
  const code = codeOf(body) ?? (word === 'INVALID' ? 'INVALID' : `http_${status}`);
  if (status === 401 || status === 403 || status === 429) return toOutcome(verdictOfStatus(status), { code, said }, headers);
  const known = said ? verdictOfWords(said) : undefined;
  if (known && (word === 'INVALID' || status >= 400)) return toOutcome(known, { code, said }, headers);
  if (word === 'INVALID' && status < 500) return toOutcome(rejected('Snapchat refuses the event'), { code, said }, headers);
  if (status < 300) return toOutcome(retry('Snapchat did not confirm the event'), { code, said }, headers);
  return toOutcome(verdictOfStatus(status), { code, said }, headers);
};

const codeOf = ({ errors }: Record<string, unknown>): string | null => asText(asArray(asObject(errors)?.['codes'])[0]);

const saidBy = (body: Record<string, unknown>): string | null => {
  const errors = asArray(asObject(body['errors'])?.['error_msgs']);
  const words = [...errors, body['reason'], body['message'], body['error']].map(asText).filter((part) => part !== null);
  return words.length > 0 ? [...new Set(words)].join(' | ') : null;
};
