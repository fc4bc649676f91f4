import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { asArray, asObject, asText, parseObject } from '../json-body.ts';
import { answeredAtMs } from '../retry-after.ts';
import { forEach, ofAtomic, outcomeOfNonJson, retry, toOutcome, type Verdict, verdictOfStatus } from '../verdict.ts';
import { limited, RATE_PERIOD_MS, verdictOf } from './errors.ts';

/** X takes all conversions of a request or none, and lists every error of a refused one. */
export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] => {
  const body = parseObject(response.body);
  if (!body) return ofAtomic(request.sent, outcomeOfNonJson(response, verdictOfAnswer(response)));
  const errors = errorsIn(body);
  if (errors.length > 0) return outcomesOf(errors, response, request.sent);
  if (response.status >= 300) return ofAtomic(request.sent, toOutcome(verdictOfAnswer(response), { code: `http_${response.status}`, said: null, waitMs: waitMs(response) }, response.headers));
  const processed = asObject(body['data'])?.['conversions_processed'];
  if (Number(processed ?? Number.NaN) === request.sent.length) return forEach(request.sent, { kind: 'delivered' });
  const said = `conversions_processed is ${asText(processed) ?? 'missing'}, ${request.sent.length} went out`;
  return forEach(request.sent, toOutcome(retry('X did not confirm the event'), { code: 'conversions_processed', said }, response.headers));
};

interface XError {
  outcome(response: PlatformResponse): Outcome;
  /** Which conversion of the request it is about; null where it does not say. */
  index: number | null;
}

/** `errors`, as the Ads API writes them; `error` or `detail` alone comes from the gateway before it. */
const errorsIn = (body: Record<string, unknown>): XError[] => {
  const listed = asArray(body['errors']).map((error) => asObject(error) ?? { message: error });
  const whole = listed.length > 0 ? listed : body['error'] !== undefined ? [asObject(body['error']) ?? { message: body['error'] }] : [];
  return whole.map((error) => {
    const code = asText(error['code']);
    const said = [error['message'], error['details'], error['parameter']].map(asText).filter((part) => part !== null);
    const text = [...new Set(said)].join(' | ');
    const at = /conversions?\[(\d+)\]/i.exec(text);
    return {
      index: at ? Number(at[1]) : null,
      outcome: (response) => toOutcome(verdictOf(code, text) ?? verdictOfAnswer(response), { code: code ?? `http_${response.status}`, said: text || null, waitMs: waitMs(response) }, response.headers),
    };
  });
};

const BLAMES_THE_EVENT: readonly Outcome['kind'][] = ['rejected', 'expired'];

/** An error that is about more than the events decides for all of them; else each event gets its own. */
const outcomesOf = (errors: XError[], response: PlatformResponse, sent: unknown[]): Outcome[] => {
  const outcomes = errors.map(({ index, outcome }) => ({ index, outcome: outcome(response) }));
  const general = outcomes.find(({ outcome }) => !BLAMES_THE_EVENT.includes(outcome.kind));
  if (general) return forEach(sent, general.outcome);
  const atFault = new Map(outcomes.flatMap(({ index, outcome }): [number, Outcome][] => (index === null ? [] : [[index, outcome]])).toReversed());
  return ofAtomic(sent, outcomes[0]!.outcome, atFault);
};

const verdictOfAnswer = (response: PlatformResponse): Verdict =>
  response.status === 429 ? retry(limited.meaning, waitMs(response) ?? RATE_PERIOD_MS) : verdictOfStatus(response.status);

/** When the present quarter of an hour ends, seconds since the epoch by X's clock (X Ads API: "Rate limits"); the account's own limit first. */
const waitMs = ({ status, headers }: PlatformResponse): number | undefined => {
  if (status !== 429) return undefined;
  const resets = [headers['x-account-rate-limit-reset'], headers['x-rate-limit-reset']];
  const at = resets.find((value) => value !== undefined && /^\d+$/.test(value.trim()));
  const now = answeredAtMs(headers);
  return at === undefined || now === null ? undefined : Math.max(0, Number(at) * 1000 - now);
};
