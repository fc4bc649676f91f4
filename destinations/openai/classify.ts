import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { MINUTE } from '../durations.ts';
import { asArray, asObject, asText, parseObject } from '../json-body.ts';
import { forEach, ofAtomic, outcomeOfNonJson, retry, toOutcome, type Verdict, verdictOfStatus } from '../verdict.ts';
import { verdictOf } from './errors.ts';

/** "If one event in the batch fails, the full batch fails." */
export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] => {
  const { status, headers } = response;
  const body = parseObject(response.body);
  if (!body) return ofAtomic(request.sent, outcomeOfNonJson(response, verdictOfAnswer(status)));
  const errors = errorsIn(body);
  if (errors.length > 0) return outcomesOf(errors, response, request.sent);
  if (status >= 300) return ofAtomic(request.sent, toOutcome(verdictOfAnswer(status), { code: `http_${status}`, said: saidBy(body) || null }, headers));
  const accepted = body['accepted_events'];
  // OpenAI names the number that it took; an answer without one and without an error is no refusal.
  if (accepted === undefined || Number(accepted) === request.sent.length) return forEach(request.sent, { kind: 'delivered' });
  const said = `accepted_events is ${asText(accepted) ?? 'none'}, ${request.sent.length} went out`;
  return forEach(request.sent, toOutcome(retry('OpenAI did not confirm the event'), { code: 'accepted_events', said }, headers));
};

const verdictOfAnswer = (status: number): Verdict => (status === 429 ? retry('too many requests', MINUTE) : verdictOfStatus(status));

/** `error` is an object or words; `errors` lists one for each event that is wrong. */
const errorsIn = (body: Record<string, unknown>): Record<string, unknown>[] => {
  const listed = asArray(body['errors']);
  const whole = body['error'];
  const all = listed.length > 0 ? listed : whole === undefined || whole === null ? [] : [whole];
  return all.map((error) => asObject(error) ?? { message: error });
};

const saidBy = (error: Record<string, unknown>): string =>
  [...new Set([error['message'], error['detail'], error['param']].map(asText).filter((part) => part !== null))].join(' | ');

/** Which event an error is about: a field of its own, or its place in the words: `events[1].timestamp_ms`, `events.1.type`. */
const indexOf = (error: Record<string, unknown>): number | null => {
  const own = error['index'] ?? error['event_index'];
  if (typeof own === 'number') return own;
  const at = /\bevents?(?:\[|\.)(\d+)/.exec(saidBy(error));
  return at ? Number(at[1]) : null;
};

const outcomeOf = (error: Record<string, unknown>, { status, headers }: PlatformResponse): Outcome => {
  const codes = [asText(error['code']), asText(error['type'])];
  const said = saidBy(error);
  const trace = headers['x-request-id'];
  const known = verdictOf(codes, said);
  // These are about the key, the pixel or the pace, also where the code is OpenAI's general one for a bad request.
  const verdict = known?.kind === 'rejected' && NOT_ABOUT_THE_EVENT.has(status) ? undefined : known;
  const words = [said, trace && `x-request-id ${trace}`].filter(Boolean).join(' | ');
  return toOutcome(verdict ?? verdictOfAnswer(status), { code: codes.find((code) => code !== null) ?? `http_${status}`, said: words || null }, headers);
};

const NOT_ABOUT_THE_EVENT: ReadonlySet<number> = new Set([401, 403, 404, 429]);

const BLAMES_THE_EVENT: readonly Outcome['kind'][] = ['rejected', 'expired'];

/** An error that is about more than the events decides for all of them; else each event gets its own. */
const outcomesOf = (errors: Record<string, unknown>[], response: PlatformResponse, sent: unknown[]): Outcome[] => {
  const outcomes = errors.map((error) => ({ index: indexOf(error), outcome: outcomeOf(error, response) }));
  const general = outcomes.find(({ outcome }) => !BLAMES_THE_EVENT.includes(outcome.kind));
  if (general) return forEach(sent, general.outcome);
  const atFault = new Map(outcomes.flatMap(({ index, outcome }): [number, Outcome][] => (index === null ? [] : [[index, outcome]])));
  return ofAtomic(sent, outcomes[0]!.outcome, atFault);
};
