/** The receiver of signed JSON webhooks, POST /hook: takes each webhook-id once, whatever is inside; reads what it can of it for the log. */
import { createHash } from 'node:crypto';
import type { Answer, SandboxRequest } from '../../contract.ts';
import { isObject, isText, parseJson } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { World } from '../../world.ts';
import { refuse } from './errors.ts';
import { verify } from './signature.ts';
import type { Signed } from './signature.ts';

/** A template that was not filled in. JSON's own braces are never followed by a bare word. */
const leftoverMacro = /\{\w+\}|%7B\w+%7D/i;

export function receive({ headers, text }: SandboxRequest, world: World): Answer {
  const signed = verify(headers, text, world.accounts('webhook'), world.now());
  if ('problem' in signed) return refuse(signed.status, signed.problem);
  const body = parseJson(text);
  if (!headers['content-type']?.startsWith('application/json')) return refuse(415, 'Content-Type must be application/json');
  if (!isObject(body)) return refuse(400, 'The body is not a JSON object');
  const macro = leftoverMacro.exec(text)?.[0];
  if (macro) return refuse(422, `Unresolved macro ${macro}`);
  const digest = createHash('sha256').update(text).digest('hex');
  const bodies = world.memory<string>('webhook bodies');
  const earlier = bodies.get(signed.id);
  // The id is the idempotency key: a retry repeats the message, it does not replace it.
  if (earlier !== undefined && earlier !== digest) return refuse(409, `webhook-id ${signed.id} was used for another message`);
  bodies.set(signed.id, digest);
  record(body, signed, earlier === undefined, world);
  return { status: 200, outcome: 'accepted', body: { received: true } };
}

function record(body: Json, { id, atMs, account }: Signed, counted: boolean, world: World): void {
  const { event, transactionId, eventTime, value, currency } = fieldsOf(body);
  world.accept({
    platform: 'webhook', account, event: event ?? 'webhook', eventId: id, transactionId,
    eventTime: eventTime ?? new Date(atMs).toISOString(), value, currency, counted, body,
  });
}

/** The sender chooses its names; the usual ones are found, at the root and one level below it. */
export function fieldsOf(body: Json) {
  const all: Json = Object.assign({}, ...Object.values(body).filter(isObject), body);
  const text = (...keys: string[]): string | null => keys.map((key) => all[key]).find(isText) ?? null;
  const value = ['value', 'payout', 'amount', 'revenue'].map((key) => all[key]).find((one) => typeof one === 'number' || (isText(one) && !Number.isNaN(Number(one))));
  const time = text('timestamp', 'occurredAt', 'occurred_at', 'eventTime', 'event_time', 'time');
  return {
    event: text('type', 'event', 'event_type', 'eventType', 'event_name', 'eventName', 'status'),
    transactionId: text('transactionId', 'transaction_id', 'txid', 'tid', 'orderId', 'order_id'),
    eventTime: time === null || Number.isNaN(Date.parse(time)) ? null : new Date(time).toISOString(),
    value: value === undefined ? null : Number(value),
    currency: text('currency'),
  };
}
