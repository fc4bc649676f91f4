import type { ActionSource } from '../contract.ts';

/** OpenAI Ads: "Supported events": the name of an event, and the shape of its data. */

export type DataType = 'contents' | 'customer_action' | 'plan_enrollment' | 'custom';

const DATA_TYPES: Readonly<Record<string, DataType>> = {
  page_viewed: 'contents',
  contents_viewed: 'contents',
  items_added: 'contents',
  checkout_started: 'contents',
  order_created: 'contents',
  lead_created: 'customer_action',
  registration_completed: 'customer_action',
  appointment_scheduled: 'customer_action',
  app_installed: 'customer_action',
  app_opened: 'customer_action',
  subscription_created: 'plan_enrollment',
  trial_started: 'plan_enrollment',
};

export const isStandard = (name: string): boolean => Object.hasOwn(DATA_TYPES, name);
export const dataTypeOf = (name: string): DataType => (isStandard(name) ? DATA_TYPES[name]! : 'custom');

/** Events of an app: OpenAI takes them with the action source `mobile_app` only. */
export const isOfApp = (name: string): boolean => name === 'app_installed' || name === 'app_opened';

/** "1-64 letters, digits, underscores, or hyphens; start and end with a letter or digit", and none of OpenAI's own names. */
export const customNameProblem = (name: string): string | null =>
  isStandard(name) || (/^[a-z0-9]([\w-]{0,62}[a-z0-9])?$/i.test(name) && !isStandard(name.toLowerCase()) && name.toLowerCase() !== 'custom')
    ? null
    : `The event name "${name.slice(0, 64)}" cannot be sent to OpenAI: a custom name has 1 to 64 letters, digits, underscores or hyphens, begins and ends with a letter or digit, and is none of OpenAI's own.`;

/** The keys of `data` that OpenAI knows, by shape; a custom event may have any. */
const KEYS: Readonly<Record<DataType, readonly string[] | null>> = {
  contents: ['amount', 'currency', 'contents'],
  customer_action: ['amount', 'currency'],
  plan_enrollment: ['amount', 'currency', 'contents', 'plan_id'],
  custom: null,
};

export const takesKey = (type: DataType, key: string): boolean => KEYS[type]?.includes(key) ?? true;

/** OpenAI has no word for what a system or a chat made. */
export const ACTION_SOURCES: Readonly<Record<ActionSource, string>> = {
  website: 'web',
  app: 'mobile_app',
  email: 'email',
  phone_call: 'phone_call',
  physical_store: 'physical_store',
  chat: 'other',
  business_messaging: 'other',
  system_generated: 'other',
  other: 'other',
};
