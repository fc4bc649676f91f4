import { rowOf } from '../row.ts';
import { PLATFORM_IDS } from '../../domain/click.ts';
import type { DeliveryKind } from '../../domain/event.ts';
import { ACTION_SOURCES, type ActionSource, type ContentItem, type Destination, type OutboundClick, type OutboundEvent, type OutboundUser } from '../contract.ts';
import { CLIENT_FIELDS, USER_FIELDS } from '../fields.ts';
import { instantOf } from '../instant.ts';
import { asArray, type JsonValue } from '../json-body.ts';
import { absent, countIn, decimalIn, idIn, objectIn, textIn, textsIn, type Warn } from './reading.ts';

/** An event described in JSON, as the adapters take it. */

const EVENT_KEYS = [
  'event', 'eventId', 'occurredAt', 'clickedAt', 'orderId', 'value', 'actionSource', 'pageUrl', 'referrerUrl', 'user', 'client', 'ids',
  'contents', 'numItems', 'consent', 'custom',
] as const;
const CONTENT_KEYS = ['id', 'name', 'category', 'brand', 'quantity', 'price', 'deliveryCategory'] as const;
const CONSENT_KEYS = ['adUserData', 'adPersonalization', 'adStorage', 'limitedDataUse'] as const;

/** Cookie names and platforms' own keys of ids that have a name here. */
const ALIASES: Record<string, string> = {
  _fbc: 'fbc', _fbp: 'fbp', _ttp: 'ttp', _epik: 'epik', _scid: 'sc_cookie1', _rdt_uuid: 'rdt_uuid', _rdt_cid: 'rdt_cid', _ga: 'ga_client_id', _gcl_aw: 'gclid',
  sccid: 'ScCid', sc_click_id: 'ScCid', uuid: 'rdt_uuid', 'click-id': 'tblci', ob_click_id: 'obclid', dicbo: 'obclid', client_id: 'ga_client_id', session_id: 'ga_session_id',
  _uetmsclkid: 'msclkid', _twclid: 'twclid',
};

/** Google Analytics keeps the session of each stream in a cookie of its own: `_ga_AB12CD34EF`. */
const GA_SESSION = /^_ga_[A-Z0-9]+$/i;

/** The name under which an id is kept. */
export const idName = (name: string): string => (GA_SESSION.test(name) ? 'ga_session_id' : (rowOf(ALIASES, name) ?? name));

/** Whether an id is one of a platform at all; its own keys come from its adapter. */
const isKnownId = (name: string, platform: Destination): boolean =>
  (PLATFORM_IDS as readonly string[]).includes(idName(name)) || Object.hasOwn(platform.ids, idName(name)) || Object.hasOwn(platform.ids, name);

export interface Described {
  event: OutboundEvent;
}

export interface Skipped {
  skipped: string;
}

export interface Surroundings {
  platform: Destination;
  defaults: OutboundEvent['defaults'];
  kind: DeliveryKind;
  warn: Warn;
}

/** The event, or why it cannot be one. */
export function describedEvent(value: unknown, { platform, defaults, kind, warn }: Surroundings): Described | Skipped {
  const given = objectIn(value, 'event', EVENT_KEYS, warn);
  const name = typeof given['event'] === 'string' ? given['event'].trim() : '';
  if (name === '') return { skipped: 'The event has no name.' };
  const occurredAtMs = typeof given['occurredAt'] === 'string' ? instantOf(given['occurredAt']) : null;
  if (occurredAtMs === null) {
    return { skipped: absent(given['occurredAt']) ? 'occurredAt is missing: an event without a time is not sent.' : `occurredAt cannot be read: it must be an ISO 8601 time with an offset.` };
  }
  const money = objectIn(given['value'], 'value', ['amount', 'currency'], warn);
  const eventId = idIn(given['eventId'], 'eventId', warn);
  const orderId = idIn(given['orderId'], 'orderId', warn);
  const event: OutboundEvent = {
    kind,
    event: name,
    name: rowOf(platform.events, name) ?? name,
    eventId: eventId ?? '',
    transactionId: transactionIdOf(name, orderId, eventId, platform, warn),
    orderId,
    occurredAtMs,
    value: decimalIn(money['amount'], 'value.amount', warn),
    currency: textIn(money['currency'], 'value.currency', warn),
    offerId: null,
    country: null,
    click: clickIn(given, platform, warn),
    user: userIn(given['user'], warn),
    actionSource: actionSourceIn(given['actionSource'], warn),
    contents: contentsIn(given['contents'], warn),
    numItems: countIn(given['numItems'], 'numItems', warn),
    custom: objectIn(given['custom'], 'custom', null, warn) as Record<string, JsonValue>,
    defaults,
    original: null,
  };
  return { event };
}

/** The order id verbatim; where the platform refuses it or there is none, what the engine would send in its place. */
function transactionIdOf(name: string, orderId: string | null, eventId: string | null, platform: Destination, warn: Warn): string {
  const accepts = (id: string): boolean => platform.acceptsTransactionId?.(id) ?? true;
  if (orderId === null) return eventId ?? '';
  if (accepts(orderId)) return orderId;
  // A word such as `null` stands in the place of many orders: nothing made of it would name one.
  const made = /\d/.test(orderId) ? `${orderId}-${name}-1` : null;
  const instead = made !== null && accepts(made) ? made : (eventId ?? '');
  warn(`${platform.title} takes no transaction id such as "${orderId}"; ${instead === made ? instead : 'the event id'} goes out instead.`);
  return instead;
}

function clickIn(given: Record<string, unknown>, platform: Destination, warn: Warn): OutboundClick {
  const client = objectIn(given['client'], 'client', CLIENT_FIELDS, warn);
  const clickedAt = textIn(given['clickedAt'], 'clickedAt', warn);
  const clickedAtMs = clickedAt === null ? null : wholeMs(instantOf(clickedAt));
  if (clickedAt !== null && clickedAtMs === null) warn('clickedAt is left out: it is no ISO 8601 time with an offset.');
  const pageUrl = addressIn(given['pageUrl'], 'pageUrl', warn);
  return {
    clickId: '',
    clickedAtMs,
    landedAtMs: clickedAtMs,
    landingUrl: null,
    pageUrl,
    referrer: addressIn(given['referrerUrl'], 'referrerUrl', warn),
    utm: {},
    ids: { ...idsOfPage(pageUrl), ...idsIn(given['ids'], platform, warn) },
    ip: textIn(client['ip'], 'client.ip', warn),
    userAgent: textIn(client['userAgent'], 'client.userAgent', warn),
    locale: textIn(client['locale'], 'client.locale', warn),
    country: null,
    consent: consentIn(given['consent'], warn),
  };
}

const wholeMs = (ms: number | null): number | null => (ms === null ? null : Math.floor(ms));

function addressIn(value: unknown, name: string, warn: Warn): string | null {
  const url = textIn(value, name, warn);
  if (url === null || (/^https?:\/\//i.test(url) && URL.canParse(url))) return url;
  warn(`${name} is left out: it is no web address.`);
  return null;
}

/** Click ids that the page carries in its query. */
function idsOfPage(pageUrl: string | null): Record<string, string> {
  const ids: Record<string, string> = {};
  for (const [name, value] of pageUrl === null ? [] : new URL(pageUrl).searchParams) {
    const id = idName(name);
    if ((PLATFORM_IDS as readonly string[]).includes(id) && value.trim() !== '') ids[id] ??= value;
  }
  return ids;
}

function idsIn(value: unknown, platform: Destination, warn: Warn): Record<string, string> {
  const ids: Record<string, string> = {};
  for (const [name, each] of Object.entries(objectIn(value, 'ids', null, warn))) {
    if (!isKnownId(name, platform)) warn(`ids.${name} is not known and ignored.`);
    const id = textIn(each, `ids.${name}`, warn);
    // The platform's own spelling wins over our name for it.
    if (id !== null) ids[Object.hasOwn(platform.ids, name) ? name : idName(name)] ??= id;
  }
  return ids;
}

function userIn(value: unknown, warn: Warn): OutboundUser {
  const user: OutboundUser = {};
  const given = objectIn(value, 'user', USER_FIELDS, warn);
  for (const field of USER_FIELDS) {
    const texts = textsIn(given[field], `user.${field}`, warn);
    if (texts !== null) user[field] = texts;
  }
  return user;
}

function actionSourceIn(value: unknown, warn: Warn): ActionSource | null {
  const source = textIn(value, 'actionSource', warn);
  const known = ACTION_SOURCES.find((each) => each === source?.toLowerCase());
  if (source !== null && !known) warn(`actionSource is left out: "${source}" is none of ${ACTION_SOURCES.join(', ')}.`);
  return known ?? null;
}

function contentsIn(value: unknown, warn: Warn): ContentItem[] {
  if (absent(value)) return [];
  if (!Array.isArray(value)) warn('contents is left out: it is no list.');
  return asArray(value).map((each, index) => {
    const name = `contents[${index}]`;
    const given = objectIn(each, name, CONTENT_KEYS, warn);
    return {
      id: textIn(given['id'], `${name}.id`, warn),
      name: textIn(given['name'], `${name}.name`, warn),
      category: textIn(given['category'], `${name}.category`, warn),
      brand: textIn(given['brand'], `${name}.brand`, warn),
      quantity: countIn(given['quantity'], `${name}.quantity`, warn),
      price: decimalIn(given['price'], `${name}.price`, warn),
      deliveryCategory: textIn(given['deliveryCategory'], `${name}.deliveryCategory`, warn),
    };
  }).filter((item) => Object.values(item).some((part) => part !== null));
}

function consentIn(value: unknown, warn: Warn): OutboundClick['consent'] {
  const given = objectIn(value, 'consent', CONSENT_KEYS, warn);
  const consent: OutboundClick['consent'] = {};
  for (const key of CONSENT_KEYS) {
    const word = given[key];
    if (absent(word)) continue;
    if (key === 'limitedDataUse' && typeof word === 'boolean') consent.limitedDataUse = word;
    else if (word === false || (typeof word === 'string' && /^\s*denied\s*$/i.test(word))) consent[key] = false;
    else if (typeof word === 'string' && /^\s*granted\s*$/i.test(word)) consent[key] = true;
    else warn(`consent.${key} is left out: it is neither granted nor denied.`);
  }
  return consent;
}
