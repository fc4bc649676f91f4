/** The error codes of the Google Ads API by category, with Google's own descriptions. Source: google/ads/googleads/v26/errors. */
interface ItemCode { category: string; message: string }
interface RequestCode extends ItemCode { http: number; status: string }

const of = (category: string, codes: Record<string, string>): Record<string, ItemCode> =>
  Object.fromEntries(Object.entries(codes).map(([code, message]) => [code, { category, message }]));

const everywhere = {
  TOO_RECENT_CONVERSION_ACTION: "Can't import events to a conversion action that was just created. Try importing again in 6 hours.",
  INVALID_USER_IDENTIFIER: 'Make sure you hash user provided data using SHA-256 and ensure you are normalizing according to the guidelines.',
  CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS: 'Make sure you agree to the customer data processing terms in conversion settings and try again.',
};

const shared: Record<string, ItemCode> = {
  ...of('fieldError', {
    REQUIRED: 'The required field was not present.',
    INVALID_VALUE: "The field's value is invalid.",
    VALUE_MUST_BE_UNSET: 'The field cannot be set.',
  }),
  ...of('dateError', {
    INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET: "The string date time's format should be yyyy-mm-dd hh:mm:ss+|-hh:mm.",
    LATER_THAN_MAXIMUM_DATE: 'Date is after allowed maximum.',
  }),
  ...of('requestError', { RESOURCE_NAME_MALFORMED: 'Resource name provided is malformed.' }),
  ...of('stringLengthError', { TOO_SHORT: 'Too short.' }),
  ...of('rangeError', { TOO_LOW: 'Too low.' }),
  ...of('collectionSizeError', { TOO_MANY: 'Too many.' }),
  ...of('currencyCodeError', { UNSUPPORTED: 'The currency code is not supported.' }),
  ...of('notAllowlistedError', { CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE: 'Customer is not allowlisted for accessing this feature.' }),
  ...of('internalError', { INTERNAL_ERROR: 'An internal error has occurred.', TRANSIENT_ERROR: 'Google Ads API encountered unexpected transient error. The user should retry their request in these cases.' }),
  ...of('databaseError', { CONCURRENT_MODIFICATION: 'Multiple requests were attempting to modify the same resource at once. Retry the request.' }),
};

/** Codes of one item, which partialFailureError carries, by the call. */
export const itemCodes = {
  conversions: {
    ...shared,
    ...of('conversionUploadError', {
      ...everywhere,
      UNPARSEABLE_GCLID: 'The imported gclid could not be decoded.',
      UNPARSEABLE_GBRAID: "Can't parse event import data. Check if your gbraid parameter was not modified and try again.",
      UNPARSEABLE_WBRAID: "Can't parse event import data. Check if your wbraid parameter was not modified and try again.",
      CONVERSION_PRECEDES_EVENT: 'The imported event has a `conversion_date_time` that precedes the click. Make sure your `conversion_date_time` is correct and try again.',
      EXPIRED_EVENT: "The imported event can't be recorded because its click occurred before this conversion's click-through window. Make sure you import the most recent data.",
      TOO_RECENT_EVENT: 'The click associated with the given identifier or iOS URL parameter occurred less than 6 hours ago. Retry after 6 hours have passed.',
      TOO_RECENT_CALL: "Can't import calls that occurred less than 6 hours ago. Try uploading again in 6 hours.",
      EVENT_NOT_FOUND: 'The imported event could not be attributed to a click. This may be because the event did not come from a Google Ads campaign.',
      CLICK_NOT_FOUND: "The email address or phone number for this event can't be matched to a click. This may be because it didn't come from a Google Ads campaign, and you can safely ignore this warning. If this includes more imported events than is expected, you may need to check your setup.",
      UNAUTHORIZED_CUSTOMER: "The click ID or call is associated with an Ads account you don't have access to. Make sure you import conversions for accounts managed by your manager account.",
      INVALID_CUSTOMER_FOR_CLICK: "The click from the imported event is associated with a different Google Ads account. Make sure you're importing to the correct account.",
      ORDER_ID_ALREADY_IN_USE: 'The imported event includes an order ID that was previously recorded, so the event was not processed.',
      ORDER_ID_CONTAINS_PII: "Can't import events with order IDs containing personally-identifiable information (PII).",
      DUPLICATE_ORDER_ID: 'Imported events include multiple conversions with the same order ID and were not processed. Make sure order IDs are unique and try again.',
      CLICK_CONVERSION_ALREADY_EXISTS: 'The imported event has the same click and `conversion_date_time` as an existing conversion. Use a unique `conversion_date_time` or order ID for each unique event and try again.',
      DUPLICATE_CLICK_CONVERSION_IN_REQUEST: 'Multiple events have the same click and `conversion_date_time`. Make sure your `conversion_date_time` is correctly configured and try again.',
      GBRAID_WBRAID_BOTH_SET: "Can't use both gbraid and wbraid parameters. Use only 1 and try again.",
      UNSUPPORTED_USER_IDENTIFIER: 'The provided user identifiers are not supported. Use only hashed email or phone number and try again.',
      ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID: "Conversion actions that use one-per-click counting can't be used with gbraid or wbraid parameters.",
      CUSTOMER_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS: "Make sure you've turned on enhanced conversions for leads in conversion settings and try again.",
      NO_CONVERSION_ACTION_FOUND: "The conversion action specified in the upload request cannot be found. Make sure it's available in this account.",
      INVALID_CONVERSION_ACTION_TYPE: "The conversion action specified in the upload request isn't set up for uploading conversions.",
    }),
  },
  conversion_adjustments: {
    ...shared,
    ...of('conversionAdjustmentUploadError', {
      ...everywhere,
      CONVERSION_ALREADY_RETRACTED: 'The conversion was already retracted. This adjustment was not processed.',
      CONVERSION_NOT_FOUND: "The conversion for this conversion action and conversion identifier can't be found. Make sure your conversion identifiers are associated with the correct conversion action and try again.",
      CONVERSION_EXPIRED: "Adjustment can't be made to a conversion that occurred more than 54 days ago.",
      ADJUSTMENT_PRECEDES_CONVERSION: 'Adjustment has an `adjustment_date_time` that occurred before the associated conversion. Make sure your `adjustment_date_time` is correct and try again.',
      MORE_RECENT_RESTATEMENT_FOUND: 'More recent adjustment `adjustment_date_time` has already been reported for the associated conversion. Make sure your adjustment `adjustment_date_time` is correct and try again.',
      TOO_RECENT_CONVERSION: "Adjustment can't be recorded because the conversion occurred too recently. Try adjusting a conversion that occurred at least 24 hours ago.",
      TOO_MANY_ADJUSTMENTS: "The conversion has already been adjusted the maximum number of times. Make sure you're only making necessary adjustment to existing conversion.",
      RESTATEMENT_ALREADY_EXISTS: 'The conversion has prior a restatement with the same `adjustment_date_time`. Make sure your adjustment has the correct and unique `adjustment_date_time` and try again.',
      DUPLICATE_ADJUSTMENT_IN_REQUEST: 'Imported adjustment has a duplicate conversion adjustment with same `adjustment_date_time`. Make sure your adjustment has the correct `adjustment_date_time` and try again.',
      GCLID_DATE_TIME_PAIR_AND_ORDER_ID_BOTH_SET: 'Cannot set both gclid_date_time_pair and order_id. Use only 1 type and try again.',
      MISSING_ORDER_ID_FOR_WEBPAGE: 'Adjustment for website conversion requires Order ID (ie, transaction ID). Make sure your website tags capture Order IDs and you send the same Order IDs with your adjustment.',
      ORDER_ID_CONTAINS_PII: "Can't use adjustment with Order IDs containing personally-identifiable information (PII).",
      NO_CONVERSION_ACTION_FOUND: "The conversion action specified in the adjustment request cannot be found. Make sure it's available in this account.",
      INVALID_CONVERSION_ACTION_TYPE: "The type of the conversion action specified in the adjustment request isn't supported for uploading adjustments.",
    }),
  },
} satisfies Record<string, Record<string, ItemCode>>;
export type Call = keyof typeof itemCodes;

/** Codes that fail the whole request. */
export const requestCodes: Record<string, RequestCode> = {
  ...request(400, 'INVALID_ARGUMENT', 'conversionUploadError', { TOO_MANY_CONVERSIONS_IN_REQUEST: 'Upload fewer than 2001 events in a single request.', INVALID_JOB_ID: 'The provided job id in the request is not within the allowed range. A job ID must be a positive integer in the range [1, 2^31).' }),
  ...request(400, 'INVALID_ARGUMENT', 'conversionAdjustmentUploadError', { TOO_MANY_ADJUSTMENTS_IN_REQUEST: 'Try uploading fewer than 2001 adjustments in a single API request.' }),
  ...request(400, 'INVALID_ARGUMENT', 'partialFailureError', { PARTIAL_FAILURE_MODE_REQUIRED: 'The partial failure field was false in the request. This method requires this field be set to true.' }),
  ...request(400, 'INVALID_ARGUMENT', 'requestError', { INVALID_CUSTOMER_ID: 'Expected customer id to be a number.', REQUIRED_FIELD_MISSING: 'Required field is missing.', UNSUPPORTED_VERSION: 'The version of the API is not supported.', INVALID_ARGUMENT: 'Request contains an invalid argument.' }),
  ...request(400, 'INVALID_ARGUMENT', 'headerError', { INVALID_LOGIN_CUSTOMER_ID: 'The login customer ID could not be validated.' }),
  ...request(401, 'UNAUTHENTICATED', 'requestError', { DEVELOPER_TOKEN_PARAMETER_MISSING: 'The developer-token parameter is required for all requests.' }),
  ...request(401, 'UNAUTHENTICATED', 'authenticationError', { DEVELOPER_TOKEN_INVALID: 'The developer token is not valid.', OAUTH_TOKEN_REVOKED: 'OAuth token in the header has been revoked.', TWO_STEP_VERIFICATION_NOT_ENROLLED: 'An account administrator changed this account\'s authentication settings. To access this Google Ads account, enable 2-Step Verification in your Google account.' }),
  ...request(403, 'PERMISSION_DENIED', 'authorizationError', {
    USER_PERMISSION_DENIED: "User doesn't have permission to access customer. Note: If you're accessing a client customer, the manager's customer id must be set in the 'login-customer-id' header. See https://developers.google.com/google-ads/api/docs/concepts/call-structure#cid",
    DEVELOPER_TOKEN_NOT_APPROVED: 'The developer token is only approved for use with test accounts. To access non-test accounts, apply for Basic or Standard access.',
    DEVELOPER_TOKEN_PROHIBITED: 'The developer token is not allowed with the project sent in the request.',
    CUSTOMER_NOT_ENABLED: "The customer account can't be accessed because it is not yet enabled or has been deactivated.",
    ACTION_NOT_PERMITTED: 'The user does not have permission to perform this action (for example, ADD, UPDATE, REMOVE) on the resource or call a method.',
  }),
  ...request(429, 'RESOURCE_EXHAUSTED', 'quotaError', { RESOURCE_EXHAUSTED: 'Too many requests. Retry in 30 seconds.', RESOURCE_TEMPORARILY_EXHAUSTED: 'Too many requests. Retry in 30 seconds.' }),
  ...request(500, 'INTERNAL', 'internalError', { INTERNAL: 'An internal error has occurred.' }),
};

function request(http: number, status: string, category: string, codes: Record<string, string>): Record<string, RequestCode> {
  return Object.fromEntries(Object.entries(codes).map(([code, message]) => [code, { http, status, category, message }]));
}
