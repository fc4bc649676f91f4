import type { Outcome, PlatformResponse } from './contract.ts';
import { retryAfterMs } from './retry-after.ts';

/** One row of a platform's error table: what an answer means for the event, and in which words. */
export type Verdict =
  | { kind: 'duplicate'; meaning: string }
  | { kind: 'retry'; meaning: string; afterMs?: number }
  | { kind: 'rejected' | 'misconfigured' | 'expired'; meaning: string }
  | { kind: 'unauthorised'; meaning: string; refreshable: boolean };

/** The platform has this event already: delivered. */
export const duplicate = (meaning: string): Verdict => ({ kind: 'duplicate', meaning });
/** Try again: after `afterMs`, else with the usual backoff. A Retry-After header wins over both. */
export const retry = (meaning: string, afterMs?: number): Verdict => ({ kind: 'retry', meaning, ...(afterMs !== undefined && { afterMs }) });
/** This event will never be taken. */
export const rejected = (meaning: string): Verdict => ({ kind: 'rejected', meaning });
/** The event is older than the platform takes. */
export const expired = (meaning: string): Verdict => ({ kind: 'expired', meaning });
/** Settings or rights are wrong: pause, keep the event. */
export const misconfigured = (meaning: string): Verdict => ({ kind: 'misconfigured', meaning });
/** The credential itself is refused: pause, keep the event. */
export const unauthorised = (meaning: string): Verdict => ({ kind: 'unauthorised', meaning, refreshable: false });
/** A short-lived token ran out: get a fresh one first. */
export const staleToken = (meaning: string): Verdict => ({ kind: 'unauthorised', meaning, refreshable: true });

export interface Words {
  /** The platform's own code. */
  code: string;
  /** The platform's own words and request id; null where it said nothing. */
  said: string | null;
  /** A wait that the platform named outside Retry-After, ms. */
  waitMs?: number | undefined;
}

const SAID_MAX = 500;

/** A row of a table made into the outcome of one answer. */
export const toOutcome = (verdict: Verdict, { code, said, waitMs }: Words, headers: Record<string, string>): Outcome => {
  const message = said ? `${verdict.meaning}: ${said.slice(0, SAID_MAX)}` : verdict.meaning;
  switch (verdict.kind) {
    case 'duplicate':
      return { kind: 'delivered', duplicate: true, code, warnings: [message] };
    case 'retry': {
      const afterMs = retryAfterMs(headers) ?? waitMs ?? verdict.afterMs;
      return { kind: 'retry', code, message, ...(afterMs !== undefined && { retryAfterMs: afterMs }) };
    }
    case 'unauthorised':
      return { kind: 'unauthorised', refreshable: verdict.refreshable, code, message };
    default:
      return { kind: verdict.kind, code, message };
  }
};

/** What an HTTP status means when the body holds no code that the platform's table knows. */
const byStatus: Record<number, Verdict> = {
  401: unauthorised('the credential was refused'),
  403: misconfigured('access was refused'),
  404: misconfigured('there is nothing at this address'),
  405: misconfigured('the address takes no such request'),
  407: retry('a proxy in between wants to be authenticated'),
  408: retry('the platform gave up waiting'),
  410: misconfigured('the address is gone'),
  425: retry('the platform asks to come again'),
  429: retry('too many requests'),
};

export const verdictOfStatus = (status: number): Verdict => {
  const known = byStatus[status];
  if (known) return known;
  if (status >= 500) return retry('the platform failed');
  if (status >= 400) return rejected('the request was refused');
  // None of our platforms redirects: a proxy or an edge in between does, and may stop. The event is not at fault.
  if (status >= 300) return retry('redirected, which is not followed');
  return retry('the answer says neither success nor failure');
};

/** The outcome of an answer that is not the platform's JSON: an HTML page of an edge is a retry whatever its status. */
export const outcomeOfNonJson = (response: PlatformResponse, verdict = verdictOfStatus(response.status)): Outcome => {
  const { status, headers, body } = response;
  const html = /^\s*</.test(body) || (headers['content-type'] ?? '').includes('text/html');
  return html
    ? toOutcome(retry('a web page came instead of an answer'), { code: `http_${status}_html`, said: null }, headers)
    : toOutcome(verdict, { code: `http_${status}`, said: body.trim() || null }, headers);
};

/** The same outcome for each event of a request. */
export const forEach = (sent: unknown[], outcome: Outcome): Outcome[] => sent.map(() => outcome);

const BLAMES_THE_EVENT: readonly Outcome['kind'][] = ['rejected', 'expired'];

/**
 * The outcomes of an atomic request. Where it was refused over events, those shown to be `atFault` (by their index) get the
 * refusal, and the others are sent again without them. Nobody is shown to be at fault: all are sent again, in smaller requests.
 * One event alone is at fault by itself.
 */
export const ofAtomic = (sent: unknown[], outcome: Outcome, atFault: ReadonlyMap<number, Outcome> | ReadonlySet<number> = new Set()): Outcome[] => {
  if (sent.length === 1 || !BLAMES_THE_EVENT.includes(outcome.kind)) return forEach(sent, outcome);
  return sent.map((_, index) => {
    if (!atFault.has(index)) return inSmallerRequests(outcome);
    return 'get' in atFault ? (atFault.get(index) ?? outcome) : outcome;
  });
};

const inSmallerRequests = (outcome: Outcome): Outcome => ({
  kind: 'retry',
  code: 'batch_refused',
  message: `The platform refused the whole request; this event is not shown to be at fault, so it is sent again in a smaller one${'message' in outcome ? `. It said: ${outcome.message}` : ''}`,
});
