import type { Outcome, PlatformRequest, PlatformResponse } from '../contract.ts';
import { asArray, asObject, asText, parseObject } from '../json-body.ts';
import { forEach, ofAtomic, outcomeOfNonJson, staleToken, toOutcome, verdictOfStatus, type Verdict } from '../verdict.ts';
import { limited, refused, verdictOf } from './errors.ts';

interface Fault {
  index: number | null;
  code: string;
  verdict: Verdict | undefined;
  said: string | null;
}

/**
 * Conversions that Microsoft did not take are named in PartialErrors, the others are taken. A request that is refused as a whole
 * has Errors (sign-in, limits), OperationErrors or BatchErrors instead (Campaign Management: "ApiFaultDetail", "AdApiFaultDetail").
 */
export const classify = (response: PlatformResponse, request: PlatformRequest): Outcome[] => {
  const { sent } = request;
  const body = parseObject(response.body);
  if (!body) return forEach(sent, outcomeOfNonJson(response, statusVerdict(response.status)));
  const fault = asObject(body['ApplicationFault']) ?? body;
  const batch = faultsIn(fault['BatchErrors'], fault, response);
  const [whole] = [...faultsIn(fault['Errors'], fault, response), ...faultsIn(fault['OperationErrors'], fault, response)];
  if (whole) return ofAtomic(sent, outcomeOf(whole, response), itemsOf(batch, response));
  if (batch[0]) return ofAtomic(sent, outcomeOfItem(batch[0], response), itemsOf(batch, response));
  if (response.status >= 300 || !isConfirmed(body)) return forEach(sent, unexplained(fault, response));
  const partial = faultsIn(body['PartialErrors'], body, response);
  const items = itemsOf(partial, response);
  const placeless = partial.find(({ index }) => index === null);
  if (placeless) return ofAtomic(sent, outcomeOfItem(placeless, response), items);
  return sent.map((_, index) => items.get(index) ?? { kind: 'delivered' });
};

/** An answer of this API, and not something else that happens to be JSON. */
const isConfirmed = (body: Record<string, unknown>): boolean =>
  'PartialErrors' in body || 'ConversionGoals' in body || Object.keys(body).length === 0;

const unexplained = (body: Record<string, unknown>, response: PlatformResponse): Outcome =>
  toOutcome(statusVerdict(response.status), { code: `http_${response.status}`, said: tracked(asText(body['Message']), body, response) }, response.headers);

/** 401 without a code: the access token, which lives an hour. The limit is one of calls within a minute. */
const statusVerdict = (status: number): Verdict => {
  if (status === 401) return staleToken('the access token is refused');
  return status === 429 ? limited : verdictOfStatus(status);
};

const outcomeOf = ({ code, verdict, said }: Fault, { status, headers }: PlatformResponse): Outcome =>
  toOutcome(verdict ?? statusVerdict(status), { code, said }, headers);

const faultsIn = (errors: unknown, body: Record<string, unknown>, response: PlatformResponse): Fault[] =>
  asArray(errors).map(asObject).filter((error) => error !== null).map((error) => {
    const number = asText(error['Code']);
    const name = asText(error['ErrorCode']);
    const index = Number(error['Index'] ?? Number.NaN);
    const words = [...new Set([asText(error['Message']), asText(error['Details'] ?? error['Detail'])])].filter((part) => part !== null).join(' | ');
    return {
      index: Number.isInteger(index) ? index : null,
      code: name ?? number ?? 'unknown',
      verdict: verdictOf(name, number),
      said: tracked(words || null, body, response),
    };
  });

const outcomeOfItem = (fault: Fault, { headers }: PlatformResponse): Outcome => toOutcome(fault.verdict ?? refused, fault, headers);

/** By the place of the conversion in the request; of several errors of one the first. */
const itemsOf = (faults: Fault[], response: PlatformResponse): Map<number, Outcome> => {
  const items = new Map<number, Outcome>();
  for (const fault of faults) if (fault.index !== null && !items.has(fault.index)) items.set(fault.index, outcomeOfItem(fault, response));
  return items;
};

const tracked = (words: string | null, body: Record<string, unknown>, { headers }: PlatformResponse): string | null => {
  const id = asText(body['TrackingId']) ?? headers['trackingid'] ?? null;
  return [words, id && `TrackingId ${id}`].filter(Boolean).join(' | ') || null;
};
