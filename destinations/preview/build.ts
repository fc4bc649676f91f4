import { redactor } from '../redaction.ts';
import type { BuildContext, Destination, OutboundEvent, PlatformRequest, SentFacts } from '../contract.ts';
import { DAY } from '../durations.ts';
import { instantOf } from '../instant.ts';
import { describedEvent, type Surroundings } from './event.ts';
import { defaultsIn, LineError, listIn, readLine, warnUnknownKeys } from './line.ts';
import { objectIn, type Warn } from './reading.ts';
import { MASK, previewSettings, secretsIn } from './settings.ts';

/** What would be sent of described events: the very requests that the engine makes, with secrets masked. */

const LINE_KEYS = ['platform', 'settings', 'events', 'defaults', 'now', 'reversal'] as const;

interface Skip {
  index: number;
  reason: string;
}

/** One line of JSON for one line of JSON; throws LineError. `nowMs` stands in where the line names no time. */
export function previewBuild(line: string, nowMs: number): string {
  const { platform, given } = readLine(line);
  const warnings = new Set<string>();
  const warn: Warn = (sentence) => void warnings.add(sentence);
  warnUnknownKeys(given, LINE_KEYS, warn);
  const settings = previewSettings(platform, given['settings'], warn);
  const ctx: BuildContext = { nowMs: nowOf(given['now'], nowMs), accessToken: MASK, warn };
  const reversal = given['reversal'] === undefined || given['reversal'] === null ? null : given['reversal'];
  const around: Surroundings = { platform, defaults: defaultsIn(given['defaults'], warn), kind: 'event', warn };
  const events = listIn(given['events'], 'events');
  const { requests, skipped } = reversal === null ? ordinary(events, settings, around, ctx) : correction(events, reversal, settings, around, ctx);
  const secrets = secretsIn(platform, given['settings']);
  return `{"requests":[${requests.map((request) => shown(request, secrets)).join(',')}],"skipped":${JSON.stringify(skipped)},"warnings":${JSON.stringify([...warnings])}}`;
}

function nowOf(value: unknown, nowMs: number): number {
  if (value === undefined || value === null) return nowMs;
  const ms = typeof value === 'string' ? instantOf(value) : null;
  if (ms === null) throw new LineError('line_invalid', 'now is no ISO 8601 time with an offset.');
  return ms;
}

interface Made {
  requests: PlatformRequest[];
  skipped: Skip[];
}

function ordinary(events: unknown[], settings: Record<string, unknown>, around: Surroundings, ctx: BuildContext): Made {
  const skipped: Skip[] = [];
  const sendable: OutboundEvent[] = [];
  for (const [index, each] of events.entries()) {
    const described = describedEvent(each, around);
    const reason = 'skipped' in described ? described.skipped : hindrance(described.event, settings, around.platform, ctx.nowMs);
    if (reason !== null) skipped.push({ index, reason });
    else if ('event' in described) sendable.push(described.event);
  }
  return { requests: grouped(sendable, settings, around.platform).flatMap((group) => requestsOf(group, settings, around.platform, ctx)), skipped };
}

/** Why the event is not sent; null where nothing is in the way. */
function hindrance(event: OutboundEvent, settings: Record<string, unknown>, platform: Destination, nowMs: number): string | null {
  const ageMaxMs = platform.ageMaxMsOf?.(event) ?? platform.ageMaxMs;
  if (nowMs - event.occurredAtMs > ageMaxMs) return `${platform.title} takes no event older than ${daysOf(ageMaxMs)}.`;
  if (platform.aheadMaxMs !== undefined && event.occurredAtMs - nowMs > platform.aheadMaxMs) return `${platform.title} takes no event from the future.`;
  return platform.missing(event, settings);
}

const daysOf = (ms: number): string => `${Math.round((ms / DAY) * 10) / 10} days`;

/** Events that may share a request, in their order, as many as one may hold. */
function grouped(events: OutboundEvent[], settings: unknown, platform: Destination): OutboundEvent[][] {
  const groups = new Map<string, OutboundEvent[]>();
  for (const event of events) {
    const key = platform.together?.(event, settings) ?? '';
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return [...groups.values()].flatMap((group) => {
    const requests: OutboundEvent[][] = [];
    for (let from = 0; from < group.length; from += platform.batch.max) requests.push(group.slice(from, from + platform.batch.max));
    return requests;
  });
}

/** One request, or several where it would have more bytes than the platform takes. */
function requestsOf(group: OutboundEvent[], settings: unknown, platform: Destination, ctx: BuildContext): PlatformRequest[] {
  const request = platform.build(group, settings, ctx);
  if (group.length === 1 || Buffer.byteLength(request.body ?? '') <= (platform.batch.bytesMax ?? Number.POSITIVE_INFINITY)) return [request];
  const half = Math.ceil(group.length / 2);
  return [group.slice(0, half), group.slice(half)].flatMap((part) => requestsOf(part, settings, platform, ctx));
}

/** A correction of one event: how it now stands, and how it was sent. */
function correction(events: unknown[], value: unknown, settings: Record<string, unknown>, around: Surroundings, ctx: BuildContext): Made {
  const { platform, warn } = around;
  const given = objectIn(value, 'reversal', ['kind', 'original'], warn);
  const kind = given['kind'];
  if (kind !== 'retract' && kind !== 'restate') throw new LineError('line_invalid', 'reversal.kind is retract or restate.');
  const refused = (reason: string): Made => ({ requests: [], skipped: [{ index: 0, reason }] });
  if (!platform.reversal?.kinds.includes(kind)) return refused(`${platform.title} cannot ${kind === 'retract' ? 'take an event back' : 'change the value of an event'}.`);
  const original = describedEvent(given['original'], around);
  if ('skipped' in original) return refused(`The original: ${original.skipped}`);
  const described = describedEvent(events[0], { ...around, kind });
  if ('skipped' in described) return refused(described.skipped);
  if (ctx.nowMs - original.event.occurredAtMs > platform.reversal.deadlineMs) return refused(`${platform.title} takes corrections for ${daysOf(platform.reversal.deadlineMs)}; this event is older.`);
  const ageMaxMs = platform.reversal.ageMaxMs ?? Number.POSITIVE_INFINITY;
  if (ctx.nowMs - described.event.occurredAtMs > ageMaxMs) return refused(`${platform.title} takes no change older than ${daysOf(ageMaxMs)}.`);
  const notBeforeMs = original.event.occurredAtMs + (platform.reversal.notBeforeMs ?? 0);
  if (ctx.nowMs < notBeforeMs) warn(`${platform.title} takes corrections from ${new Date(notBeforeMs).toISOString()} on: the request waits until then.`);
  const { eventId, transactionId, orderId, event: name, name: platformName, click, user } = original.event;
  const event: OutboundEvent = { ...described.event, eventId, transactionId, orderId, event: name, name: platformName, click, user, original: sentOf(original.event, settings, platform, { ...ctx, warn: () => undefined }) };
  const reason = platform.reversal.missing?.(event, settings) ?? null;
  return reason === null ? { requests: [platform.reversal.build(event, settings, ctx)], skipped: [] } : refused(reason);
}

/** What is kept of an event that was sent: the platform's own build says which identifiers went out. */
function sentOf(event: OutboundEvent, settings: unknown, platform: Destination, ctx: BuildContext): SentFacts {
  const { transactionId, eventId, occurredAtMs, value, currency } = event;
  return { transactionId, eventId, occurredAtMs, value, currency, identifiers: platform.build([event], settings, ctx).sent[0] ?? {} };
}

/** JSON text stands in the line as JSON, every digit of it; a form as text. */
function shown({ method, url, headers, body, secrets = [] }: PlatformRequest, given: string[]): string {
  const mask = redactor([...secrets, ...given], MASK);
  const text = body === null ? null : mask(body);
  const plainHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, mask(value)]));
  return `{"method":${JSON.stringify(method)},"url":${JSON.stringify(mask(url))},"headers":${JSON.stringify(plainHeaders)},"body":${text === null ? 'null' : isJson(text) ? text : JSON.stringify(text)}}`;
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
