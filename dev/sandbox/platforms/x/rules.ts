/** What X demands of one conversion: https://docs.x.com/x-ads-api/measurement/web-conversions. All errors of all conversions are listed. */
import { isIP } from 'node:net';
import { day, isCurrency, isHash, isObject, isText, looksHashed, minute } from '../../checks.ts';
import type { Account } from '../../world.ts';
import { invalid } from './errors.ts';

type XError = ReturnType<typeof invalid>;

const identifierKeys = ['twclid', 'hashed_email', 'hashed_phone_number', 'ip_address', 'user_agent'];
/** "If using IP address or user agent, a second identifier must be sent." */
const strongKeys = ['twclid', 'hashed_email', 'hashed_phone_number'];
const ageMaxDays = 90;
const iso8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

/** `o87ne` and `tw-o8z6j-o87ne` name the same event. */
export function shortEventId(eventId: unknown, pixel: string): string | null {
  if (!isText(eventId)) return null;
  const prefix = `tw-${pixel}-`;
  const short = eventId.startsWith(prefix) ? eventId.slice(prefix.length) : eventId;
  return /^[0-9a-z]+$/.test(short) ? short : null;
}

export function* problems(conversion: unknown, index: number, pixel: Account, nowMs: number): Generator<XError> {
  const at = `conversions[${index}]`;
  if (!isObject(conversion)) return yield invalid('A conversion must be an object', at);
  const { event_id: eventId, conversion_id: conversionId, price_currency: currency, value, number_items: count } = conversion;
  yield* timeProblems(conversion.conversion_time, `${at}.conversion_time`, nowMs);
  const short = shortEventId(eventId, pixel.account);
  if (eventId === undefined || (short !== null && !pixel.conversionActions.some(({ id }) => id === short))) yield invalid('Event ID was not found', `${at}.event_id`);
  else if (short === null) yield invalid(`Event_id (${String(eventId)}) is not a single event tag (SET)`, `${at}.event_id`);
  yield* identifierProblems(conversion.identifiers, `${at}.identifiers`);
  if (conversionId !== undefined && !isText(conversionId)) yield invalid('Conversion_id must be a string', `${at}.conversion_id`);
  if (currency !== undefined && !isCurrency(currency)) yield invalid('Price_currency is not a valid ISO 4217 code', `${at}.price_currency`);
  if (value !== undefined && !isAmount(value)) yield invalid('Value is not a valid price', `${at}.value`);
  if (count !== undefined && !(Number.isInteger(count) && Number(count) > 0)) yield invalid('Number_items must be a positive number greater than zero', `${at}.number_items`);
  if (conversion.description !== undefined && !isText(conversion.description)) yield invalid('Description must be a string', `${at}.description`);
  if (conversion.contents !== undefined && !(Array.isArray(conversion.contents) && conversion.contents.every(isObject))) yield invalid('Contents must be a list of objects', `${at}.contents`);
}

const isAmount = (value: unknown): boolean => (typeof value === 'number' && value >= 0) || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value));

function* timeProblems(time: unknown, at: string, nowMs: number): Generator<XError> {
  if (typeof time !== 'string' || !iso8601.test(time) || Number.isNaN(Date.parse(time))) return yield invalid('Conversion_time is not a valid ISO 8601 time', at);
  if (Date.parse(time) > nowMs + minute) yield invalid('Conversion_time is in the future', at);
  if (nowMs - Date.parse(time) > ageMaxDays * day) yield invalid(`Conversion_time is more than ${ageMaxDays} days ago`, at);
}

function* identifierProblems(identifiers: unknown, at: string): Generator<XError> {
  if (!Array.isArray(identifiers) || identifiers.length === 0 || !identifiers.every(isObject)) return yield invalid('At least one user identifier must be provided', at);
  const pairs = identifiers.flatMap((identifier) => Object.entries(identifier));
  for (const [key, value] of pairs) {
    if (!identifierKeys.includes(key)) yield invalid(`Unknown identifier ${key}`, at);
    else if (key.startsWith('hashed_')) {
      if (!isHash(value)) yield invalid(`${key[0]!.toUpperCase()}${key.slice(1)} is not a valid SHA-256 hash`, at);
    } else if (!isText(value) || looksHashed(value)) yield invalid(`${key[0]!.toUpperCase()}${key.slice(1)} must be a string that is not hashed`, at);
    else if (key === 'ip_address' && !isIP(value)) yield invalid('Ip_address is not a valid IP address', at);
  }
  if (!pairs.some(([key]) => strongKeys.includes(key))) yield invalid('At least one user identifier must be provided', at);
}
