/** What Google Analytics takes as names and texts (Measurement Protocol: "Limitations", "Reserved names"). What breaks a rule is dropped there without a word. */

export const NAME_MAX = 40;
export const TEXT_MAX = 100;
export const PARAMS_MAX = 25;

const NAME = /^[a-z]\w*$/i;
const RESERVED_PREFIX = /^(_|firebase_|ga_|google_|gtag\.)/i;

const RESERVED_EVENTS = new Set([
  'ad_activeview', 'ad_click', 'ad_exposure', 'ad_impression', 'ad_query', 'ad_reward', 'adunit_exposure', 'app_background', 'app_clear_data',
  'app_exception', 'app_install', 'app_remove', 'app_store_refund', 'app_store_subscription_cancel', 'app_store_subscription_convert',
  'app_store_subscription_renew', 'app_update', 'app_upgrade', 'dynamic_link_app_open', 'dynamic_link_app_update', 'dynamic_link_first_open',
  'error', 'firebase_campaign', 'first_open', 'first_visit', 'in_app_purchase', 'notification_dismiss', 'notification_foreground',
  'notification_open', 'notification_receive', 'notification_send', 'os_update', 'screen_view', 'session_start', 'user_engagement',
]);

const hasShape = (name: string): boolean => name.length <= NAME_MAX && NAME.test(name) && !RESERVED_PREFIX.test(name);

export const isEventName = (name: string): boolean => hasShape(name) && !RESERVED_EVENTS.has(name.toLowerCase());
export const isParamName = (name: string): boolean => hasShape(name) && name !== 'firebase_conversion';
