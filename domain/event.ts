/** Events: what a conversion (or click) means to an ad platform. Standard names of the field; any other name is custom. */
export const STANDARD_EVENTS = [
  'PageView', 'ViewContent', 'OutboundClick', 'FormSubmit', 'AddToCart', 'InitiateCheckout', 'AddPaymentInfo',
  'Lead', 'CompleteRegistration', 'Purchase',
  'Search', 'AddToWishlist', 'Subscribe', 'StartTrial', 'Contact', 'Schedule', 'SubmitApplication',
] as const;
export type StandardEvent = (typeof STANDARD_EVENTS)[number];

/** An event, or its correction: `retract` says that it no longer holds, `restate` that it has another value,
 *  `custom` is the event of the policy for rejections at a platform that cannot take back. */
export type DeliveryKind = 'event' | 'retract' | 'restate' | 'custom';

export const DELIVERY_STATES = [
  'planned', 'accepted', 'delivered', 'skipped', 'parked', 'failed', 'expired', 'cancelled',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];
