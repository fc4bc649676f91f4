import type { Destination, OutboundEvent } from '../contract.ts';
import { type IdRule, idsOf, verbatim } from '../fields.ts';

/** Google's ids of a click, best first. One of them per event: together they are refused (GBRAID_WBRAID_BOTH_SET). */
export const CLICK_IDS = ['gclid', 'gbraid', 'wbraid'] as const;

/** An id that a template was to fill in (`{gclid}`) is that of no click. */
export const clickId: IdRule = (text) => (/[{}]/.test(text) ? null : verbatim(text));

export const clickIds: Destination['ids'] = Object.fromEntries(CLICK_IDS.map((id) => [id, clickId]));

/** The one id of the click that is sent, under its name; empty where there is none. */
export const clickIdOf = (event: OutboundEvent): Record<string, string> => {
  const known = idsOf(event, clickIds);
  const name = CLICK_IDS.find((id) => known[id]);
  return name ? { [name]: known[name]! } : {};
};
