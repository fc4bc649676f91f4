/** Faults of the Campaign Management API v13 in JSON, and the errors of single items. Source: learn.microsoft.com/advertising/guides/operation-error-codes; shapes of ApiFaultDetail, AdApiFaultDetail and BatchError as in Microsoft's REST SDK. */
import { randomUUID } from 'node:crypto';
import type { Answer } from '../../contract.ts';

type Code = [number: number, message: string];

/** Items are refused one by one in PartialErrors. Microsoft publishes no number for those with 0. */
export const itemCodes = {
  OfflineConversionIsNull: [5602, 'The offline conversion cannot be null.'],
  OfflineConversionMicrosoftClickIdNullOrEmpty: [5603, 'The Microsoft Click Id of offline conversion cannot be null or empty.'],
  OfflineConversionMicrosoftClickIdInvalid: [5604, 'The Microsoft Click Id of the offline conversion is invalid.'],
  OfflineConversionNameNullOrEmpty: [5605, 'The conversion name of offline conversion cannot be null or empty.'],
  OfflineConversionNameInvalid: [5606, 'The conversion name do not match an existing offline conversion goal.'],
  OfflineConversionTimeInvalid: [5607, 'The conversion time of offline conversion is invalid.'],
  OfflineConversionTimeNullOrEmpty: [5608, 'The conversion time of offline conversion cannot be null or empty.'],
  OfflineConversionTimeOutOfWindow: [5609, 'The conversion time is out of the conversion window.'],
  OfflineConversionValueInvalid: [5610, 'The conversion value of offline conversion is invalid.'],
  OfflineConversionCurrencyCodeInvalid: [5611, 'The currency code of offline conversion is invalid.'],
  OfflineConversionsApplyFailed: [5612, 'Failed to send offline conversions to internal server.'],
  FutureConversionTimeCannotBeSet: [5614, 'A future conversion time cannot be set.'],
  OfflineConversionNotAcceptedForGoal: [5615, 'Offline conversions cannot be accepted for the conversion goal at this time. You must wait 2 hours after the goal was created before uploading offline conversions.'],
  ConversionTimeEarlierThanClickTime: [5616, 'The conversion time must be later than the click time.'],
  ClickIdDateTimeOutsideGoalConversionWindow: [5617, 'The date and time for the click ID is outside the conversion window for this goal.'],
  OfflineConversionInvalidAdjustmentType: [5618, 'The offline conversion adjustment type is invalid.'],
  OfflineConversionAdjustmentTimeNullOrEmpty: [5619, 'The offline conversion adjustment time is empty.'],
  OfflineConversionAdjustmentTimeEarlierThanConversionTime: [5620, 'The offline conversion adjustment time is earlier than conversion time.'],
  OfflineConversionAdjustmentTimeInvalid: [5621, 'The offline conversion adjustment time is invalid.'],
  OfflineConversionFutureAdjustmentTimeCannotBeSet: [5622, 'The offline conversion adjustment time cannot be in the future.'],
  OfflineConversionAdjustmentTimeOutOfWindow: [5623, 'The offline conversion adjustment time is out of the window.'],
  OfflineConversionAdjustmentValueNotExpected: [5624, 'The offline conversion adjustment value is not expected.'],
  OfflineConversionAdjustmentValueRequired: [5625, 'The offline conversion adjustment value is required.'],
  OfflineConversionCurrencyValueRequired: [5626, 'The offline conversion currency value is required.'],
  OfflineConversionRestateRetractNotSupported: [5627, 'The offline conversion restate or retract operation is not supported.'],
  NotEligibleForEnhancedConversions: [0, 'The conversion goal is not eligible for enhanced conversions.'],
  ConversionEmailAddressIsNotHashed: [0, 'The provided email address is not hashed as required.'],
  ConversionPhoneNumberIsNotHashed: [0, 'The provided phone number is not hashed as required.'],
  SandboxUnknownField: [0, 'The sandbox alone refuses this: Microsoft ignores a field that it does not know.'],
} satisfies Record<string, Code>;
export type ItemCode = keyof typeof itemCodes;

export interface ItemError { index: number; code: ItemCode }

export const partialErrors = (errors: ItemError[]): unknown[] => errors.map(({ index, code }) => ({
  Code: itemCodes[code][0], Details: null, ErrorCode: code, FieldPath: null, ForwardCompatibilityMap: null, Index: index, Message: itemCodes[code][1], Type: 'BatchError',
}));

/** The call as a whole: who may not call, how often, with what. */
const adApiCodes: Record<string, [http: number, ...Code]> = {
  InternalError: [500, 0, 'An internal error has occurred.'],
  NullRequest: [400, 100, 'The request message is null.'],
  InvalidCredentials: [401, 105, 'Authentication failed. Either supplied credentials are invalid or the account is inactive'],
  UserIsNotAuthorized: [403, 106, 'User is not authorized to perform this operation.'],
  AuthenticationTokenExpired: [401, 109, 'Authentication token expired. Please renew it or obtain a new one.'],
  CallRateExceeded: [429, 117, 'You have exceeded the number of calls that you are allowed to make in a minute. Please reduce the number of calls that you make per minute.'],
};
const operationCodes: Record<string, Code> = {
  OfflineConversionsNullOrEmpty: [5600, 'The list of offline conversions cannot be null or empty.'],
  OfflineConversionsLimitExceeded: [5601, 'The list of offline conversions exceeds the limit.'],
  OfflineConversionPilotNotEnabledForCustomer: [5613, 'The customer is not enabled for the offline conversion feature.'],
};

/** By symbol or by number. A code of an item fails every item of the request. */
export function errorOfCode(wanted: string, itemCount: number): Answer | null {
  const named = (codes: Record<string, readonly unknown[]>, numberAt: number): string | undefined =>
    Object.keys(codes).find((symbol) => symbol === wanted || String(codes[symbol]![numberAt]) === wanted);
  const trackingId = randomUUID();
  const fault = (status: number, body: object): Answer => ({ status, outcome: 'refused', body: { ...body, TrackingId: trackingId } });
  const call = named(adApiCodes, 1);
  if (call) {
    const [http, number, message] = adApiCodes[call]!;
    return fault(http, { Errors: [{ Code: number, Detail: null, ErrorCode: call, Message: message }], Type: 'AdApiFaultDetail' });
  }
  const operation = named(operationCodes, 0);
  if (operation) {
    const [number, message] = operationCodes[operation]!;
    return fault(400, { BatchErrors: [], OperationErrors: [{ Code: number, Details: null, ErrorCode: operation, Message: message }], Type: 'ApiFaultDetail' });
  }
  const code = named(itemCodes, 0) as ItemCode | undefined;
  return code ? { status: 200, outcome: 'refused', body: { PartialErrors: partialErrors(Array.from({ length: Math.max(1, itemCount) }, (_, index) => ({ index, code }))) } } : null;
}
