/** What Analytics 4 would drop or not process, as messages of its validation server. Sources: its pages "Protocol reference", "Send events" (limits, reserved names), "User-provided data". */
import { areHashes, hour, isObject, isText, minute } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { ValidationCode, ValidationMessage } from './errors.ts';
import { eventProblems } from './event-rules.ts';

const rootKeys = new Set([
  'client_id', 'user_id', 'timestamp_micros', 'user_properties', 'user_data', 'consent', 'non_personalized_ads', 'user_location', 'ip_override', 'device', 'validation_behavior', 'events',
]);
const bodyMaxBytes = 130_000;
const eventsMax = 25;
const ageMaxMs = 72 * hour;

const problem = (fieldPath: string | undefined, validationCode: ValidationCode, description: string): ValidationMessage => ({ ...(fieldPath ? { fieldPath } : {}), description, validationCode });

/** Messages without `event` cost the whole request. */
export function* problems(text: string, root: unknown, nowMs: number): Generator<ValidationMessage> {
  if (!isObject(root)) return yield problem(undefined, 'VALUE_INVALID', 'Unable to parse Measurement Protocol JSON payload.');
  for (const key of Object.keys(root)) if (!rootKeys.has(key)) yield problem(undefined, 'VALUE_INVALID', `Unable to parse Measurement Protocol JSON payload. ${key}: Cannot find field.`);
  if (Buffer.byteLength(text) > bodyMaxBytes) yield problem('#', 'VALUE_OUT_OF_BOUNDS', 'Post body must be smaller than 130kBs');
  yield* clientProblems(root);
  if (root.timestamp_micros !== undefined) yield* timeProblems(root.timestamp_micros, 'timestamp_micros', nowMs);
  if (root.user_data !== undefined) yield* userProblems(root.user_data);
  if (root.user_properties !== undefined) yield* propertyProblems(root.user_properties);
  if (root.consent !== undefined) yield* consentProblems(root.consent);
  const { events } = root;
  if (!Array.isArray(events) || events.length === 0) return yield problem('events', 'VALUE_REQUIRED', 'Measurement requires at least one event.');
  if (events.length > eventsMax) return yield problem('events', 'EXCEEDED_MAX_ENTITIES', `Measurement has [${events.length}] events, more than the maximum of [${eventsMax}].`);
  for (const [index, event] of events.entries()) {
    for (const one of eventProblems(event, index)) yield { ...one, event: index };
    if (isObject(event) && event.timestamp_micros !== undefined) for (const one of timeProblems(event.timestamp_micros, `events[${index}].timestamp_micros`, nowMs)) yield { ...one, event: index };
  }
}

function* clientProblems({ client_id: clientId, user_id: userId, validation_behavior: behavior }: Json): Generator<ValidationMessage> {
  if (clientId === undefined || clientId === '') yield problem('client_id', 'VALUE_REQUIRED', 'Measurement requires a client_id.');
  else if (!isText(clientId)) yield problem('client_id', 'VALUE_INVALID', 'Measurement client_id must be a string.');
  else if (behavior === 'ENFORCE_RECOMMENDATIONS' && !/^\d+\.\d+$/.test(clientId)) {
    yield problem('client_id', 'VALUE_INVALID', `client_id [${clientId}] has invalid format. It should be in <number>.<number> format.`);
  }
  if (userId !== undefined && (!isText(userId) || userId.length > 256)) yield problem('user_id', 'VALUE_INVALID', 'Measurement user_id must be a string of at most 256 characters.');
}

/** Microseconds. Seconds and milliseconds read as 1970, and are too old. Outside of strict validation Analytics moves an older time to 72 hours ago; here the event is dropped. */
function* timeProblems(micros: unknown, fieldPath: string, nowMs: number): Generator<ValidationMessage> {
  if (typeof micros !== 'number' || !Number.isInteger(micros)) return yield problem(fieldPath, 'VALUE_INVALID', `Measurement ${fieldPath} must be an integer number of microseconds.`);
  if (micros / 1000 < nowMs - ageMaxMs) yield problem(fieldPath, 'VALUE_INVALID', `Measurement timestamp_micros has timestamp [${micros}] that is more than 72 hours in the past.`);
  if (micros / 1000 > nowMs + 15 * minute) yield problem(fieldPath, 'VALUE_INVALID', `Measurement timestamp_micros has timestamp [${micros}] that is in the future.`);
}

function* userProblems(user: unknown): Generator<ValidationMessage> {
  if (!isObject(user)) return yield problem('user_data', 'VALUE_INVALID', 'user_data must be an object.');
  for (const key of ['sha256_email_address', 'sha256_phone_number']) {
    if (user[key] !== undefined && !areHashes(user[key])) yield problem(`user_data.${key}`, 'VALUE_INVALID', `${key} must be a hex encoded SHA-256 hash.`);
  }
  for (const [index, address] of [user.address ?? []].flat().entries()) {
    for (const [key, value] of Object.entries(isObject(address) ? address : { address: null })) {
      const at = `user_data.address[${index}].${key}`;
      if (key.startsWith('sha256_') ? !areHashes(value) : !isText(value)) yield problem(at, 'VALUE_INVALID', `${key} has an invalid value.`);
    }
  }
}

function* propertyProblems(properties: unknown): Generator<ValidationMessage> {
  if (!isObject(properties)) return yield problem('user_properties', 'VALUE_INVALID', 'user_properties must be an object.');
  if (Object.keys(properties).length > 25) yield problem('user_properties', 'EXCEEDED_MAX_ENTITIES', 'Measurement has more than the maximum of [25] user properties.');
  for (const [name, property] of Object.entries(properties)) {
    if (name.length > 24 || !/^[A-Za-z]\w*$/.test(name)) yield problem(`user_properties.${name}`, 'NAME_INVALID', `User property has invalid name [${name}].`);
    const value = isObject(property) ? property.value : undefined;
    if ((typeof value !== 'string' && typeof value !== 'number') || String(value).length > 36) yield problem(`user_properties.${name}.value`, 'VALUE_INVALID', 'Value is not a string or number of at most 36 characters.');
  }
}

function* consentProblems(consent: unknown): Generator<ValidationMessage> {
  for (const [key, value] of Object.entries(isObject(consent) ? consent : { '': null })) {
    if (!['ad_user_data', 'ad_personalization'].includes(key) || !['GRANTED', 'DENIED'].includes(String(value))) yield problem(`consent.${key}`, 'VALUE_INVALID', 'Consent must be ad_user_data or ad_personalization, GRANTED or DENIED.');
  }
}
