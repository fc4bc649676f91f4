import { DAY, HOUR } from '../durations.ts';
import { byCloudReason, malformed } from '../google/rpc.ts';
import { duplicate, expired, misconfigured, retry, staleToken, unauthorised, type Verdict } from '../verdict.ts';

const tooRecent = (what: string): Verdict => retry(`${what} is too recent, Google asks to come back in six hours`, 6 * HOUR);
const known = duplicate('Google has this conversion already');
const termsNotSigned = misconfigured("the account has not accepted Google's customer data terms: accept them, or turn off sending e-mail and phone");
const noDataAllowed = misconfigured("Google's data policy forbids e-mail and phone for this account: turn off sending them");
const wrongAccount = misconfigured('the credential has no access to this account, or there is no such account');
const tokenRefused = misconfigured('the developer token is refused');
const projectRefused = misconfigured('the Google Cloud project has no access to the Google Ads API');
const userRefused = misconfigured('Google wants the user to secure their account first (two-step verification)');
const external = misconfigured('the conversion action is one of external attribution, which is not supported');
const noTracking = malformed('conversions were not measured in the account when the click happened');

/** Google Ads API reference: the enums of GoogleAdsFailure.errors[].errorCode, the same name meaning the same in each. */
export const byCode: Record<string, Verdict> = {
  // ConversionUploadError, ConversionAdjustmentUploadError
  TOO_RECENT_EVENT: tooRecent('the click'),
  TOO_RECENT_CALL: tooRecent('the call'),
  TOO_RECENT_CONVERSION_ACTION: tooRecent('the conversion action'),
  TOO_RECENT_CONVERSION: retry('the conversion is too recent to be adjusted, Google asks to come back in 24 hours', DAY),

  ORDER_ID_ALREADY_IN_USE: known,
  CLICK_CONVERSION_ALREADY_EXISTS: known,
  CALL_CONVERSION_ALREADY_EXISTS: known,
  DUPLICATE_ORDER_ID: known,
  DUPLICATE_CLICK_CONVERSION_IN_REQUEST: known,
  DUPLICATE_CALL_CONVERSION_IN_REQUEST: known,
  CONVERSION_ALREADY_RETRACTED: duplicate('Google has taken this conversion back already'),
  RESTATEMENT_ALREADY_EXISTS: duplicate('Google has this restatement already'),
  MORE_RECENT_RESTATEMENT_FOUND: duplicate('Google has a more recent value of this conversion'),
  DUPLICATE_ADJUSTMENT_IN_REQUEST: duplicate('Google has this adjustment already'),
  CONVERSION_ALREADY_ENHANCED: duplicate('Google has this enhancement already'),
  DUPLICATE_ENHANCEMENT_IN_REQUEST: duplicate('Google has this enhancement already'),

  EXPIRED_EVENT: expired('the click is older than the conversion action takes'),
  EXPIRED_CALL: expired('the call is older than the conversion action takes'),
  CONVERSION_EXPIRED: expired('conversions older than 54 days cannot be adjusted'),

  CONVERSION_PRECEDES_EVENT: malformed('it lies before its click'),
  CONVERSION_PRECEDES_CALL: malformed('it lies before its call'),
  EVENT_NOT_FOUND: malformed('the click is not known, or did not come from a Google Ads campaign'),
  CLICK_NOT_FOUND: malformed('no click belongs to this e-mail address or phone number'),
  CALL_NOT_FOUND: malformed('Google does not know the call'),
  UNPARSEABLE_GCLID: malformed('the gclid cannot be read'),
  UNPARSEABLE_GBRAID: malformed('the gbraid cannot be read'),
  UNPARSEABLE_WBRAID: malformed('the wbraid cannot be read'),
  UNPARSEABLE_CALLERS_PHONE_NUMBER: malformed('the phone number cannot be read'),
  GBRAID_WBRAID_BOTH_SET: malformed('it has two ids of a click'),
  INVALID_CUSTOMER_FOR_CLICK: malformed('the click belongs to another Google Ads account'),
  INVALID_CUSTOMER_FOR_CALL: malformed('the call belongs to another Google Ads account'),
  CONVERSION_TRACKING_NOT_ENABLED_AT_IMPRESSION_TIME: noTracking,
  CONVERSION_TRACKING_NOT_ENABLED_AT_CALL_TIME: noTracking,
  CONVERSION_NOT_COMPLIANT_WITH_ATT_POLICY: malformed("it does not comply with Apple's tracking policy"),
  CUSTOM_VARIABLE_VALUE_CONTAINS_PII: malformed('a custom variable holds personal data'),
  ORDER_ID_CONTAINS_PII: malformed('the order id looks like personal data'),
  INVALID_USER_IDENTIFIER: malformed('the e-mail address or phone number is not hashed as Google wants it'),
  UNSUPPORTED_USER_IDENTIFIER: malformed('it takes only e-mail address and phone number'),
  TOO_MANY_CONVERSIONS_IN_REQUEST: malformed('more than 2000 conversions at once'),
  INVALID_JOB_ID: malformed('the job id is out of range'),
  CONVERSION_NOT_FOUND: malformed('Google does not know the conversion that is adjusted'),
  ADJUSTMENT_PRECEDES_CONVERSION: malformed('the adjustment lies before its conversion'),
  TOO_MANY_ADJUSTMENTS_IN_REQUEST: malformed('more than 2000 adjustments at once'),
  TOO_MANY_ADJUSTMENTS: malformed('the conversion was adjusted too often'),
  GCLID_DATE_TIME_PAIR_AND_ORDER_ID_BOTH_SET: malformed('the conversion is named twice'),
  MISSING_ORDER_ID_FOR_WEBPAGE: malformed('a conversion of the tag is adjusted by its order id only'),

  NO_CONVERSION_ACTION_FOUND: misconfigured('there is no such conversion action in this account'),
  INVALID_CONVERSION_ACTION_TYPE: misconfigured('the conversion action must be of the type "Import from clicks"'),
  ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID: misconfigured('a conversion action that counts "one" takes no gbraid or wbraid: let it count "every"'),
  CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS: termsNotSigned,
  CUSTOMER_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS: misconfigured('enhanced conversions for leads are off in this account: turn them on, or turn off sending e-mail and phone'),
  CUSTOMER_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS: noDataAllowed,
  CUSTOMER_DATA_POLICY_PROHIBITS_ENHANCEMENT: noDataAllowed,
  CONVERSION_ACTION_NOT_ELIGIBLE_FOR_ENHANCEMENT: misconfigured('the conversion action takes no enhancements'),
  CANNOT_RESTATE_CONVERSION_ACTION_THAT_ALWAYS_USES_DEFAULT_CONVERSION_VALUE: misconfigured('the conversion action always counts its own value: let each conversion have another one'),
  CUSTOM_VARIABLE_NOT_ENABLED: misconfigured('a custom variable is not enabled in the account'),
  EXTERNAL_ATTRIBUTION_DATA_SET_FOR_NON_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION: external,
  EXTERNAL_ATTRIBUTION_DATA_NOT_SET_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION: external,
  ORDER_ID_NOT_PERMITTED_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION: external,
  EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION_NOT_PERMITTED_WITH_USER_IDENTIFIER: external,
  UNAUTHORIZED_CUSTOMER: misconfigured('the click belongs to an account that this one does not manage'),

  // NotAllowlistedError
  CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE: misconfigured('this developer token may not upload conversions any more: use the destination "Google Ads (Data Manager)"'),

  // InternalError, DatabaseError, QuotaError
  INTERNAL_ERROR: retry('Google failed inside'),
  TRANSIENT_ERROR: retry('Google failed for a moment'),
  DEADLINE_EXCEEDED: retry('Google took too long'),
  CONCURRENT_MODIFICATION: retry('somebody else was changing the same at that moment'),
  RESOURCE_EXHAUSTED: retry('the request quota is used up'),
  RESOURCE_TEMPORARILY_EXHAUSTED: retry('too many requests in a short time'),
  ACCESS_PROHIBITED: misconfigured('access is prohibited'),

  // AuthenticationError
  AUTHENTICATION_ERROR: staleToken('the access token was refused'),
  OAUTH_TOKEN_INVALID: staleToken('the access token is not valid'),
  OAUTH_TOKEN_EXPIRED: staleToken('the access token has expired'),
  OAUTH_TOKEN_HEADER_INVALID: staleToken('the access token is missing'),
  OAUTH_TOKEN_DISABLED: unauthorised('the access of this user was disabled'),
  OAUTH_TOKEN_REVOKED: unauthorised('the access of this user was revoked: connect the account again'),
  GOOGLE_ACCOUNT_DELETED: unauthorised('the Google account of this user is deleted'),
  GOOGLE_ACCOUNT_AUTHENTICATION_FAILED: unauthorised('Google cannot authenticate this user'),
  NOT_ADS_USER: misconfigured('this user has no Google Ads account'),
  CUSTOMER_NOT_FOUND: wrongAccount,
  CLIENT_CUSTOMER_ID_INVALID: wrongAccount,
  TWO_STEP_VERIFICATION_NOT_ENROLLED: userRefused,
  ADVANCED_PROTECTION_NOT_ENROLLED: userRefused,
  DEVELOPER_TOKEN_INVALID: tokenRefused,

  // AuthorizationError
  USER_PERMISSION_DENIED: misconfigured('this user has no access to the account; through a manager account its number is needed too'),
  DEVELOPER_TOKEN_NOT_APPROVED: misconfigured('the developer token is only for test accounts'),
  DEVELOPER_TOKEN_NOT_ON_ALLOWLIST: tokenRefused,
  DEVELOPER_TOKEN_PROHIBITED: misconfigured('the developer token belongs to another Google Cloud project'),
  CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION: projectRefused,
  CLOUD_PROJECT_NOT_UNDER_ORGANIZATION: projectRefused,
  PROJECT_DISABLED: projectRefused,
  AUTHORIZATION_ERROR: misconfigured('access was refused'),
  ACTION_NOT_PERMITTED: misconfigured('this user may not upload conversions to the account'),
  ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT: misconfigured('the Google Ads account is suspended'),
  ACCESS_DENIED_FOR_ACCOUNT_TYPE: misconfigured('the account is not one of Google Ads'),
  INCOMPLETE_SIGNUP: misconfigured('the account is not set up to its end'),
  CUSTOMER_NOT_ENABLED: misconfigured('the account is not enabled, or was closed'),
  MISSING_TOS: misconfigured('the terms of the Google Ads API are not accepted'),
  INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION: misconfigured('the manager account does not manage this account'),
  SERVICE_ACCESS_DENIED: misconfigured('access to this service is denied'),

  // RequestError
  UNSUPPORTED_VERSION: misconfigured('this API version has ended: set a newer one'),
  INVALID_CUSTOMER_ID: wrongAccount,

  ...byCloudReason,
};
