/** What the Google Ads API demands of one click conversion. Places are paths below the item, in snake case. */
import { day, isCurrency, isHash, looksHashed, minute } from '../../checks.ts';
import type { Account } from '../../world.ts';
import type { ClickConversion, UserIdentifier } from './ads-schema.ts';

export interface Problem { field: string; code: string; trigger?: string }
const problem = (field: string, code: string, trigger?: string): Problem => ({ field, code, ...(trigger === undefined ? {} : { trigger }) });

const clickIds = ['gclid', 'gbraid', 'wbraid'] as const;
const ageMaxDays = 90;

export function* conversionProblems(conversion: ClickConversion, account: Account, nowMs: number): Generator<Problem> {
  yield* actionProblems(conversion.conversionAction, account);
  yield* timeProblems(conversion.conversionDateTime, 'conversion_date_time', nowMs);
  yield* clickProblems(conversion);
  yield* orderIdProblems(conversion.orderId);
  if (conversion.userIdentifiers) yield* userProblems(conversion.userIdentifiers);
  if (conversion.conversionValue !== undefined && conversion.conversionValue < 0) yield problem('conversion_value', 'TOO_LOW', String(conversion.conversionValue));
  if (conversion.currencyCode !== undefined && !isCurrency(conversion.currencyCode)) yield problem('currency_code', 'UNSUPPORTED', conversion.currencyCode);
  // Only customers allowed before 2026 can send these.
  for (const [field, value] of [
    ['conversion_environment', conversion.conversionEnvironment], ['user_ip_address', conversion.userIpAddress],
    ['session_attributes_encoded', conversion.sessionAttributesEncoded], ['session_attributes_key_value_pairs', conversion.sessionAttributesKeyValuePairs],
  ] as const) if (value !== undefined) yield problem(field, 'CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE');
  const timeMs = timeOf(conversion.conversionDateTime);
  if (timeMs !== null && nowMs - timeMs > ageMaxDays * day) yield problem('conversion_date_time', 'EXPIRED_EVENT', conversion.conversionDateTime);
}

/** The customer in the resource name is ignored, as Google does. */
export const actionIdOf = (name: string | undefined): string | null => /^customers\/\d+\/conversionActions\/(\d+)$/.exec(name ?? '')?.[1] ?? null;

export function* actionProblems(name: string | undefined, account: Account): Generator<Problem> {
  if (!name) return yield problem('conversion_action', 'REQUIRED');
  const id = actionIdOf(name);
  if (id === null) yield problem('conversion_action', 'RESOURCE_NAME_MALFORMED', name);
  else if (!account.conversionActions.some((action) => action.id === id)) yield problem('conversion_action', 'NO_CONVERSION_ACTION_FOUND', name);
}

/** `yyyy-mm-dd hh:mm:ss+|-hh:mm`, as milliseconds since 1970; null for any other form. */
export function timeOf(text: string | undefined): number | null {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$/.test(text ?? '')) return null;
  const timeMs = Date.parse(text!.replace(' ', 'T'));
  return Number.isNaN(timeMs) ? null : timeMs;
}

export function* timeProblems(text: string | undefined, field: string, nowMs: number): Generator<Problem> {
  if (text === undefined) return yield problem(field, 'REQUIRED');
  const timeMs = timeOf(text);
  if (timeMs === null) yield problem(field, 'INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET', text);
  else if (timeMs > nowMs + minute) yield problem(field, 'LATER_THAN_MAXIMUM_DATE', text);
}

export function* orderIdProblems(orderId: string | undefined): Generator<Problem> {
  if (orderId === '') yield problem('order_id', 'TOO_SHORT', '');
  if (orderId && /\S+@\S+\.\S+/.test(orderId)) yield problem('order_id', 'ORDER_ID_CONTAINS_PII', orderId);
}

function* clickProblems(conversion: ClickConversion): Generator<Problem> {
  const given = clickIds.filter((kind) => conversion[kind] !== undefined);
  if (given.length === 0 && !conversion.userIdentifiers?.length) yield problem('gclid', 'REQUIRED');
  if (given.includes('gbraid') && given.includes('wbraid')) yield problem('gbraid', 'GBRAID_WBRAID_BOTH_SET');
  else if (given.length > 1) yield problem(given[1]!, 'VALUE_MUST_BE_UNSET');
  for (const kind of given) {
    const id = conversion[kind]!;
    if (!/^[\w-]+$/.test(id) || looksHashed(id) || id.startsWith('invalid')) yield problem(kind, `UNPARSEABLE_${kind.toUpperCase()}`, id);
  }
}

/** The reference names hashed email and phone number as the only identifiers of an upload. */
function* userProblems(identifiers: UserIdentifier[]): Generator<Problem> {
  if (identifiers.length > 5) yield problem('user_identifiers', 'TOO_MANY');
  for (const { hashedEmail, hashedPhoneNumber, mobileId, thirdPartyUserId, addressInfo } of identifiers) {
    const given = [hashedEmail, hashedPhoneNumber].filter((value) => value !== undefined);
    if (addressInfo ?? mobileId ?? thirdPartyUserId) yield problem('user_identifiers', 'UNSUPPORTED_USER_IDENTIFIER');
    else if (given.length !== 1 || !given.every(isHash)) yield problem('user_identifiers', 'INVALID_USER_IDENTIFIER');
  }
}
