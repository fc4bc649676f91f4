/** What Snap demands of one event: https://developers.snap.com/api/marketing-api/Conversions-API/Parameters and .../UsingTheAPI. */
import { isIP } from 'node:net';
import { areHashes, day, isCurrency, isObject, isText, isUnixSeconds, looksHashed, minute } from '../../checks.ts';
import type { Json } from '../../checks.ts';

const eventNames = new Set(('PURCHASE SAVE START_CHECKOUT ADD_CART VIEW_CONTENT ADD_BILLING SIGN_UP SEARCH PAGE_VIEW SUBSCRIBE AD_CLICK AD_VIEW COMPLETE_TUTORIAL '
  + 'LEVEL_COMPLETE INVITE LOGIN SHARE RESERVE ACHIEVEMENT_UNLOCKED ADD_TO_WISHLIST SPENT_CREDITS RATE START_TRIAL LIST_VIEW APP_INSTALL APP_OPEN '
  + 'CUSTOM_EVENT_1 CUSTOM_EVENT_2 CUSTOM_EVENT_3 CUSTOM_EVENT_4 CUSTOM_EVENT_5').split(' '));
/** Snap's own names, and Meta's for the same. */
const web = ['WEB', 'website'];
const app = ['MOBILE_APP', 'app'];
const actionSources = [...web, ...app, 'OFFLINE'];
const hashedKeys = ['em', 'ph', 'fn', 'ln', 'ge', 'ct', 'st', 'zp', 'country', 'external_id'];
const plainKeys = ['sc_click_id', 'sc_cookie1', 'client_ip_address', 'client_user_agent', 'madid', 'idfv', 'lead_id', 'subscription_id'];
const ageMaxDays = 37;

/** Why Snap refuses the event, all reasons. */
export function* problems(event: unknown, nowMs: number): Generator<string> {
  if (!isObject(event)) return yield 'Each event must be an object.';
  for (const key of ['event_name', 'event_time', 'action_source', 'user_data']) {
    if (event[key] === undefined || event[key] === null || event[key] === '') yield `Missing required field: ${key}`;
  }
  if (event.event_name !== undefined && !eventNames.has(String(event.event_name))) yield `Invalid event_name: ${String(event.event_name)}`;
  if (event.action_source !== undefined && !actionSources.includes(String(event.action_source))) yield `Invalid action_source: ${String(event.action_source)}`;
  if (event.event_id !== undefined && !isText(event.event_id)) yield 'Invalid event_id: must be a string';
  yield* timeProblems(event.event_time, nowMs);
  yield* sourceProblems(event);
  if (isObject(event.user_data)) yield* userProblems(event.user_data);
  else if (event.user_data !== undefined) yield 'Invalid user_data: must be an object';
  yield* moneyProblems(event);
}

function* timeProblems(seconds: unknown, nowMs: number): Generator<string> {
  if (seconds === undefined || seconds === null) return;
  // Snap reads milliseconds too; its documentation has seconds only.
  if (!isUnixSeconds(seconds)) return yield 'Timestamp invalid or out of range: event_time must be a Unix timestamp in seconds';
  if (seconds * 1000 > nowMs + minute) yield 'Timestamp invalid or out of range: event_time is in the future';
  if (nowMs - seconds * 1000 > ageMaxDays * day) yield `Timestamp invalid or out of range: event_time is more than ${ageMaxDays} days ago`;
}

function* sourceProblems(event: Json): Generator<string> {
  const url = event.event_source_url;
  if (url === undefined && web.includes(String(event.action_source))) yield 'Missing required field: event_source_url';
  if (url !== undefined && !(isText(url) && URL.canParse(url))) yield 'Invalid event_source_url';
  if (app.includes(String(event.action_source)) && !(isObject(event.app_data) && Array.isArray(event.app_data.extinfo))) yield 'Missing required field: app_data.extinfo';
}

function* userProblems(user: Json): Generator<string> {
  for (const key of hashedKeys) if (user[key] !== undefined && !areHashes(user[key])) yield `Unhashed PII: ${key} must be hashed with SHA-256`;
  for (const key of plainKeys) {
    if (user[key] !== undefined && !isText(user[key])) yield `Invalid ${key}: must be a string`;
    else if (looksHashed(user[key])) yield key === 'client_ip_address' ? 'Invalid hashed IP Address' : `Invalid ${key}: must not be hashed`;
  }
  const ip = user.client_ip_address;
  if (isText(ip) && !looksHashed(ip) && !isIP(ip)) yield 'Invalid client_ip_address';
  if (!user.em && !user.ph && !user.madid && !(ip && user.client_user_agent)) {
    yield 'Insufficient PII: one of em, ph, madid, or client_ip_address with client_user_agent is required';
  }
}

const isAmount = (value: unknown): boolean => (typeof value === 'number' && value >= 0) || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value));

function* moneyProblems(event: Json): Generator<string> {
  const custom = event.custom_data;
  if (custom !== undefined && !isObject(custom)) return yield 'Invalid custom_data: must be an object';
  const { value, currency, order_id: orderId, contents } = custom ?? {};
  if (event.event_name === 'PURCHASE' && (value === undefined || currency === undefined)) yield 'Missing price and/or currency in Purchase event';
  if (value !== undefined && !isAmount(value)) yield 'Invalid value: must be a number of at least 0';
  if (currency !== undefined && !isCurrency(currency)) yield 'Invalid currency: must be an ISO 4217 code';
  if (orderId !== undefined && !isText(orderId)) yield 'Invalid order_id: must be a string';
  if (contents !== undefined && !(Array.isArray(contents) && contents.every(isObject))) yield 'Invalid contents: must be a list of objects';
}
