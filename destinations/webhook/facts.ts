import { rowOf } from '../row.ts';
import { PLATFORM_IDS } from '../../domain/click.ts';
import type { BuildContext, Destination, OutboundClick, OutboundEvent } from '../contract.ts';
import { verbatim } from '../fields.ts';
import { isDecimal } from '../json-body.ts';
import { isIsoCurrency } from '../money.ts';
import { countryOf } from '../visitor.ts';
import type { WebhookSettings } from './settings.ts';
import { statusOf } from './status.ts';
import { trackerOf } from './trackers.ts';

/** What a webhook can say of an event, whatever its form. */

/** Other names of the click id, for events that name it themselves. */
export const CLICK_ID_NAMES = ['click_id', 'clickid', 'subid', 'cid', 'cnv_id'] as const;
export const SUB_NAMES = ['sub1', 'sub2', 'sub3', 'sub4', 'sub5', 'sub6', 'sub7', 'sub8', 'sub9', 'sub10'] as const;

export const ids: Destination['ids'] = Object.fromEntries([...PLATFORM_IDS, ...CLICK_ID_NAMES, ...SUB_NAMES].map((name) => [name, verbatim]));

export interface Facts {
  clickId: string | null;
  /** The order, the same for its Lead and its Purchase: trackers follow a conversion by it. */
  txid: string;
  /** Of this event alone. */
  transactionId: string;
  status: string;
  value: string | null;
  currency: string | null;
  country: string | null;
  /** When it happened; of a correction, when things changed. */
  atMs: number;
}

/** A correction goes out with the identifiers of its original, byte for byte, and a later time. */
export function factsOf(event: OutboundEvent, settings: Partial<WebhookSettings>, ctx?: Pick<BuildContext, 'warn'>): Facts {
  const { original } = event;
  const occurredAtMs = Math.floor(event.occurredAtMs);
  const currency = (event.currency ?? original?.currency)?.trim().toUpperCase() || null;
  if (currency !== null && !isIsoCurrency(currency)) ctx?.warn?.(`currency is left out: "${event.currency}" is no currency.`);
  return {
    clickId: original?.identifiers['clickId'] ?? clickIdOf(event, settings),
    txid: original?.identifiers['txid'] ?? (event.orderId || event.transactionId),
    transactionId: original?.transactionId ?? event.transactionId,
    status: statusOf(event, trackerOf(settings.tracker)),
    value: valueOf(event, ctx),
    currency: currency !== null && isIsoCurrency(currency) ? currency : null,
    country: countryOf(event),
    // Trackers count in seconds.
    atMs: original ? Math.max(occurredAtMs, Math.floor(original.occurredAtMs) + 1000) : occurredAtMs,
  };
}

/** What was taken back is worth nothing. */
function valueOf({ kind, value }: OutboundEvent, ctx?: Pick<BuildContext, 'warn'>): string | null {
  if (kind === 'retract') return '0';
  if (value === null || isDecimal(value)) return value;
  ctx?.warn?.(`The value "${value}" is left out: it is not a number.`);
  return null;
}

/**
 * The click id that the target knows: one that the event names, else the tracker's own from the landing page, else ours. Where a
 * parameter is set for it, ours is no substitute: the tracker has never seen it.
 */
export function clickIdOf({ click }: OutboundEvent, { clickIdParameter, tracker }: Partial<WebhookSettings>): string | null {
  if (!click) return null;
  if (clickIdParameter) return onClick(click, clickIdParameter);
  for (const name of [...CLICK_ID_NAMES, ...(trackerOf(tracker)?.clickIds ?? [])]) {
    const named = click.ids[name]?.trim();
    if (named) return named;
  }
  for (const name of trackerOf(tracker)?.clickIds ?? []) {
    const arrived = parameterOf(click, name);
    if (arrived) return arrived;
  }
  return click.clickId || null;
}

/** sub1 to sub5 where nothing of that name arrived: the five of every campaign. */
const UTM_OF_SUB: Record<string, string> = { sub1: 'source', sub2: 'medium', sub3: 'campaign', sub4: 'content', sub5: 'term' };

/** An id, a campaign parameter or a query parameter of the click, by its name. */
export function onClick(click: OutboundClick | null, name: string): string | null {
  if (!click) return null;
  const id = Object.entries(click.ids).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]?.trim();
  const campaign = rowOf(click.utm, name) ?? rowOf(click.utm, name.replace(/^utm_/, ''));
  return id || parameterOf(click, name) || (name.startsWith('utm_') ? campaign : null) || utmOfSub(click, name) || null;
}

const utmOfSub = ({ utm }: OutboundClick, name: string): string | undefined => {
  const key = rowOf(UTM_OF_SUB, name);
  return key === undefined ? undefined : (utm[key] ?? utm[`utm_${key}`]);
};

/** A parameter of the landing page's address, or of the page of the click. */
function parameterOf({ landingUrl, pageUrl }: OutboundClick, name: string): string | null {
  for (const address of [landingUrl, pageUrl]) {
    if (!address || !URL.canParse(address)) continue;
    for (const [key, value] of new URL(address).searchParams) if (key.toLowerCase() === name.toLowerCase() && value.trim()) return value.trim();
  }
  return null;
}
