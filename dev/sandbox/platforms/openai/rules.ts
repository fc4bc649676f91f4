/**
 * What OpenAI demands of one event. The first broken rule refuses the whole batch.
 * https://developers.openai.com/ads/conversions-api
 */
import type { Answer } from '../../contract.ts';
import { day, isObject, isText, looksHashed, minute } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import { brokenData, dataTypes } from './data.ts';
import { invalid, missing } from './errors.ts';
import { brokenUser } from './user.ts';

const eventFields = new Set(['id', 'type', 'timestamp_ms', 'custom_event_name', 'oppref', 'source_url', 'action_source', 'user', 'opt_out', 'data']);
const actionSources = ['web', 'mobile_app', 'offline', 'physical_store', 'phone_call', 'email', 'other'];
const customName = /^[A-Za-z0-9]([A-Za-z0-9_-]{0,62}[A-Za-z0-9])?$/;
/** Anything below is a time in seconds. */
const millisecondsMin = 1_000_000_000_000;

export function brokenRule(event: unknown, index: number, nowMs: number): Answer | null {
  const at = `events[${index}]`;
  if (!isObject(event)) return invalid(at, `${at} must be an object.`);
  return brokenNames(event, at) ?? brokenTime(event.timestamp_ms, `${at}.timestamp_ms`, nowMs) ?? brokenSource(event, at)
    ?? (event.user === undefined ? null : brokenUser(event.user, `${at}.user`))
    ?? brokenData(event.data, String(event.type), `${at}.data`);
}

function brokenNames(event: Json, at: string): Answer | null {
  const unknown = Object.keys(event).find((key) => !eventFields.has(key));
  if (unknown) return invalid(`${at}.${unknown}`, `${at}.${unknown} is not a supported field.`);
  const absent = ['id', 'type', 'timestamp_ms', 'action_source'].find((key) => event[key] === undefined);
  if (absent) return missing(`${at}.${absent}`);
  if (!isText(event.id)) return invalid(`${at}.id`, `${at}.id must be a non-empty string.`);
  if (!isText(event.type) || !Object.hasOwn(dataTypes, event.type)) return invalid(`${at}.type`, `${at}.type must be one of: ${Object.keys(dataTypes).join(', ')}.`);
  const custom = event.custom_event_name;
  if (event.type !== 'custom') return custom === undefined ? null : invalid(`${at}.custom_event_name`, `${at}.custom_event_name is only supported when type is custom.`);
  if (custom === undefined) return missing(`${at}.custom_event_name`);
  const isName = typeof custom === 'string' && customName.test(custom) && !Object.hasOwn(dataTypes, custom.toLowerCase());
  return isName ? null : invalid(`${at}.custom_event_name`, `${at}.custom_event_name must be 1 to 64 letters, digits, underscores or hyphens and must not be a standard event name.`);
}

function brokenTime(time: unknown, at: string, nowMs: number): Answer | null {
  if (!Number.isInteger(time) || Number(time) < millisecondsMin) return invalid(at, `${at} must be an integer Unix timestamp in milliseconds.`);
  if (Number(time) < nowMs - 7 * day) return invalid(at, `${at} must be within the last 7 days.`);
  return Number(time) > nowMs + 10 * minute ? invalid(at, `${at} must be no more than 10 minutes in the future.`) : null;
}

function brokenSource(event: Json, at: string): Answer | null {
  if (!actionSources.includes(String(event.action_source))) return invalid(`${at}.action_source`, `${at}.action_source must be one of: ${actionSources.join(', ')}.`);
  if (String(event.type).startsWith('app_') && event.action_source !== 'mobile_app') return invalid(`${at}.action_source`, `${at}.action_source must be mobile_app for ${String(event.type)}.`);
  if (event.action_source === 'web' && event.source_url === undefined) return missing(`${at}.source_url`);
  if (event.source_url !== undefined && !(isText(event.source_url) && /^https?:\/\//.test(event.source_url) && URL.canParse(event.source_url))) {
    return invalid(`${at}.source_url`, `${at}.source_url must be an absolute http or https URL.`);
  }
  if (event.oppref !== undefined && (!isText(event.oppref) || looksHashed(event.oppref))) return invalid(`${at}.oppref`, `${at}.oppref must be the value that OpenAI provided.`);
  return event.opt_out === undefined || typeof event.opt_out === 'boolean' ? null : invalid(`${at}.opt_out`, `${at}.opt_out must be a boolean.`);
}
