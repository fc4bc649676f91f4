/** What Meta demands of one server event. The first broken rule refuses the whole request. */
import { isIP } from 'node:net';
import type { Answer } from '../../contract.ts';
import { areHashes, day, emptyHash, isCurrency, isObject, isText, isUnixSeconds, looksHashed, minute } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import { original, purchase, useOfData } from './content.ts';
import { invalid, parameterError } from './errors.ts';

const actionSources = ['email', 'website', 'app', 'phone_call', 'chat', 'physical_store', 'system_generated', 'business_messaging', 'other'];
const eventKeys = new Set(['event_name', 'event_time', 'user_data', 'action_source', 'event_id', 'event_source_url', 'referrer_url', 'opt_out',
  'data_processing_options', 'data_processing_options_country', 'data_processing_options_state', 'app_data', 'original_event_data', 'custom_data',
  'messaging_channel', 'advanced_measurement_table']);
const hashedKeys = ['em', 'ph', 'fn', 'ln', 'ge', 'db', 'ct', 'st', 'zp', 'country'];
const plainKeys = ['client_ip_address', 'client_user_agent', 'fbc', 'fbp', 'subscription_id', 'fb_login_id', 'lead_id', 'page_id', 'page_scoped_user_id',
  'ctwa_clid', 'ig_account_id', 'ig_sid', 'madid', 'anon_id', 'partner_id', 'partner_name', 'whatsapp_business_account_id'];
const userKeys = new Set([...hashedKeys, ...plainKeys, 'external_id']);
/** Each of these alone can find a person; country, city or an IP address alone cannot. */
const identifying = ['em', 'ph', 'external_id', 'fbc', 'fbp', 'subscription_id', 'fb_login_id', 'lead_id', 'page_scoped_user_id', 'ctwa_clid', 'ig_sid', 'madid', 'anon_id'];
/** Parts of an event, and the place in the request that an error names. */
interface Sent { event: Json; at: string; nowMs: number }
type Rule = (sent: Sent) => Answer | null;

export const brokenRule = (event: unknown, index: number, nowMs: number): Answer | null => {
  const at = `$['data'][${index}]`;
  if (!isObject(event)) return parameterError(`Expected an object on param "${at}".`);
  for (const rule of rules) {
    const broken = rule({ event, at, nowMs });
    if (broken) return broken;
  }
  return null;
};

const unexpectedKey = (object: Json, known: Set<string>, at: string): Answer | null => {
  const key = Object.keys(object).find((one) => !known.has(one));
  return key === undefined ? null : parameterError(`Unexpected key "${key}" on param "${at}".`);
};
const typeError = (at: string, type: string): Answer => parameterError(`Param "${at}" must be ${type}.`);

const keys: Rule = ({ event, at }) => {
  const missing = ['event_name', 'event_time', 'user_data', 'action_source'].find((key) => event[key] === undefined || event[key] === null);
  if (missing) return parameterError(`Missing expected key "${missing}" on param "${at}".`);
  return unexpectedKey(event, eventKeys, at) ?? (isObject(event.user_data) ? unexpectedKey(event.user_data, userKeys, `${at}['user_data']`) : typeError(`${at}['user_data']`, 'an object'));
};

const texts: Rule = ({ event, at }) => {
  const notText = ['event_name', 'event_id', 'event_source_url', 'referrer_url'].find((key) => event[key] !== undefined && !isText(event[key]));
  if (notText) return typeError(`${at}['${notText}']`, 'a non-empty string');
  if (!actionSources.includes(String(event.action_source))) return typeError(`${at}['action_source']`, `one of {${actionSources.join(', ')}}`);
  const options = event.data_processing_options;
  return options !== undefined && !(Array.isArray(options) && options.every((option) => option === 'LDU')) ? typeError(`${at}['data_processing_options']`, 'an array of LDU') : null;
};

const time: Rule = ({ event, at, nowMs }) => {
  const seconds = event.event_time;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds)) return typeError(`${at}['event_time']`, 'an integer');
  if (!isUnixSeconds(seconds) || seconds * 1000 > nowMs + minute) {
    return invalid(2804004, 'Event Timestamp In The Future', 'The timestamp for this event is in the future. Event timestamps are Unix timestamps in seconds and cannot be later than the time of the request.');
  }
  const ageMaxDays = event.action_source === 'physical_store' ? 62 : 7;
  if (nowMs - seconds * 1000 <= ageMaxDays * day) return null;
  return invalid(2804003, 'Event Timestamp Too Old', `The timestamp for this event is too far in the past. Events need to be sent from your server within ${ageMaxDays} days of when they occurred. Enter a timestamp that has occurred within the last ${ageMaxDays} days.`);
};

const website: Rule = ({ event, at }) => {
  if (event.action_source !== 'website') return null;
  if (!isText(event.event_source_url)) return parameterError(`Missing expected key "event_source_url" on param "${at}": it is required where action_source is website.`);
  if (!URL.canParse(event.event_source_url)) return typeError(`${at}['event_source_url']`, 'a URL');
  return isText((event.user_data as Json).client_user_agent) ? null : parameterError(`Missing expected key "client_user_agent" on param "${at}['user_data']": it is required where action_source is website.`);
};

const hashes: Rule = ({ event }) => {
  const user = event.user_data as Json;
  const plain = hashedKeys.find((key) => user[key] !== undefined && !areHashes(user[key]));
  if (plain) {
    return invalid(2804016, 'User Parameter Not Hashed', `The ${plain} parameter isn’t hashed. Hash all user parameters as SHA256, except for client user agent, click ID, and browser ID. Any other user parameters that are not hashed are automatically rejected by Facebook.`);
  }
  const hashed = plainKeys.find((key) => looksHashed(user[key]));
  if (hashed) return invalid(2804017, 'User Parameter Hashed', `The ${hashed} parameter must not be hashed. Send it as it was captured.`);
  const external = [user.external_id].flat();
  if (user.external_id !== undefined && !external.every((id) => isText(id) && id !== emptyHash)) return typeError("user_data['external_id']", 'a non-empty string or a list of them');
  return null;
};

const network: Rule = ({ event, at }) => {
  const user = event.user_data as Json;
  if (user.client_ip_address !== undefined && (typeof user.client_ip_address !== 'string' || !isIP(user.client_ip_address))) return typeError(`${at}['user_data']['client_ip_address']`, 'an IPv4 or IPv6 address');
  return user.client_user_agent === undefined || isText(user.client_user_agent) ? null : typeError(`${at}['user_data']['client_user_agent']`, 'a non-empty string');
};

/** Only the moment of the click fits in fbc: milliseconds, not after the event, at most 90 days before it. Meta itself only warns. */
const clickIds: Rule = ({ event }) => {
  const user = event.user_data as Json;
  const eventMs = Number(event.event_time) * 1000;
  if (user.fbc !== undefined) {
    const parts = typeof user.fbc === 'string' ? /^fb\.\d\.(\d{13})\.[\w.-]+$/.exec(user.fbc) : null;
    const clickedMs = Number(parts?.[1]);
    if (!parts) return invalid(2804019, 'Invalid Click ID', 'The fbc parameter must have the form fb.subdomainIndex.creationTime.fbclid, with the creation time in milliseconds.');
    if (clickedMs > eventMs + minute || clickedMs < eventMs - 90 * day) return invalid(2804019, 'Invalid Click ID', 'The creation time in the fbc parameter is not the time of a click within 90 days before the event.');
  }
  if (user.fbp !== undefined && !(typeof user.fbp === 'string' && /^fb\.\d\.\d{13}\.\d+(\.\w+)?$/.test(user.fbp))) {
    return invalid(2804019, 'Invalid Browser ID', 'The fbp parameter must have the form fb.subdomainIndex.creationTime.randomnumber, with the creation time in milliseconds.');
  }
  return null;
};

const somebody: Rule = ({ event }) => {
  const user = event.user_data as Json;
  if (identifying.some((key) => user[key] !== undefined) || (user.client_ip_address && user.client_user_agent)) return null;
  return invalid(2804050, "You haven't added sufficient customer information parameter data for this event", 'This event has no customer information parameters or it has a combination of customer information parameters that is so broad that it is unlikely to be effective for matching.');
};

const money: Rule = ({ event, at }) => {
  const custom = event.custom_data;
  if (custom !== undefined && !isObject(custom)) return typeError(`${at}['custom_data']`, 'an object');
  const { value, currency } = custom ?? {};
  if (event.event_name === 'Purchase' && (value === undefined || value === null)) {
    return invalid(2804009, 'Missing Value for Purchase Event', 'Your purchase event doesn’t include a value parameter. Enter a value. For example: 1.99');
  }
  if (event.event_name === 'Purchase' && (currency === undefined || currency === null)) {
    return invalid(2804007, 'Missing Currency for Purchase Event', 'Your purchase event doesn’t include a currency parameter. Enter a currency. For example: USD');
  }
  if (value !== undefined && (typeof value !== 'number' || value < 0)) return typeError(`${at}['custom_data']['value']`, 'a number of at least 0');
  if (currency !== undefined && !isCurrency(currency)) return invalid(2804048, 'Invalid Currency Code', 'The currency parameter must be a three-letter ISO 4217 code. For example: USD');
  const orderId = custom?.order_id;
  return orderId === undefined || isText(orderId) ? null : typeError(`${at}['custom_data']['order_id']`, 'a non-empty string');
};

/** Ids of Meta's own that are numbers. */
const metaIds: Rule = ({ event, at }) => {
  const user = event.user_data as Json;
  const notNumber = ['fb_login_id', 'lead_id'].find((key) => user[key] !== undefined && !/^\d{1,20}$/.test(String(user[key])));
  return notNumber ? typeError(`${at}['user_data']['${notNumber}']`, 'an integer') : null;
};

const details: Rule = ({ event, at }) => useOfData(event, at) ?? purchase(event, at) ?? original(event, at);

const rules: Rule[] = [keys, texts, time, website, hashes, network, clickIds, metaIds, somebody, money, details];
