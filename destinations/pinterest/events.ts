import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';

/** Pinterest: "Track conversion events in the API", Conversion event types. */
export const events: Destination['events'] = {
  PageView: 'page_visit',
  ViewContent: 'view_content',
  AddToCart: 'add_to_cart',
  InitiateCheckout: 'initiate_checkout',
  AddPaymentInfo: 'add_payment_info',
  Lead: 'lead',
  CompleteRegistration: 'signup',
  Purchase: 'checkout',
  Search: 'search',
  AddToWishlist: 'add_to_wishlist',
  Subscribe: 'subscribe',
  StartTrial: 'start_trial',
  Contact: 'contact',
  Schedule: 'schedule',
  SubmitApplication: 'submit_application',
};

const NAMES: ReadonlySet<string> = new Set([
  ...Object.values(events), 'custom', 'app_install', 'app_open', 'customize_product', 'find_location', 'view_category', 'watch_video',
]);

/** The name that goes out. Pinterest takes no event under a name of one's own: all of those are `custom`, and nothing else tells them apart. */
export const nameOf = ({ name }: Pick<OutboundEvent, 'name'>, ctx?: Pick<BuildContext, 'warn'>): string => {
  if (NAMES.has(name)) return name;
  ctx?.warn?.(`Pinterest has no event "${name}": it goes out as custom, without that name.`);
  return 'custom';
};
