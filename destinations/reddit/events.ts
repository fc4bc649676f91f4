import type { Destination, OutboundEvent } from '../contract.ts';

/** Reddit: "Conversions API, Direct integration", type.tracking_type; our other events go out as CUSTOM under our name. */
export const events: Destination['events'] = {
  PageView: 'PAGE_VISIT',
  ViewContent: 'VIEW_CONTENT',
  AddToCart: 'ADD_TO_CART',
  Lead: 'LEAD',
  CompleteRegistration: 'SIGN_UP',
  Purchase: 'PURCHASE',
  Search: 'SEARCH',
  AddToWishlist: 'ADD_TO_WISHLIST',
};

const TRACKING_TYPES: ReadonlySet<string> = new Set(Object.values(events));

/** Up to 64 characters, the case counts. */
export const CUSTOM_NAME_MAX = 64;

export type EventType = { tracking_type: string; custom_event_name?: string };

/** An event that is mapped to `CUSTOM` keeps our own name. */
export const typeOf = ({ name, event }: Pick<OutboundEvent, 'name' | 'event'>): EventType =>
  TRACKING_TYPES.has(name) ? { tracking_type: name } : { tracking_type: 'CUSTOM', custom_event_name: name === 'CUSTOM' ? event : name };

/** Reddit: "About event metadata": the first three take neither value nor count, a lead and a sign-up take no count. */
const WITHOUT_VALUE: ReadonlySet<string> = new Set(['PAGE_VISIT', 'VIEW_CONTENT', 'SEARCH']);
const WITHOUT_COUNT: ReadonlySet<string> = new Set([...WITHOUT_VALUE, 'LEAD', 'SIGN_UP']);

export const takesValue = ({ tracking_type }: EventType): boolean => !WITHOUT_VALUE.has(tracking_type);
export const takesCount = ({ tracking_type }: EventType): boolean => !WITHOUT_COUNT.has(tracking_type);
