import type { BuildContext, Destination, OutboundEvent, PlatformRequest } from '../contract.ts';
import { idsOf } from '../fields.ts';
import { moneyOf, withCustom } from '../money.ts';
import { queryOf } from '../query.ts';
import type { OutbrainSettings } from './settings.ts';

const clickId = (text: string): string | null => (/^[^\s{}]+$/.test(text.trim()) ? text.trim() : null);

/**
 * The click id under the names that landing pages get it by: Outbrain's macro `{{ob_click_id}}` and its automatic `dicbo`.
 * `obclid` is last, since it may have been read from the page, while the others are there only where somebody names them.
 */
const NAMES = ['ob_click_id', 'OutbrainClickId', 'dicbo', 'obclid'] as const;
export const ids: Destination['ids'] = Object.fromEntries(NAMES.map((name) => [name, clickId]));

export const clickIdOf = (event: OutboundEvent, ctx?: Pick<BuildContext, 'warn'>): string | undefined => {
  const known = idsOf(event, ids, ctx);
  return NAMES.map((name) => known[name]).find(isSaid) ?? NAMES.map((name) => onLandingPage(event, name)).find(isSaid);
};

const isSaid = (id: string | undefined): boolean => id !== undefined;

/** Only `obclid` is kept as an id of its own; the others are still on the address. */
const onLandingPage = ({ click }: OutboundEvent, name: string): string | undefined => {
  const address = click?.landingUrl;
  return (address && URL.canParse(address) && clickId(new URL(address).searchParams.get(name) ?? '')) || undefined;
};

/** Outbrain: "Server-to-server integrations". The name must equal the one of the event-based conversion, case included. */
export const build = (events: OutboundEvent[], _settings: OutbrainSettings, ctx: BuildContext): PlatformRequest => {
  const event = events[0]!;
  const clicked = clickIdOf(event, ctx);
  const money = moneyOf(event, ctx);
  const conversion = withCustom({
    name: event.name,
    orderId: event.orderId || undefined,
    ...(money && { orderValue: money.value, currency: money.currency }),
  }, event);
  return {
    method: 'GET',
    url: `https://tr.outbrain.com/unifiedPixel?${queryOf({ ob_click_id: clicked, ...conversion })}`,
    headers: {},
    body: null,
    sent: [{ name: event.name, ...(clicked && { clickId: clicked }), ...(event.orderId && { orderId: event.orderId }) }],
  };
};
