/** What the UET Conversions API demands of one event. null stands for a field that is not set. A property that it does not know is refused by the sandbox alone. */
import { isIP } from 'node:net';
import { day, isCurrency, isHash, isObject, isText, isUnixSeconds, looksHashed, minute } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { Detail } from './capi-errors.ts';

type Problem = Omit<Detail, 'index'>;
const problem = (propertyName: string, attemptedValue: unknown, errorMessage: string): Problem => ({ propertyName, attemptedValue: attemptedValue ?? null, errorMessage });

const texts = {
  event: ['eventType', 'eventName', 'eventId', 'eventSourceUrl', 'pageLoadId', 'referrerUrl', 'pageTitle', 'keywords', 'adStorageConsent', 'dataProvider'],
  user: ['em', 'ph', 'msclkid', 'anonymousId', 'externalId', 'clientIpAddress', 'clientUserAgent', 'idfa', 'gaid'],
  custom: ['eventCategory', 'eventLabel', 'searchTerm', 'transactionId', 'currency', 'pageType', 'ecommCategory'],
};
const numbers = ['value', 'eventValue', 'ecommTotalValue'];
const identifying = ['anonymousId', 'externalId', 'em', 'ph', 'msclkid', 'idfa', 'gaid'];
const pageTypes = ['home', 'product', 'category', 'searchresults', 'cart', 'purchase', 'other'];
const ageMaxDays = 7;

/** A Microsoft click id: 32 hexadecimal digits, with or without the dashes of a UUID. */
export const isClickId = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(value);

export function* problems(event: unknown, nowMs: number): Generator<Problem> {
  if (!isObject(event)) return yield problem('', event, 'The event must be an object.');
  yield* keyProblems(event, [...texts.event, 'eventTime', 'userData', 'customData', 'continueOnValidationError'], texts.event, '');
  if (event.eventType !== 'pageLoad' && event.eventType !== 'custom') yield problem('eventType', event.eventType, "'Event Type' must be one of: pageLoad, custom.");
  if (event.eventType === 'custom' && !isText(event.eventName)) yield problem('eventName', event.eventName, "'Event Name' must not be empty for custom events.");
  if (event.eventType === 'pageLoad' && !isText(event.eventSourceUrl)) yield problem('eventSourceUrl', event.eventSourceUrl, "'Event Source Url' must not be empty for pageLoad events.");
  if (isText(event.eventSourceUrl) && !URL.canParse(event.eventSourceUrl)) yield problem('eventSourceUrl', event.eventSourceUrl, "'Event Source Url' must be a valid URL.");
  yield* timeProblems(event.eventTime, nowMs);
  if (event.adStorageConsent != null && event.adStorageConsent !== 'G' && event.adStorageConsent !== 'D') yield problem('adStorageConsent', event.adStorageConsent, "'Ad Storage Consent' must be G or D.");
  if (!isObject(event.userData)) yield problem('userData', event.userData, "'User Data' must not be empty.");
  else yield* userProblems(event.userData);
  if (event.customData != null) {
    if (isObject(event.customData)) yield* customProblems(event.customData);
    else yield problem('customData', event.customData, "'Custom Data' must be an object.");
  }
}

function* keyProblems(object: Json, known: string[], textual: string[], at: string): Generator<Problem> {
  for (const [key, value] of Object.entries(object)) {
    if (!known.includes(key)) yield problem(`${at}${key}`, value, `Unknown property '${key}'.`);
    else if (textual.includes(key) && value !== null && !isText(value)) yield problem(`${at}${key}`, value, `'${key}' must be a non-empty string.`);
  }
}

function* timeProblems(seconds: unknown, nowMs: number): Generator<Problem> {
  if (!isUnixSeconds(seconds)) yield problem('eventTime', seconds, "'Event Time' must be a Unix timestamp in seconds.");
  else if (seconds * 1000 > nowMs + minute) yield problem('eventTime', seconds, "'Event Time' must not be in the future.");
  else if (nowMs - seconds * 1000 > ageMaxDays * day) yield problem('eventTime', seconds, `'Event Time' must be within the last ${ageMaxDays} days.`);
}

function* userProblems(user: Json): Generator<Problem> {
  yield* keyProblems(user, texts.user, texts.user, 'userData.');
  if (!identifying.some((key) => isText(user[key]))) yield problem('userData', null, `'User Data' must have at least one of: ${identifying.join(', ')}.`);
  for (const key of ['em', 'ph']) if (isText(user[key]) && !isHash(user[key])) yield problem(`userData.${key}`, user[key], `'${key}' must be a SHA-256 hash.`);
  for (const key of ['clientUserAgent', 'idfa', 'gaid', 'clientIpAddress']) if (looksHashed(user[key])) yield problem(`userData.${key}`, user[key], `'${key}' must not be hashed.`);
  if (isText(user.msclkid) && !isClickId(user.msclkid)) yield problem('userData.msclkid', user.msclkid, "'msclkid' must be a valid click ID.");
  if (isText(user.clientIpAddress) && !isIP(user.clientIpAddress)) yield problem('userData.clientIpAddress', user.clientIpAddress, "'Client Ip Address' must be a valid IP address.");
}

function* customProblems(custom: Json): Generator<Problem> {
  yield* keyProblems(custom, [...texts.custom, ...numbers, 'itemIds', 'items', 'hotelData'], texts.custom, 'customData.');
  for (const key of numbers) if (custom[key] != null && (typeof custom[key] !== 'number' || custom[key] < 0)) yield problem(`customData.${key}`, custom[key], `'${key}' must be a number of at least 0.`);
  if (isText(custom.currency) && !isCurrency(custom.currency)) yield problem('customData.currency', custom.currency, "'Currency' must be an ISO 4217 code.");
  if (isText(custom.pageType) && !pageTypes.includes(custom.pageType)) yield problem('customData.pageType', custom.pageType, `'Page Type' must be one of: ${pageTypes.join(', ')}.`);
  if (custom.itemIds != null && !(Array.isArray(custom.itemIds) && custom.itemIds.every(isText))) yield problem('customData.itemIds', custom.itemIds, "'Item Ids' must be a list of strings.");
  if (custom.items != null && !Array.isArray(custom.items)) return yield problem('customData.items', custom.items, "'Items' must be a list.");
  for (const [index, item] of ((custom.items ?? []) as unknown[]).entries()) {
    const at = `customData.items[${index}]`;
    if (!isObject(item)) yield problem(at, item, 'The item must be an object.');
    else if ([item.id, item.name].some((value) => value != null && !isText(value)) || [item.price, item.quantity].some((value) => value != null && typeof value !== 'number')) yield problem(at, item, 'The item has an invalid value.');
  }
}
