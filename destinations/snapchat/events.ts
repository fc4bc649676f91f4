import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';

/** Snap: "Conversions API: Parameters", event_name. SIGN_UP is the nearest to a lead; Contact and SubmitApplication have no name there. */
export const events: Destination['events'] = {
  PageView: 'PAGE_VIEW',
  ViewContent: 'VIEW_CONTENT',
  AddToCart: 'ADD_CART',
  InitiateCheckout: 'START_CHECKOUT',
  AddPaymentInfo: 'ADD_BILLING',
  Lead: 'SIGN_UP',
  CompleteRegistration: 'SIGN_UP',
  Purchase: 'PURCHASE',
  Search: 'SEARCH',
  AddToWishlist: 'ADD_TO_WISHLIST',
  Subscribe: 'SUBSCRIBE',
  StartTrial: 'START_TRIAL',
  Schedule: 'RESERVE',
};

/** Every name that Snapchat takes; any other is answered "Unrecognized event type". */
const NAMES: ReadonlySet<string> = new Set([
  'PURCHASE', 'SAVE', 'START_CHECKOUT', 'ADD_CART', 'VIEW_CONTENT', 'ADD_BILLING', 'SIGN_UP', 'SEARCH', 'PAGE_VIEW', 'SUBSCRIBE',
  'AD_CLICK', 'AD_VIEW', 'COMPLETE_TUTORIAL', 'LEVEL_COMPLETE', 'INVITE', 'LOGIN', 'SHARE', 'RESERVE', 'ACHIEVEMENT_UNLOCKED',
  'ADD_TO_WISHLIST', 'ADD_TO_CART', 'SPENT_CREDITS', 'SPEND_CREDITS', 'RATE', 'START_TRIAL', 'LIST_VIEW', 'APP_INSTALL', 'APP_OPEN',
  'CUSTOM_EVENT_1', 'CUSTOM_EVENT_2', 'CUSTOM_EVENT_3', 'CUSTOM_EVENT_4', 'CUSTOM_EVENT_5',
]);

/** The name that goes out: Snapchat has five slots for events of one's own, and an event that was given none of them takes the first. */
export const nameOf = ({ name }: Pick<OutboundEvent, 'name'>, ctx?: Pick<BuildContext, 'warn'>): string => {
  if (NAMES.has(name)) return name;
  ctx?.warn?.(`Snapchat has no event "${name}": it goes out as CUSTOM_EVENT_1. Map it to one of CUSTOM_EVENT_1 to CUSTOM_EVENT_5 to tell it from others.`);
  return 'CUSTOM_EVENT_1';
};
