import { rowOf } from '../row.ts';
import type { Destination, Outcome, PlatformCall, PlatformRequest, PlatformResponse } from '../contract.ts';
import { asObject, type JsonValue, parseObject, toJson } from '../json-body.ts';
import { LineError, readLine } from './line.ts';

/** What a platform's answer means: one outcome for each event of the request that it answers. */

const CALLS: readonly PlatformCall[] = ['send', 'status', 'reversal', 'check'];
const EVENTS_MAX = 10_000;

/** The transport's failures, as the deliverer names them; whether the platform got the request is not known, or it certainly did not. */
const TRANSPORT: Record<string, { code: string; message: string }> = {
  timeout: { code: 'timeout', message: 'No whole answer in time; the platform may have taken the event.' },
  reset: { code: 'ECONNRESET', message: 'The connection broke; the platform may have taken the event.' },
  dns: { code: 'ENOTFOUND', message: "The platform's address was not found." },
  tls: { code: 'tls', message: 'No secure connection could be made.' },
};

/** Throws LineError. `nowMs` stands in for a missing `date` header, as it does in the engine. */
export function previewClassify(line: string, nowMs: number): string {
  const { platform, given } = readLine(line);
  const count = countOf(given['events']);
  const outcomes = given['transport'] === undefined ? classified(platform, given, count, nowMs) : lost(given['transport'], count);
  return JSON.stringify({ outcomes: outcomes.map(shown) });
}

function countOf(events: unknown): number {
  if (events === undefined || events === null) return 1;
  const count = numberIn(events);
  if (!Number.isInteger(count) || count < 0 || count > EVENTS_MAX) throw new LineError('line_invalid', `events is a number from 0 to ${EVENTS_MAX}.`);
  return count;
}

/** Of a number or a text; an object might not even turn into one. */
const numberIn = (value: unknown): number => (typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : Number.NaN);

function lost(transport: unknown, count: number): Outcome[] {
  const failure = typeof transport === 'string' ? rowOf(TRANSPORT, transport) : undefined;
  if (!failure) throw new LineError('line_invalid', `transport is one of ${Object.keys(TRANSPORT).join(', ')}.`);
  return Array.from({ length: count }, () => ({ kind: 'retry', ...failure }));
}

function classified(platform: Destination, given: Record<string, unknown>, count: number, nowMs: number): Outcome[] {
  const response = responseIn(given, nowMs);
  if (count === 0) return [];
  const request: PlatformRequest = { method: 'POST', url: '', headers: {}, body: null, sent: Array.from({ length: count }, () => ({})) };
  switch (callOf(given['call'], platform, response)) {
    case 'status':
      return repeated(platform.result?.classify(response, request), count) ?? platform.classify(response, request);
    case 'check':
      return repeated(platform.classifyCheck?.(response, request), count) ?? platform.classify(response, request);
    case 'reversal':
      return (platform.reversal ?? platform).classify(response, request);
    default:
      return platform.classify(response, request);
  }
}

const repeated = (outcome: Outcome | undefined, count: number): Outcome[] | null => outcome ? Array.from({ length: count }, () => outcome) : null;

function callOf(value: unknown, platform: Destination, { body }: PlatformResponse): PlatformCall {
  if (value === undefined || value === null) return platform.callOf?.(parseObject(body) ?? {}) ?? 'send';
  const call = CALLS.find((each) => each === value);
  if (!call) throw new LineError('line_invalid', `call is one of ${CALLS.join(', ')}.`);
  return call;
}

function responseIn({ status, headers, body }: Record<string, unknown>, nowMs: number): PlatformResponse {
  const code = numberIn(status);
  if (!Number.isInteger(code) || code < 100 || code > 599) throw new LineError('line_invalid', 'The line names neither an HTTP status nor a transport failure.');
  const named = Object.entries(asObject(headers) ?? {}).map(([name, value]) => [name.toLowerCase(), asList(value).map(textOf).join(', ')]);
  return {
    status: code,
    headers: { date: new Date(nowMs).toUTCString(), ...Object.fromEntries(named) },
    body: typeof body === 'string' ? body : body === undefined || body === null ? '' : textOf(body),
  };
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : toJson(value as JsonValue));

function shown(outcome: Outcome): Record<string, unknown> {
  return {
    kind: outcome.kind,
    code: 'code' in outcome ? outcome.code : null,
    message: 'message' in outcome ? outcome.message : ('warnings' in outcome && outcome.warnings?.join(' ')) || null,
    retryAfterMs: outcome.kind === 'retry' ? (outcome.retryAfterMs ?? null) : null,
    duplicate: outcome.kind === 'delivered' && outcome.duplicate === true,
    ...(outcome.kind === 'unauthorised' && { refreshable: outcome.refreshable }),
  };
}
