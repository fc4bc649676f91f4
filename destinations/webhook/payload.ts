import type { BuildContext, OutboundEvent, PlatformRequest } from '../contract.ts';
import { sha256 } from '../hashing.ts';
import { percentEncoded } from '../query.ts';
import { type Facts, factsOf } from './facts.ts';
import { messageOf } from './message.ts';
import type { WebhookSettings } from './settings.ts';
import { signedHeaders } from './signature.ts';
import { filled, lookupFor, templateOf } from './template.ts';

/** A request that knows by which words its answer is a success. */
export interface WebhookRequest extends PlatformRequest {
  successPattern?: string;
}

/** An event and its correction are built alike: a rejection is just another postback, with the same transaction id. */
export const build = (events: OutboundEvent[], settings: WebhookSettings, ctx: BuildContext): WebhookRequest => {
  const event = events[0]!;
  const facts = factsOf(event, settings, ctx);
  return {
    ...requestOf(event, facts, settings, ctx),
    sent: [{ ...(event.eventId && { eventId: event.eventId }), ...(facts.txid && { txid: facts.txid }), ...(facts.clickId !== null && { clickId: facts.clickId }) }],
    publicOnly: true,
    ...(settings.successPattern && { successPattern: settings.successPattern }),
  };
};

function requestOf(event: OutboundEvent, facts: Facts, settings: WebhookSettings, ctx: BuildContext): Omit<PlatformRequest, 'sent'> {
  const template = templateOf(settings.method === 'POST json' ? { ...settings, tracker: undefined } : settings);
  const { address, query } = filled(template, lookupFor(event, facts, settings, ctx));
  const url = query === '' ? address : `${address}?${query}`;
  switch (settings.method) {
    case 'POST json':
      return post(url, 'application/json', messageOf(event, facts, settings, ctx), event, settings, ctx);
    case 'POST form':
      return post(address, 'application/x-www-form-urlencoded', query, event, settings, ctx);
    default:
      return { method: 'GET', url, headers: {}, body: null };
  }
}

function post(url: string, type: string, body: string, event: OutboundEvent, { secret }: WebhookSettings, { nowMs }: BuildContext): Omit<PlatformRequest, 'sent'> {
  const { headers, secrets } = signedHeaders(secret, messageIdOf(event, body), nowMs, body);
  return { method: 'POST', url, headers: { 'content-type': type, ...headers }, body, secrets };
}

/** The event id; a correction has one of its own, that a receiver does not take it for a repeat of its event. */
function messageIdOf({ kind, eventId }: OutboundEvent, body: string): string {
  const id = eventId.replace(/[^\x21-\x7e]+/gu, (odd) => percentEncoded(odd));
  if (id === '') return sha256(body);
  return kind === 'retract' || kind === 'restate' ? `${id}-${kind}-${sha256(body).slice(0, 12)}` : id;
}
