import { rowOf } from '../row.ts';
import { HOUR, MINUTE } from '../durations.ts';
import { expired, misconfigured, rejected, retry, staleToken, unauthorised, type Verdict } from '../verdict.ts';

const malformed = (what: string): Verdict => rejected(`Microsoft refuses the conversion: ${what}`);
const noAccess = misconfigured('the user may not use this customer or account');
const incomplete = misconfigured('customer id, account id or developer token is missing');
const failed = retry('Microsoft failed inside');
const tooOld = expired('the conversion is older than 90 days');
/** "Handle Throttling": a sliding window of 60 seconds. */
export const limited = retry('too many calls within a minute', MINUTE);
const early = retry('the time is ahead of the clock of Microsoft', 5 * MINUTE);
const noSuchGoal = misconfigured('no offline conversion goal has this name');

/**
 * By ErrorCode, without the prefix `CampaignService` that some carry (Bing Ads API: "Operation Error Codes"; Campaign Management:
 * "DailySummary Data Object", Status).
 */
export const byErrorCode: Record<string, Verdict> = {
  InternalError: failed,
  ApiExecutionError: failed,
  SystemInReadOnlyMode: retry('Microsoft takes no changes at the moment', 5 * MINUTE),
  CallRateExceeded: limited,
  ConcurrentRequestOverLimit: limited,
  AuthenticationTokenExpired: staleToken('the access token has expired'),
  InvalidCredentials: staleToken('access token or developer token is refused'),
  OAuthTokenInvalid: staleToken('the access token is refused'),
  UserCompromised: unauthorised('Microsoft has blocked the user: a new password is needed'),
  UserLoginAccessDenied: unauthorised('the user may not sign in'),
  PersonalIdentityNotAvailable: unauthorised('the user must sign in with the work account'),
  UserIsNotAuthorized: noAccess,
  InvalidAccount: noAccess,
  InvalidAccountId: noAccess,
  InvalidCustomerId: noAccess,
  InvalidAccountStatus: misconfigured('the account is not active'),
  RequestMissingHeaders: incomplete,
  CustomerIdHasToBeSpecified: incomplete,
  AccountIdHasToBeSpecified: incomplete,
  AccountIdMissingInRequestHeader: incomplete,
  InvalidVersion: misconfigured('this version of the API has ended'),
  OperationNotSupported: misconfigured('the account cannot do this'),
  NullRequest: malformed('the request is empty'),
  NullParameter: malformed('a field is missing'),
  NullArrayArgument: malformed('the request is empty'),
  ApiInputValidationError: malformed('a field is wrong'),
  InvalidDateObject: malformed('a time is wrong'),

  OfflineConversionGoalTooRecent: retry('the conversion goal is younger than two hours', 2 * HOUR),
  OfflineConversionNameInvalid: noSuchGoal,
  OfflineConversionNameNullOrEmpty: noSuchGoal,
  NotEligibleForEnhancedConversions: misconfigured('the goal has no enhanced conversions: turn them on there, or sendUserData off here'),
  GoalNotEligibleForExternalAttribution: misconfigured('the goal is not set up for external attribution'),
  OfflineConversionTimeOutOfWindow: tooOld,
  ClickIdDateTimeOutsideGoalConversionWindow: expired('the click is older than the conversion window of the goal'),
  FutureConversionTimeCannotBeSet: early,
  ConversionTimeEarlierThanClickTime: malformed('it is earlier than its click'),
  OfflineConversionTimeNullOrEmpty: malformed('it has no time'),
  OfflineConversionTimeInvalid: malformed('its time cannot be read'),
  OfflineConversionMSClickIdNullOrEmpty: malformed('it has no click id'),
  OfflineConversionMSClickIdInvalid: malformed('its click id is none'),
  OfflineConversionValueInvalid: malformed('its value is negative or too large'),
  OfflineConversionCurrencyCodeInvalid: malformed('its currency is unknown'),
  ConversionEmailAddressIsNotHashed: malformed('the e-mail address is not hashed'),
  ConversionPhoneNumberIsNotHashed: malformed('the phone number is not hashed'),
  ExternalAttributionRequiredFieldEmpty: malformed('external attribution needs both of its fields'),
  ExternalAttributionModelTooLong: malformed('the attribution model is too long'),
  ExternalAttributionCreditValueInvalid: malformed('the attribution credit is not between 0 and 1'),
  OfflineConversionsNullOrEmpty: malformed('there is none in the request'),
  OfflineConversionIsNull: malformed('it is empty'),
  OfflineConversionBatchSizeExceedsLimit: malformed('there are too many in the request'),

  OfflineConversionInvalidAdjustmentType: malformed('the kind of correction is unknown'),
  OfflineConversionRestateRetractNotSupported: malformed('it cannot be corrected'),
  OfflineConversionAdjustmentTimeNullOrEmpty: malformed('the correction has no time'),
  OfflineConversionAdjustmentTimeInvalid: malformed('the time of the correction cannot be read'),
  OfflineConversionFutureAdjustmentTimeCannotBeSet: early,
  OfflineConversionAdjustmentTimeOutOfWindow: expired('it is too late for a correction'),
  OfflineConversionAdjustmentTimeEarlierThanConversionTime: malformed('the correction is not later than the conversion'),
  OfflineConversionAdjustmentValueNotExpected: malformed('a retraction has no value'),
  OfflineConversionAdjustmentValueRequired: malformed('a restatement needs a value'),
};

/** The same by Code, for answers without ErrorCode. */
export const nameOfCode: Record<string, string> = {
  '0': 'InternalError', '100': 'NullRequest', '105': 'InvalidCredentials', '106': 'UserIsNotAuthorized', '108': 'UserCompromised',
  '109': 'AuthenticationTokenExpired', '113': 'InvalidDateObject', '116': 'RequestMissingHeaders', '117': 'CallRateExceeded',
  '120': 'UserLoginAccessDenied', '122': 'PersonalIdentityNotAvailable', '201': 'ApiInputValidationError', '202': 'ApiExecutionError',
  '203': 'NullParameter', '204': 'OperationNotSupported', '205': 'InvalidVersion', '206': 'NullArrayArgument',
  '207': 'ConcurrentRequestOverLimit', '208': 'InvalidAccount', '1008': 'InvalidAccountStatus', '1009': 'AccountIdMissingInRequestHeader',
  '1010': 'SystemInReadOnlyMode', '1029': 'CustomerIdHasToBeSpecified', '1030': 'AccountIdHasToBeSpecified', '1102': 'InvalidAccountId',
  '5614': 'FutureConversionTimeCannotBeSet',
};

export const verdictOf = (errorCode: string | null, code: string | null): Verdict | undefined => {
  const named = rowOf(nameOfCode, code);
  return rowOf(byErrorCode, errorCode?.replace(/^CampaignService/, '')) ?? rowOf(byErrorCode, named);
};

/** An error of one conversion that is not in the table: Microsoft has looked at it and did not take it. */
export const refused = rejected('Microsoft refuses the conversion');

/** Microsoft identity platform: "OAuth 2.0 authorization code flow", error codes for token endpoint errors. */
export const byOAuthError: Record<string, Verdict> = {
  invalid_grant: unauthorised('the refresh token is expired or was revoked: sign in again'),
  interaction_required: unauthorised('the user must sign in again'),
  consent_required: unauthorised('the user must agree again'),
  invalid_client: misconfigured('client id or client secret is wrong'),
  unauthorized_client: misconfigured('the application may not do this'),
  invalid_request: misconfigured('the application is not set up for this'),
  invalid_scope: misconfigured('the application may not use Microsoft Advertising'),
  invalid_resource: misconfigured('the application may not use Microsoft Advertising'),
  unsupported_grant_type: misconfigured('the application takes no refresh tokens'),
  temporarily_unavailable: retry('the sign-in of Microsoft is busy'),
  server_error: retry('the sign-in of Microsoft failed'),
};
