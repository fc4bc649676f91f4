import { HOUR } from '../durations.ts';
import { byCloudReason, malformed, notAllowed, quota } from '../google/rpc.ts';
import { duplicate, expired, misconfigured, retry, type Verdict } from '../verdict.ts';

const termsNotSigned = misconfigured("the account has not accepted Google's customer data terms: accept them, or turn off sending e-mail and phone");
const wrongAction = misconfigured('the conversion action is wrong');
const tooRecent = (what: string): Verdict => retry(`${what} is too recent, Google asks to come back in six hours`, 6 * HOUR);

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
  UNSUPPORTED_OPERATING_ACCOUNT_FOR_DATA_PARTNER: misconfigured('a data partner may not use this account'),
  UNSUPPORTED_LINKED_ACCOUNT_FOR_DATA_PARTNER: misconfigured('a data partner may not use this account'),
  LINKED_ACCOUNT_ONLY_ALLOWED_WITH_DATA_PARTNER_LOGIN_ACCOUNT: misconfigured('the account is of the wrong kind'),

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
  RESERVED_NAME_USED: malformed('one of its parameters has a reserved name'),
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

  ...byCloudReason,
};

export { byStatus } from '../google/rpc.ts';

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
  ORIGINAL_CONVERSIONS_NOT_FOUND: malformed('Google does not know the conversion that it corrects'),
  INVALID_CUSTOM_VARIABLE: malformed('a custom variable is not valid'),
  CUSTOM_VARIABLE_NOT_ENABLED: misconfigured('a custom variable is not enabled in the account'),
  INVALID_MERCHANT_ID: malformed('the Merchant Center account is not valid'),
  INVALID_EVENT: malformed('it is not valid'),
  INVALID_FORMAT: malformed('a field has the wrong form'),
  DENIED_CONSENT: malformed('the visitor or the account refuses the use of the data'),
  NO_CONSENT: malformed('the account has given no consent for this use'),
  UNKNOWN_CONSENT: malformed('no consent is known for this visitor'),
};
