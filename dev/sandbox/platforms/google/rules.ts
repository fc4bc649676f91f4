/** What Data Manager demands of destinations and events at once, before it accepts a request. */
import { day, emptyHash, isCurrency, isHash, isText, looksHashed, minute } from '../../checks.ts';
import type { Violation } from './errors.ts';

interface ProductAccount { accountId?: string; accountType?: string }
export interface Destination { reference?: string; operatingAccount?: ProductAccount; loginAccount?: ProductAccount; productDestinationId?: string }
interface Device { userAgent?: string; ipAddress?: string }
interface Address { givenName?: string; familyName?: string; regionCode?: string; postalCode?: string }
interface UserIdentifier { emailAddress?: string; phoneNumber?: string; address?: Address }
export interface IngestedEvent {
  transactionId?: string; eventTimestamp?: string; eventSource?: string; currency?: string; conversionValue?: number; destinationReferences?: string[];
  adIdentifiers?: Record<string, unknown> & { gclid?: string; gbraid?: string; wbraid?: string; landingPageDeviceInfo?: Device };
  userData?: { userIdentifiers?: UserIdentifier[] };
  eventDeviceInfo?: Device;
  consent?: { adUserData?: string };
}
export interface IngestRequest { destinations?: Destination[]; events?: IngestedEvent[]; encoding?: 'HEX' | 'BASE64'; consent?: { adUserData?: string }; validateOnly?: boolean }

const violation = (field: string, reason: string, description: string): Violation => ({ field, description, reason });
const missing = (field: string): Violation => violation(field, 'REQUIRED_FIELD_MISSING', 'Required field is missing.');

/** Placeholders that reach the API when a template variable was empty. */
const transactionIdsRefused = ['123', '1234', 'null', 'undefined', 'none', 'transactionid', 'transaction_id'];

export function* requestViolations({ destinations = [], events = [], encoding }: IngestRequest, nowMs: number): Generator<Violation> {
  if (destinations.length === 0) yield missing('destinations');
  if (destinations.length > 10) yield violation('destinations', 'TOO_MANY_DESTINATIONS', 'Maximum number of destinations allowed per request is 10.');
  if (events.length === 0) yield missing('events');
  if (events.length > 2000) yield violation('events', 'TOO_MANY_EVENTS', 'Maximum number of events allowed per request is 2,000.');
  const references = destinations.map((destination) => destination.reference).filter(isText);
  if (new Set(references).size < references.length) yield violation('destinations', 'DUPLICATE_DESTINATION_REFERENCE', 'Two or more destinations in the request have the same reference.');
  for (const [index, destination] of destinations.entries()) yield* destinationViolations(destination, `destinations[${index}]`);
  if (!encoding && events.some((event) => event.userData)) yield violation('encoding', 'REQUIRED_FIELD_MISSING', 'Encoding is required for uploads with user data.');
  for (const [index, event] of events.slice(0, 2000).entries()) {
    const at = `events[${index}]`;
    yield* eventViolations(event, at, nowMs);
    yield* identifierViolations(event, at);
    if (event.userData) yield* userViolations(event.userData.userIdentifiers ?? [], encoding ?? 'HEX', `${at}.user_data.user_identifiers`);
    const unknown = event.destinationReferences?.find((reference) => !references.includes(reference));
    if (unknown !== undefined) yield violation(`${at}.destination_references`, 'INVALID_DESTINATION', `No destination has the reference ${JSON.stringify(unknown)}.`);
  }
}

function* destinationViolations(destination: Destination, at: string): Generator<Violation> {
  const { operatingAccount, loginAccount, productDestinationId } = destination;
  if (!operatingAccount) yield missing(`${at}.operating_account`);
  for (const [name, account] of [['operating_account', operatingAccount], ['login_account', loginAccount]] as const) {
    if (!account) continue;
    if (!account.accountType) yield missing(`${at}.${name}.account_type`);
    else if (account.accountType !== 'GOOGLE_ADS') yield violation(`${at}.${name}.account_type`, 'INVALID_DESTINATION', 'The sandbox takes events for Google Ads accounts alone.');
    if (!account.accountId) yield missing(`${at}.${name}.account_id`);
    else if (!/^\d+$/.test(account.accountId)) yield violation(`${at}.${name}.account_id`, 'INVALID_NUMBER_FORMAT', 'Invalid number format.');
  }
  if (!productDestinationId) yield missing(`${at}.product_destination_id`);
  else if (!/^\d+$/.test(productDestinationId)) yield violation(`${at}.product_destination_id`, 'INVALID_CONVERSION_ACTION_ID', 'Conversion action ID is not valid.');
}

function* eventViolations(event: IngestedEvent, at: string, nowMs: number): Generator<Violation> {
  const { eventTimestamp, transactionId, eventSource, conversionValue, currency } = event;
  if (!eventTimestamp) yield missing(`${at}.event_timestamp`);
  else if (Date.parse(eventTimestamp) > nowMs + 5 * minute || Date.parse(eventTimestamp) < nowMs - 10 * 365 * day) yield violation(`${at}.event_timestamp`, 'EVENT_TIME_INVALID', 'The event time is not valid.');
  if (!eventSource) yield missing(`${at}.event_source`);
  if (transactionId !== undefined && (transactionId.trim().length < 2 || transactionIdsRefused.includes(transactionId.toLowerCase()))) yield violation(`${at}.transaction_id`, 'INVALID_FORMAT', 'Format is invalid.');
  if (transactionId !== undefined && transactionId.length > 512) yield violation(`${at}.transaction_id`, 'FIELD_VALUE_TOO_LONG', 'The field value is too long.');
  if (conversionValue !== undefined && conversionValue < 0) yield violation(`${at}.conversion_value`, 'INVALID_EVENT', 'The conversion value must not be negative.');
  if (currency !== undefined && !isCurrency(currency)) yield violation(`${at}.currency`, 'INVALID_CURRENCY_CODE', 'The currency code is not supported.');
}

function* identifierViolations({ adIdentifiers = {}, userData, eventDeviceInfo }: IngestedEvent, at: string): Generator<Violation> {
  const clickIds = (['gclid', 'gbraid', 'wbraid'] as const).filter((key) => adIdentifiers[key] !== undefined);
  if (clickIds.length > 1) yield violation(`${at}.ad_identifiers`, 'INVALID_ARGUMENT', `Only one of gclid, gbraid and wbraid can be set, not ${clickIds.join(' and ')}.`);
  const blank = Object.keys(adIdentifiers).find((key) => adIdentifiers[key] === '');
  if (blank) yield violation(`${at}.ad_identifiers.${blank}`, 'FIELD_VALUE_TOO_SHORT', 'The field value is too short.');
  if (!Object.values(adIdentifiers).some(Boolean) && !userData?.userIdentifiers?.length) yield violation(at, 'NO_IDENTIFIERS_PROVIDED', 'Events data contains no user identifiers or ad identifiers.');
  for (const [name, device] of [['event_device_info', eventDeviceInfo], ['ad_identifiers.landing_page_device_info', adIdentifiers.landingPageDeviceInfo]] as const) {
    if (device && [device.ipAddress, device.userAgent].some(looksHashed)) yield violation(`${at}.${name}`, 'INVALID_FORMAT', 'Device information must not be hashed.');
  }
}

function* userViolations(identifiers: UserIdentifier[], encoding: 'HEX' | 'BASE64', at: string): Generator<Violation> {
  if (identifiers.length === 0) yield missing(at);
  if (identifiers.length > 10) yield violation(at, 'TOO_MANY_USER_IDENTIFIERS', 'Maximum number of user identifiers allowed per event is 10.');
  for (const [index, identifier] of identifiers.entries()) {
    const place = `${at}[${index}]`;
    const kinds = Object.keys(identifier);
    if (kinds.length !== 1) yield violation(place, 'INVALID_ARGUMENT', 'Exactly one of email_address, phone_number and address must be set.');
    yield* hashViolation(identifier.emailAddress, encoding, `${place}.email_address`);
    yield* hashViolation(identifier.phoneNumber, encoding, `${place}.phone_number`);
    if (identifier.address) yield* addressViolations(identifier.address, encoding, `${place}.address`);
  }
}

function* addressViolations({ givenName, familyName, regionCode, postalCode }: Address, encoding: 'HEX' | 'BASE64', at: string): Generator<Violation> {
  const parts = { given_name: givenName, family_name: familyName, region_code: regionCode, postal_code: postalCode };
  for (const [name, value] of Object.entries(parts)) if (!isText(value)) yield missing(`${at}.${name}`);
  yield* hashViolation(givenName, encoding, `${at}.given_name`);
  yield* hashViolation(familyName, encoding, `${at}.family_name`);
  if (regionCode && !/^[A-Za-z]{2}$/.test(regionCode)) yield violation(`${at}.region_code`, 'INVALID_COUNTRY_CODE', 'Country code is not valid.');
  if (looksHashed(postalCode)) yield violation(`${at}.postal_code`, 'INVALID_POSTAL_CODE', 'Postal code is not valid.');
}

function* hashViolation(value: string | undefined, encoding: 'HEX' | 'BASE64', field: string): Generator<Violation> {
  if (value === undefined) return;
  if (encoding === 'HEX' && !/^[0-9a-fA-F]*$/.test(value)) return yield violation(field, 'INVALID_HEX_ENCODING', 'The HEX encoded value is malformed.');
  if (encoding === 'BASE64' && !/^[0-9A-Za-z+/_-]+={0,2}$/.test(value)) return yield violation(field, 'INVALID_BASE64_ENCODING', 'The base64 encoded value is malformed.');
  const hex = encoding === 'HEX' ? value : Buffer.from(value, 'base64').toString('hex');
  if (hex === emptyHash) yield violation(field, 'INVALID_SHA256_FORMAT', 'The SHA256 encoded value is malformed: it is the hash of an empty string.');
  else if (!isHash(hex)) yield violation(field, 'INVALID_SHA256_FORMAT', 'The SHA256 encoded value is malformed.');
}
