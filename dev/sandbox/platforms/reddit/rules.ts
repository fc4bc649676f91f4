/** What Reddit demands of one event of the right shape: https://ads-api.reddit.com/docs/v3/, Direct Integration. */
import { isIP } from 'node:net';
import { emptyHash, hour, isCurrency, isHash, isObject, isText, looksHashed, minute } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { FieldError } from './errors.ts';

const actionSources = ['WEBSITE', 'APP', 'PHYSICAL_STORE', 'OTHER'];
const trackingTypes = ['PAGE_VISIT', 'VIEW_CONTENT', 'SEARCH', 'ADD_TO_CART', 'ADD_TO_WISHLIST', 'PURCHASE', 'LEAD', 'SIGN_UP', 'CUSTOM'];
const ageMaxHours = 168;
const customNameMax = 64;
const uuid = /^(\d+\.)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const upperUuid = /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;
const lowerUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reddit takes these in clear too, in their normal form, and hashes them itself. */
const clearForms: Record<string, (value: string) => boolean> = {
  email: (value) => /^[^\s@A-Z]+@[^\s@A-Z]+$/.test(value),
  phone_number: (value) => /^\+\d{7,15}$/.test(value),
  external_id: (value) => value.trim() === value && value !== '',
  ip_address: (value) => isIP(value) !== 0,
  idfa: (value) => upperUuid.test(value),
  aaid: (value) => lowerUuid.test(value),
  advertising_id: (value) => upperUuid.test(value) || lowerUuid.test(value),
};
const matchKeys = [...Object.keys(clearForms), 'uuid'];

export function* problems(event: Json, index: number, nowMs: number): Generator<FieldError> {
  const at = `$.data.events[${index}]`;
  const wrong = (field: string, message: string): FieldError => ({ field: `${at}.${field}`, message });
  yield* timeProblems(event.event_at, nowMs, `${at}.event_at`);
  if (event.action_source === undefined) yield wrong('action_source', 'missing action_source');
  else if (!actionSources.includes(String(event.action_source))) yield wrong('action_source', `invalid action_source: ${String(event.action_source)}`);
  if (event.event_source_url !== undefined && !URL.canParse(String(event.event_source_url))) yield wrong('event_source_url', 'invalid event_source_url');
  const type = isObject(event.type) ? event.type : {};
  if (type.tracking_type === undefined) yield wrong('type.tracking_type', 'missing tracking_type');
  else if (!trackingTypes.includes(String(type.tracking_type))) yield wrong('type.tracking_type', `invalid tracking_type: ${String(type.tracking_type)}`);
  if (type.tracking_type === 'CUSTOM' && !isText(type.custom_event_name)) yield wrong('type.custom_event_name', 'custom_event_name is required where tracking_type is CUSTOM');
  if (String(type.custom_event_name ?? '').length > customNameMax) yield wrong('type.custom_event_name', `custom_event_name must be at most ${customNameMax} characters`);
  yield* userProblems(event, at);
  yield* metadataProblems(isObject(event.metadata) ? event.metadata : {}, `${at}.metadata`);
}

function* timeProblems(ms: unknown, nowMs: number, field: string): Generator<FieldError> {
  if (typeof ms !== 'number') return yield { field, message: 'missing event_at' };
  // Seconds are a time in January 1970 here.
  if (nowMs - ms >= ageMaxHours * hour) yield { field, message: `event_at timestamp must be less than ${ageMaxHours}h0m0s old` };
  if (ms > nowMs + minute) yield { field, message: 'event_at timestamp must not be in the future' };
}

function* userProblems(event: Json, at: string): Generator<FieldError> {
  const user = isObject(event.user) ? event.user : {};
  if (looksHashed(event.click_id)) yield { field: `${at}.click_id`, message: 'click_id must not be hashed' };
  if (looksHashed(user.user_agent)) yield { field: `${at}.user.user_agent`, message: 'user_agent must not be hashed' };
  for (const [key, isClear] of Object.entries(clearForms)) {
    const value = user[key];
    if (typeof value !== 'string') continue;
    if (value === emptyHash || !(looksHashed(value) ? isHash(value) : isClear(value))) yield { field: `${at}.user.${key}`, message: `user.${key}: neither a valid value nor its SHA-256 hash in lower-case hex` };
  }
  if (user.uuid !== undefined && !uuid.test(String(user.uuid))) yield { field: `${at}.user.UUID`, message: 'user.UUID: invalid UUID: UUID must be RFC-4122 compliant' };
  if (!isText(event.click_id) && !matchKeys.some((key) => isText(user[key]))) yield { field: `${at}.user`, message: 'at least one match key is required' };
}

function* metadataProblems(metadata: Json, at: string): Generator<FieldError> {
  if (typeof metadata.value === 'number' && metadata.value < 0) yield { field: `${at}.value`, message: 'value must not be negative' };
  if (metadata.currency !== undefined && !isCurrency(metadata.currency)) yield { field: `${at}.currency`, message: `invalid currency: ${String(metadata.currency)}` };
  if (metadata.conversion_id !== undefined && !isText(metadata.conversion_id)) yield { field: `${at}.conversion_id`, message: 'conversion_id must not be empty' };
}
