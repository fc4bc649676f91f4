import { HOUR, MINUTE } from '../durations.ts';
import { duplicate, expired, misconfigured, rejected, retry, staleToken, unauthorised, type Verdict } from '../verdict.ts';

const malformed = (what: string): Verdict => rejected(`Google refuses the event: ${what}`);
const termsNotSigned = misconfigured("the account has not accepted Google's customer data terms: accept them, or turn off sending e-mail and phone");
const notAllowed = misconfigured('the credential has no access to this account, or there is no such account');
const wrongAction = misconfigured('the conversion action is wrong');
const tooRecent = (what: string): Verdict => retry(`${what} is too recent, Google asks to come back in six hours`, 6 * HOUR);
const quota = retry('the request quota of the Google Cloud project is used up', MINUTE);

/** Data Manager API reference: ErrorReason, as in ErrorInfo.reason and BadRequest.fieldViolations[].reason. */
export const byReason: Record<string, Verdict> = {
  INTERNAL_ERROR: retry('Google failed inside'),
  DEADLINE_EXCEEDED: retry('Google took too long'),
  RESOURCE_EXHAUSTED: quota,
  CONVERSION_ACTION_TOO_RECENTLY_CREATED: tooRecent('the conversion action'),

  PERMISSION_DENIED: notAllowed,
  NOT_FOUND: notAllowed,
  INVALID_DESTINATION: misconfigured('the account or conversion action is wrong'),
  INVALID_CONVERSION_ACTION_ID: wrongAction,
  INVALID_CONVERSION_ACTION_TYPE: misconfigured('the conversion action must be of the type "Import from clicks"'),
  EVENT_SOURCE_AND_DESTINATION_MISMATCH: wrongAction,
  DESTINATION_ACCOUNT_TYPE_MISMATCH: misconfigured('the account is of the wrong kind'),
  MISMATCHED_ACCOUNT_TYPE: misconfigured('the account is of the wrong kind'),
  INVALID_CLIENT_ACCOUNT_ID: misconfigured('the account number is wrong'),
  OPERATING_ACCOUNT_LOGIN_ACCOUNT_MISMATCH: misconfigured('the manager account does not manage this account'),
  DESTINATION_ACCOUNT_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS: misconfigured('enhanced conversions for leads are off in this account'),
  DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED: termsNotSigned,
  DESTINATION_ACCOUNT_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS: misconfigured("Google's data policy forbids e-mail and phone for this account: turn off sending them"),
  TERMS_AND_CONDITIONS_NOT_SIGNED: termsNotSigned,
  THIRD_PARTY_USER_DATA_NOT_ALLOWED: misconfigured('this account may not send e-mail and phone: turn off sending them'),
  NOT_ALLOWLISTED: misconfigured('the account is not on the list for this feature'),

  INVALID_ARGUMENT: malformed('something in it is wrong'),
  REQUIRED_FIELD_MISSING: malformed('a required field is missing'),
  INVALID_FORMAT: malformed('a field has the wrong form'),
  INVALID_NUMBER_FORMAT: malformed('a number has the wrong form'),
  INVALID_ENUM_VALUE: malformed('a field has an unknown value'),
  INVALID_HEX_ENCODING: malformed('a hash is not HEX'),
  INVALID_BASE64_ENCODING: malformed('a hash is not Base64'),
  INVALID_SHA256_FORMAT: malformed('a hash is not SHA-256'),
  INVALID_POSTAL_CODE: malformed('the postal code is wrong'),
  INVALID_CURRENCY_CODE: malformed('Google does not know the currency'),
  INVALID_EVENT: malformed('it is not valid'),
  INVALID_EVENT_NAME: malformed('its name is not valid'),
  INVALID_AD_IDENTIFIER_FOR_ACCOUNT: malformed('its click id does not belong to this account'),
  NO_IDENTIFIERS_PROVIDED: malformed('neither a click id nor user data came with it'),
  EVENT_TIME_INVALID: malformed('its time is not valid'),
  FIELD_VALUE_TOO_LONG: malformed('a field is too long'),
  FIELD_VALUE_TOO_SHORT: malformed('a field is too short'),
  TOO_MANY_DESTINATIONS: malformed('too many conversion actions at once'),
  TOO_MANY_EVENTS: malformed('too many events at once'),
  TOO_MANY_USER_IDENTIFIERS: malformed('too much user data'),
  TOO_MANY_ELEMENTS: malformed('a list is too long'),
  TOO_FEW_ELEMENTS: malformed('a list is too short'),

  // Reasons of Google Cloud itself (google.api.ErrorReason).
  RATE_LIMIT_EXCEEDED: quota,
  SERVICE_DISABLED: misconfigured('the Data Manager API is not enabled in the Google Cloud project'),
  BILLING_DISABLED: misconfigured('billing is off in the Google Cloud project'),
  CONSUMER_INVALID: misconfigured('the quota project is wrong'),
  USER_PROJECT_DENIED: misconfigured('the credential may not use the quota project'),
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: misconfigured('the credential was not granted the scope auth/datamanager'),
  ACCESS_TOKEN_EXPIRED: staleToken('the access token has expired'),
};

/** google.rpc.Code, as in error.status, where no reason is known. */
export const byStatus: Record<string, Verdict> = {
  UNAUTHENTICATED: staleToken('the access token is missing or has expired'),
  PERMISSION_DENIED: notAllowed,
  NOT_FOUND: notAllowed,
  UNIMPLEMENTED: misconfigured('Google has no such method'),
  RESOURCE_EXHAUSTED: quota,
  INTERNAL: retry('Google failed inside'),
  UNKNOWN: retry('Google failed for an unknown reason'),
  UNAVAILABLE: retry('Google is unavailable'),
  DEADLINE_EXCEEDED: retry('Google took too long'),
  ABORTED: retry('Google broke off'),
  CANCELLED: retry('Google broke off'),
  INVALID_ARGUMENT: malformed('something in it is wrong'),
  FAILED_PRECONDITION: malformed('a precondition does not hold'),
  OUT_OF_RANGE: malformed('a value is out of range'),
};

/** Data Manager API reference: ProcessingErrorReason, without its prefix. Said half an hour or more after the request was accepted. */
export const byProcessingReason: Record<string, Verdict> = {
  DUPLICATE_GCLID: duplicate('Google has a conversion of this click and second already'),
  DUPLICATE_TRANSACTION_ID: duplicate('Google has this transaction already'),
  INTERNAL_ERROR: retry('Google failed inside while processing: it is sent again'),
  TOO_RECENT_CLICK: tooRecent('the click'),
  DESTINATION_TOO_RECENTLY_CREATED: tooRecent('the conversion action'),
  EVENT_TOO_OLD: expired('the event is older than the conversion action takes'),

  OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER: misconfigured('the click came from an ad of another Google Ads account'),
  DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED: termsNotSigned,
  ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID: misconfigured('a conversion action that counts "one" takes no gbraid or wbraid: let it count "every"'),
  EXTERNAL_ATTRIBUTION_DATA_MISSING: misconfigured('the conversion action is one of external attribution, which is not supported'),

  INVALID_GCLID: malformed('the gclid cannot be read'),
  INVALID_GBRAID: malformed('the gbraid cannot be read'),
  INVALID_WBRAID: malformed('the wbraid cannot be read'),
  INVALID_AD_IDENTIFIERS: malformed('a click id is not valid'),
  INVALID_CLICK: malformed('the click did not come from a Google Ads campaign'),
  CLICK_NOT_FOUND: malformed('Google does not know the click'),
  INVALID_OPERATING_ACCOUNT_FOR_CLICK: malformed('the click belongs to another account'),
  CONVERSION_PRECEDES_CLICK: malformed('it lies before its click'),
  INVALID_EVENT: malformed('it is not valid'),
  INVALID_FORMAT: malformed('a field has the wrong form'),
  DENIED_CONSENT: malformed('the visitor or the account refuses the use of the data'),
  NO_CONSENT: malformed('the account has given no consent for this use'),
  UNKNOWN_CONSENT: malformed('no consent is known for this visitor'),
};

/** Google's OAuth token endpoint (Google Identity: "Refreshing an access token", RFC 6749 5.2). */
export const byOAuthError: Record<string, Verdict> = {
  invalid_grant: unauthorised('Google no longer takes the refresh token or the key: connect the account again'),
  invalid_client: misconfigured('the OAuth client id or secret is wrong'),
  deleted_client: misconfigured('the OAuth client was deleted'),
  unauthorized_client: misconfigured('the OAuth client may not use this refresh token'),
  invalid_scope: misconfigured('the scope auth/datamanager was not granted'),
  access_denied: misconfigured('the account refuses access'),
  admin_policy_enforced: misconfigured('the Google Workspace administrator forbids this access'),
  org_internal: misconfigured('the OAuth client is for its own organisation only'),
  invalid_request: misconfigured('Google cannot read the token request'),
  internal_failure: retry('Google failed inside'),
  server_error: retry('Google failed inside'),
  temporarily_unavailable: retry('Google is unavailable'),
};
