/** What Microsoft demands of one offline conversion, or of one adjustment. Source: the data objects OfflineConversion and OfflineConversionAdjustment of Campaign Management v13. */
import { day, isCurrency, isHash, isObject, isText, minute } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { Account } from '../../world.ts';
import { isClickId } from './capi-rules.ts';
import type { ItemCode } from './offline-errors.ts';

const identity = ['MicrosoftClickId', 'ConversionName', 'ConversionTime', 'HashedEmailAddress', 'HashedPhoneNumber'];
const conversionKeys = new Set([...identity, 'ConversionValue', 'ConversionCurrencyCode', 'ExternalAttributionCredit', 'ExternalAttributionModel']);
const adjustmentKeys = new Set([...identity, 'AdjustmentTime', 'AdjustmentType', 'AdjustmentValue', 'AdjustmentCurrencyCode']);
const ageMaxDays = 90;

/** The first code that applies; null for a good conversion. */
export function conversionProblem(item: unknown, account: Account, nowMs: number): ItemCode | null {
  if (!isObject(item)) return 'OfflineConversionIsNull';
  if (Object.keys(item).some((key) => !conversionKeys.has(key))) return 'SandboxUnknownField';
  return identityProblem(item, account, nowMs) ?? moneyProblem(item.ConversionValue, item.ConversionCurrencyCode);
}

/** Times must be in UTC, so an offset is refused with the rest. */
export function adjustmentProblem(item: unknown, account: Account, nowMs: number): ItemCode | null {
  if (!isObject(item)) return 'OfflineConversionIsNull';
  if (Object.keys(item).some((key) => !adjustmentKeys.has(key))) return 'SandboxUnknownField';
  const { AdjustmentType: type, AdjustmentTime: time, AdjustmentValue: value } = item;
  if (type !== 'Restate' && type !== 'Retract') return 'OfflineConversionInvalidAdjustmentType';
  const problem = identityProblem(item, account, nowMs);
  if (problem) return problem;
  if (time == null || time === '') return 'OfflineConversionAdjustmentTimeNullOrEmpty';
  if (!isUtc(time)) return 'OfflineConversionAdjustmentTimeInvalid';
  if (Date.parse(time) > nowMs + minute) return 'OfflineConversionFutureAdjustmentTimeCannotBeSet';
  if (Date.parse(time) <= Date.parse(String(item.ConversionTime))) return 'OfflineConversionAdjustmentTimeEarlierThanConversionTime';
  if (type === 'Restate' && value == null) return 'OfflineConversionAdjustmentValueRequired';
  if (type === 'Retract' && value != null) return 'OfflineConversionAdjustmentValueNotExpected';
  return moneyProblem(value, item.AdjustmentCurrencyCode);
}

/** Without a click id a hashed email address or phone number must identify the person. */
function identityProblem(item: Json, account: Account, nowMs: number): ItemCode | null {
  const { ConversionName: name, ConversionTime: time, MicrosoftClickId: clickId, HashedEmailAddress: email, HashedPhoneNumber: phone } = item;
  if (name == null || name === '') return 'OfflineConversionNameNullOrEmpty';
  if (!account.conversionActions.some((goal) => goal.name === name)) return 'OfflineConversionNameInvalid';
  if (time == null || time === '') return 'OfflineConversionTimeNullOrEmpty';
  if (!isUtc(time)) return 'OfflineConversionTimeInvalid';
  if (Date.parse(time) > nowMs + minute) return 'FutureConversionTimeCannotBeSet';
  if (nowMs - Date.parse(time) > ageMaxDays * day) return 'OfflineConversionTimeOutOfWindow';
  if (email != null && !isHash(email)) return 'ConversionEmailAddressIsNotHashed';
  if (phone != null && !isHash(phone)) return 'ConversionPhoneNumberIsNotHashed';
  if (clickId == null || clickId === '') return email == null && phone == null ? 'OfflineConversionMicrosoftClickIdNullOrEmpty' : null;
  return isClickId(clickId) ? null : 'OfflineConversionMicrosoftClickIdInvalid';
}

function moneyProblem(value: unknown, currency: unknown): ItemCode | null {
  if (value != null && (typeof value !== 'number' || value < 0)) return 'OfflineConversionValueInvalid';
  return currency == null || (isText(currency) && isCurrency(currency)) ? null : 'OfflineConversionCurrencyCodeInvalid';
}

const isUtc = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?Z$/.test(value) && !Number.isNaN(Date.parse(value));
