/** What Analytics 4 demands of one event: its name, its parameters, and what makes a purchase or a refund count. */
import { isCurrency, isObject, isText } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { ValidationCode, ValidationMessage } from './errors.ts';

const reservedNames = new Set([
  'ad_activeview', 'ad_click', 'ad_exposure', 'ad_impression', 'ad_query', 'ad_reward', 'adunit_exposure', 'app_background', 'app_clear_data', 'app_exception', 'app_install', 'app_remove',
  'app_store_refund', 'app_store_subscription_cancel', 'app_store_subscription_convert', 'app_store_subscription_renew', 'app_update', 'app_upgrade', 'dynamic_link_app_open',
  'dynamic_link_app_update', 'dynamic_link_first_open', 'error', 'firebase_campaign', 'firebase_in_app_message_action', 'firebase_in_app_message_dismiss', 'firebase_in_app_message_impression',
  'first_open', 'first_visit', 'in_app_purchase', 'notification_dismiss', 'notification_foreground', 'notification_open', 'notification_receive', 'notification_send', 'os_update',
  'session_start', 'user_engagement',
]);
const reservedPrefix = /^(_|firebase_|ga_|google_|gtag\.)/;
/** Longest values of text parameters, for a standard property. */
const lengths: Record<string, number> = { page_title: 300, page_referrer: 420, page_location: 1000 };

const problem = (fieldPath: string, validationCode: ValidationCode, description: string): ValidationMessage => ({ fieldPath, description, validationCode });

export function* eventProblems(event: unknown, index: number): Generator<ValidationMessage> {
  if (!isObject(event)) return yield problem('events', 'VALUE_INVALID', `Event at index: [${index}] is not an object.`);
  for (const key of Object.keys(event)) {
    if (!['name', 'params', 'timestamp_micros'].includes(key)) yield { description: `Unable to parse Measurement Protocol JSON payload. (events[${index}]) ${key}: Cannot find field.`, validationCode: 'VALUE_INVALID' };
  }
  yield* nameProblems(event.name, index);
  if (event.params !== undefined && !isObject(event.params)) return yield problem(`events[${index}].params`, 'VALUE_INVALID', 'params must be an object.');
  const params = (event.params ?? {}) as Json;
  yield* paramProblems(params, `events[${index}].params`);
  yield* saleProblems(String(event.name), params, `events[${index}].params`);
}

function* nameProblems(name: unknown, index: number): Generator<ValidationMessage> {
  const invalid = (why: string): ValidationMessage => problem('events', 'NAME_INVALID', `Event at index: [${index}] has invalid name [${String(name)}]. ${why}`);
  if (!isText(name)) return yield problem('events', 'VALUE_REQUIRED', `Event at index: [${index}] requires a name.`);
  if (!/^[A-Za-z]/.test(name)) yield invalid('Names must start with an alphabetic character.');
  else if (!/^\w+$/.test(name)) yield invalid('Only alphanumeric characters and underscores are allowed.');
  else if (name.length > 40) yield invalid('Names must be 40 characters or fewer.');
  if (reservedNames.has(name) || (reservedPrefix.test(name) && !name.startsWith('_'))) yield problem('events', 'NAME_RESERVED', `Event at index: [${index}] has name [${name}] which is reserved.`);
}

function* paramProblems(params: Json, at: string): Generator<ValidationMessage> {
  const names = Object.keys(params);
  if (names.length > 25) yield problem(at, 'EXCEEDED_MAX_ENTITIES', `Event has [${names.length}] parameters, more than the maximum of [25].`);
  for (const name of names) {
    const value = params[name];
    if (name.length > 40 || !/^[A-Za-z]\w*$/.test(name)) yield problem(`${at}.${name}`, 'NAME_INVALID', `Parameter has invalid name [${name}].`);
    if (reservedPrefix.test(name)) yield problem(`${at}.${name}`, 'NAME_RESERVED', `Parameter has name [${name}] which is reserved.`);
    if (name === 'items') yield* itemProblems(value, `${at}.items`);
    else if (typeof value === 'string' && value.length > (lengths[name] ?? 100)) yield problem(`${at}.${name}`, 'VALUE_OUT_OF_BOUNDS', `Value is longer than [${lengths[name] ?? 100}] characters.`);
    else if (typeof value !== 'string' && typeof value !== 'number') yield problem(`${at}.${name}`, 'VALUE_INVALID', 'Value is not a string or number.');
  }
}

function* itemProblems(items: unknown, at: string): Generator<ValidationMessage> {
  if (!Array.isArray(items)) return yield problem(at, 'VALUE_INVALID', 'items must be a list.');
  if (items.length > 200) yield problem(at, 'EXCEEDED_MAX_ENTITIES', 'Event has more than the maximum of [200] items.');
  for (const [index, item] of items.entries()) {
    if (!isObject(item) || !(isText(item.item_id) || isText(item.item_name))) yield problem(`${at}[${index}]`, 'VALUE_REQUIRED', "'items' object must contain one of the following keys: 'item_id' or 'item_name'");
    else if ([item.price, item.quantity].some((value) => value !== undefined && typeof value !== 'number')) yield problem(`${at}[${index}]`, 'VALUE_INVALID', 'price and quantity must be numbers.');
  }
}

/** Without these Analytics takes the event but computes no revenue from it, or cannot join it with its purchase. */
function* saleProblems(name: string, { transaction_id: id, value, currency, items }: Json, at: string): Generator<ValidationMessage> {
  if (value !== undefined && (typeof value !== 'number' || !Number.isFinite(value) || value < 0)) yield problem(`${at}.value`, 'VALUE_INVALID', 'value must be a number.');
  if (currency !== undefined && !isCurrency(currency)) yield problem(`${at}.currency`, 'VALUE_INVALID', `currency: ${String(currency)} must be a valid uppercase 3-letter ISO 4217 format`);
  if (value !== undefined && currency === undefined) yield problem(`${at}.currency`, 'VALUE_REQUIRED', 'currency is required if value is set.');
  if (name !== 'purchase' && name !== 'refund') return;
  if (!isText(id)) yield problem(`${at}.transaction_id`, 'VALUE_REQUIRED', `${name} requires a transaction_id.`);
  if (name === 'purchase' && value === undefined && !(Array.isArray(items) && items.length > 0)) yield problem(`${at}.value`, 'VALUE_REQUIRED', 'purchase requires a value or items.');
}
