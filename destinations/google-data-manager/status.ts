import { rowOf } from '../row.ts';
import { type Outcome, type PlatformRequest, type PlatformResponse, RESEND } from '../contract.ts';
import { asArray, asObject, asText, parseObject } from '../json-body.ts';
import { rejected, retry, toOutcome, type Verdict } from '../verdict.ts';
import { failureOf } from './classify.ts';
import { byProcessingReason } from './errors.ts';

/**
 * What became of an accepted request (Data Manager API: "Diagnostics", requestStatus.retrieve). The engine sends one event in
 * a request, so that the counts per reason are about that event. What Google could not process for now is sent again (RESEND); where the
 * question itself fails in passing, or the answer is not known yet, it is asked again.
 */
export const classifyStatus = (response: PlatformResponse, request: PlatformRequest): Outcome => {
  const receipt = (URL.canParse(request.url) && new URL(request.url).searchParams.get('requestId')) || '';
  const failure = failureOf(response);
  if (failure) return isAboutTheQuestion(failure) ? { kind: 'accepted', receipt } : failure;
  const destinations = asArray(parseObject(response.body)?.['requestStatusPerDestination']).map((one) => asObject(one) ?? {});
  // One destination per request; were there more, the one that is not done or failed speaks for all.
  const outcomes = destinations.map((destination) => outcomeOf(destination, request.sent.length, receipt, response.headers));
  return outcomes.find(({ kind }) => kind !== 'delivered') ?? outcomes[0] ?? { kind: 'accepted', receipt };
};

/** Google does not know the request yet, or not the question: nothing is said of the event. Refused credentials are said as such. */
const isAboutTheQuestion = (failure: Outcome): boolean =>
  failure.kind === 'rejected' || ('code' in failure && ['NOT_FOUND', 'http_404'].includes(failure.code ?? ''));

const outcomeOf = (destination: Record<string, unknown>, count: number, receipt: string, headers: Record<string, string>): Outcome => {
  const warnings = reasonsIn(destination['warningInfo'], 'warningCounts');
  const errors = reasonsIn(destination['errorInfo'], 'errorCounts');
  switch (asText(destination['requestStatus'])) {
    case 'SUCCESS':
      return delivered(warnings);
    case 'PARTIAL_SUCCESS':
      if (count > 1 && !areCountedAlready(errors)) return resent('Google took the request in part, and does not say which events', errors, headers);
      // Part of one event, such as one of its identifiers, was left out.
      return errors[0] ? outcomeOfReason(errors[0], headers) : delivered([...warnings, 'Google took the event in part']);
    case 'FAILED':
    case 'FAILURE':
      if (count > 1 && new Set(errors).size > 1) return resent('Google took none of the events, and does not say for which reason each', errors, headers);
      return outcomeOfReason(errors[0] ?? 'FAILED', headers);
    default:
      return { kind: 'accepted', receipt };
  }
};

/** Of several events Google tells only how many failed: they are sent again one by one, which the transaction id makes safe. */
const resent = (meaning: string, reasons: string[], headers: Record<string, string>): Outcome =>
  toOutcome(retry(meaning), { code: RESEND, said: reasons.join(', ') || null }, headers);

/** Whether Google has those events that it did not take this time. */
const areCountedAlready = (reasons: string[]): boolean => reasons.length > 0 && reasons.every((reason) => rowOf(byProcessingReason, reason)?.kind === 'duplicate');

const delivered = (warnings: string[]): Outcome => ({ kind: 'delivered', ...(warnings.length > 0 && { warnings }) });

/** A reason that is not in the table ends the delivery, visibly: Google has processed the event and did not take it. */
const outcomeOfReason = (reason: string, headers: Record<string, string>): Outcome => {
  const verdict: Verdict = rowOf(byProcessingReason, reason) ?? rejected('Google did not take the event after processing it, for a reason unknown here');
  const code = verdict.kind === 'retry' ? RESEND : reason;
  return toOutcome(verdict, { code, said: reason === 'FAILED' ? null : reason }, headers);
};

const reasonsIn = (info: unknown, counts: string): string[] =>
  asArray(asObject(info)?.[counts])
    .map((count) => asText(asObject(count)?.['reason']))
    .filter((reason) => reason !== null)
    .map((reason) => reason.replace(/^PROCESSING_(ERROR|WARNING)_(REASON_)?/, ''));
