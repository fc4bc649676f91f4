import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';
import { idsOf } from '../fields.ts';

/** Taboola: "The S2S postback URL": a case-sensitive string of 66 characters or more; a shorter one is refused as not parsable. */
const clickId = (text: string): string | null => (/^[^\s{}]{66,}$/.test(text.trim()) ? text.trim() : null);

/** `tblci` is the parameter of the landing page, `click-id` the name in the call: who says it by that name means it above the page's. */
export const ids: Destination['ids'] = { tblci: clickId, 'click-id': clickId };

export const clickIdOf = (event: OutboundEvent, ctx?: Pick<BuildContext, 'warn'>): string | undefined => {
  const known = idsOf(event, ids, ctx);
  return known['click-id'] ?? known['tblci'];
};
