/** What TikTok demands of one event, as `<path>: <what is wrong>`. */
import { isIP } from 'node:net';
import { areHashes, day, isCurrency, isObject, isText, isUnixSeconds, looksHashed, minute } from '../../checks.ts';
import type { Json } from '../../checks.ts';

const required = 'Missing data for required field.';
const notText = 'Not a valid string.';
const hashedKeys = ['email', 'phone', 'external_id', 'first_name', 'last_name', 'zip_code'];
const plainKeys = ['ttclid', 'ttp', 'ip', 'user_agent', 'locale', 'city', 'state', 'country', 'idfa', 'idfv', 'gaid', 'att_status'];

/** Sources, and how old their events may be. */
export const sources: Record<string, { ageMaxDays: number }> = {
  web: { ageMaxDays: 7 }, app: { ageMaxDays: 7 }, offline: { ageMaxDays: 28 }, crm: { ageMaxDays: 28 },
};

export function* problems(event: unknown, index: number, source: string, nowMs: number): Generator<string> {
  const at = `data.${index}`;
  if (!isObject(event)) return yield `${at}: Invalid input type.`;
  if (event.event === undefined) yield `${at}.event: ${required}`;
  else if (!isText(event.event)) yield `${at}.event: ${notText}`;
  if (event.event_id !== undefined && !isText(event.event_id)) yield `${at}.event_id: ${notText}`;
  if (event.limited_data_use !== undefined && typeof event.limited_data_use !== 'boolean') yield `${at}.limited_data_use: Not a valid boolean.`;
  yield* timeProblems(event.event_time, `${at}.event_time`, sources[source]!.ageMaxDays, nowMs);
  for (const part of ['user', 'properties', 'page', 'app', 'ad', 'lead']) {
    if (event[part] !== undefined && !isObject(event[part])) yield `${at}.${part}: Invalid input type.`;
  }
  if (isObject(event.user)) yield* userProblems(event.user, `${at}.user`);
  if (isObject(event.properties)) yield* propertyProblems(event.properties, `${at}.properties`);
  if (isObject(event.page)) yield* textProblems(event.page, ['url', 'referrer'], `${at}.page`);
  if (isObject(event.lead)) yield* textProblems(event.lead, ['lead_id', 'lead_event_source'], `${at}.lead`);
}

function* timeProblems(seconds: unknown, at: string, ageMaxDays: number, nowMs: number): Generator<string> {
  if (seconds === undefined) return yield `${at}: ${required}`;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds)) return yield `${at}: Not a valid integer.`;
  if (!isUnixSeconds(seconds) || seconds * 1000 > nowMs + minute) return yield `${at}: The event time is in the future. Use a Unix timestamp in seconds.`;
  if (nowMs - seconds * 1000 > ageMaxDays * day) yield `${at}: The event time is more than ${ageMaxDays} days ago.`;
}

function* userProblems(user: Json, at: string): Generator<string> {
  for (const key of hashedKeys) {
    if (user[key] !== undefined && !areHashes(user[key])) yield `${at}.${key}: The value must be hashed with SHA-256.`;
  }
  yield* textProblems(user, plainKeys, at);
  for (const key of plainKeys) if (looksHashed(user[key])) yield `${at}.${key}: The value must not be hashed.`;
  if (isText(user.ip) && !isIP(user.ip)) yield `${at}.ip: Not a valid IP address.`;
}

function* propertyProblems(properties: Json, at: string): Generator<string> {
  const { value, currency, contents, content_ids: ids, content_type: type } = properties;
  if (value !== undefined && (typeof value !== 'number' || value < 0)) yield `${at}.value: Not a valid number.`;
  if (currency !== undefined && !isCurrency(currency)) yield `${at}.currency: Not a valid currency code.`;
  yield* textProblems(properties, ['order_id', 'shop_id', 'query', 'search_string', 'description', 'status'], at);
  if (type !== undefined && type !== 'product' && type !== 'product_group') yield `${at}.content_type: Must be one of: product, product_group.`;
  if (properties.num_items !== undefined && !Number.isInteger(properties.num_items)) yield `${at}.num_items: Not a valid integer.`;
  if (ids !== undefined && !(Array.isArray(ids) && ids.every(isText))) yield `${at}.content_ids: ${notText}`;
  if (contents !== undefined && !Array.isArray(contents)) return yield `${at}.contents: Not a valid list.`;
  for (const [index, content] of (contents ?? []).entries()) {
    if (!isObject(content)) yield `${at}.contents.${index}: Invalid input type.`;
    else yield* contentProblems(content, `${at}.contents.${index}`);
  }
}

function* contentProblems(content: Json, at: string): Generator<string> {
  yield* textProblems(content, ['content_id', 'content_name', 'content_category', 'brand'], at);
  if (content.price !== undefined && typeof content.price !== 'number') yield `${at}.price: Not a valid number.`;
  if (content.quantity !== undefined && !Number.isInteger(content.quantity)) yield `${at}.quantity: Not a valid integer.`;
}

function* textProblems(object: Json, keys: string[], at: string): Generator<string> {
  for (const key of keys) if (object[key] !== undefined && !isText(object[key])) yield `${at}.${key}: ${notText}`;
}
