import { rowOf } from '../row.ts';
import type { BuildContext, OutboundEvent } from '../contract.ts';
import { toJson } from '../json-body.ts';
import { type Facts, onClick } from './facts.ts';
import { expand, type Lookup } from './macros.ts';
import { isPersonal, userOf } from './person.ts';
import type { WebhookSettings } from './settings.ts';
import { trackerOf, trackers } from './trackers.ts';

/** The address of a postback, from its template. */

/** Other names of a macro, as networks and trackers call the same thing. */
const ALIASES: Record<string, string> = {
  clickid: 'click_id', subid: 'click_id', cid: 'click_id', cnv_id: 'click_id', aff_sub: 'click_id',
  value: 'payout', sum: 'payout', amount: 'payout', revenue: 'payout',
  tid: 'txid', order_id: 'txid', orderid: 'txid',
  cur: 'currency', cnv_status: 'status', event_name: 'event', type: 'event', goal: 'event', eventid: 'event_id',
  timestamp: 'time', offer_id: 'offer', geo: 'country', country_code: 'country',
};

/** What each macro stands for. What is no macro of ours is looked for among the ids and parameters of the click. */
export function lookupFor(event: OutboundEvent, facts: Facts, { includeUser }: Partial<WebhookSettings>, ctx?: BuildContext): Lookup {
  const known: Record<string, string | null> = {
    click_id: facts.clickId,
    payout: facts.value,
    currency: facts.currency,
    status: facts.status,
    txid: facts.txid,
    transaction_id: facts.transactionId,
    event: event.name,
    event_id: event.eventId,
    kind: event.kind,
    time: String(Math.floor(facts.atMs / 1000)),
    time_ms: String(facts.atMs),
    time_iso: new Date(facts.atMs).toISOString(),
    offer: event.offerId,
    country: facts.country,
    ...(includeUser === true && userOf(event, ctx)),
  };
  return (name) => {
    const own = Object.entries(event.custom).find(([key]) => key.toLowerCase() === name)?.[1];
    if (own !== undefined && own !== null) return typeof own === 'string' ? own : toJson(own);
    const macro = rowOf(ALIASES, name) ?? name;
    if (Object.hasOwn(known, macro)) return known[macro];
    return isPersonal(macro) ? null : onClick(event.click, macro);
  };
}

/** For a form whose address says nothing of what to send. */
const ordinary = trackers.keitaro.tail;

/** The template of an address, with what a tracker wants put to it, taken apart at the `?`. */
export function templateOf({ url, tracker, method }: Partial<WebhookSettings> & { url: string }): { address: string; query: string } {
  const preset = trackerOf(tracker);
  const at = url.indexOf('?');
  const address = at < 0 ? url : url.slice(0, at);
  const parts = (at < 0 ? '' : url.slice(at + 1)).split('&').filter((part) => part !== '');
  const named = new Set(parts.map((part) => part.split('=')[0]!.toLowerCase()));
  const tail = preset?.tail ?? (method === 'POST form' && parts.length === 0 ? ordinary : {});
  const put = Object.entries(tail).filter(([name]) => !named.has(name)).map(([name, macro]) => `${name}=${macro}`);
  return { address: preset && /^[a-z]+:\/\/[^/]+\/?$/i.test(address) ? address.replace(/\/$/, '') + preset.path : address, query: [...parts, ...put].join('&') };
}

export const filled = (template: { address: string; query: string }, lookup: Lookup): { address: string; query: string } => ({
  address: expand(template.address, lookup),
  query: expand(template.query, lookup),
});
