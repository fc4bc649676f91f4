/** The message types of uploadClickConversions and uploadConversionAdjustments. Source: google/ads/googleads/v26/services, conversion_upload_service.proto and conversion_adjustment_upload_service.proto. */
import { list, message } from './proto-json.ts';
import type { Type } from './proto-json.ts';

const oneOf = (name: string, ...values: string[]): Type => ({ enum: `google.ads.googleads.v26.enums.${name}Enum.${name}`, values });

const consentStatus = oneOf('ConsentStatus', 'UNSPECIFIED', 'UNKNOWN', 'GRANTED', 'DENIED');
const userIdentifier = message({
  userIdentifierSource: oneOf('UserIdentifierSource', 'UNSPECIFIED', 'UNKNOWN', 'FIRST_PARTY', 'THIRD_PARTY'),
  hashedEmail: 'string', hashedPhoneNumber: 'string', mobileId: 'string', thirdPartyUserId: 'string',
  addressInfo: message({
    hashedFirstName: 'string', hashedLastName: 'string', hashedStreetAddress: 'string', city: 'string', state: 'string', countryCode: 'string', postalCode: 'string',
  }),
});

const clickConversion = message({
  gclid: 'string', gbraid: 'string', wbraid: 'string', conversionAction: 'string', conversionDateTime: 'string', conversionValue: 'double', currencyCode: 'string', orderId: 'string',
  externalAttributionData: message({ externalAttributionModel: 'string', externalAttributionCredit: 'double' }),
  customVariables: list(message({ conversionCustomVariable: 'string', value: 'string' })),
  cartData: message({
    merchantId: 'string', feedCountryCode: 'string', feedLanguageCode: 'string', localTransactionCost: 'double',
    items: list(message({ productId: 'string', quantity: 'int32', unitPrice: 'double' })),
  }),
  userIdentifiers: list(userIdentifier),
  conversionEnvironment: oneOf('ConversionEnvironment', 'UNSPECIFIED', 'UNKNOWN', 'APP', 'WEB'),
  consent: message({ adUserData: consentStatus, adPersonalization: consentStatus }),
  customerType: oneOf('ConversionCustomerType', 'UNSPECIFIED', 'UNKNOWN', 'NEW', 'RETURNING'),
  userIpAddress: 'string', sessionAttributesEncoded: 'string',
  sessionAttributesKeyValuePairs: message({ keyValuePairs: list(message({ sessionAttributeKey: 'string', sessionAttributeValue: 'string' })) }),
});

const conversionAdjustment = message({
  gclidDateTimePair: message({ gclid: 'string', conversionDateTime: 'string' }),
  orderId: 'string', conversionAction: 'string', adjustmentDateTime: 'string',
  adjustmentType: oneOf('ConversionAdjustmentType', 'UNSPECIFIED', 'UNKNOWN', 'RETRACTION', 'RESTATEMENT', 'ENHANCEMENT'),
  restatementValue: message({ adjustedValue: 'double', currencyCode: 'string' }),
  userIdentifiers: list(userIdentifier), userAgent: 'string',
});

const options = { customerId: 'string', partialFailure: 'bool', validateOnly: 'bool', jobId: 'int32' } as const;
export const uploadClickConversionsRequest = message({ ...options, debugEnabled: 'bool', conversions: list(clickConversion) });
export const uploadConversionAdjustmentsRequest = message({ ...options, conversionAdjustments: list(conversionAdjustment) });

export interface UserIdentifier { hashedEmail?: string; hashedPhoneNumber?: string; mobileId?: string; thirdPartyUserId?: string; addressInfo?: unknown }
export interface ClickConversion {
  gclid?: string; gbraid?: string; wbraid?: string; conversionAction?: string; conversionDateTime?: string; conversionValue?: number; currencyCode?: string; orderId?: string;
  userIdentifiers?: UserIdentifier[]; conversionEnvironment?: string; userIpAddress?: string; sessionAttributesEncoded?: string; sessionAttributesKeyValuePairs?: unknown;
}
export interface Adjustment {
  gclidDateTimePair?: { gclid?: string; conversionDateTime?: string }; orderId?: string; conversionAction?: string; adjustmentDateTime?: string; adjustmentType?: string;
  restatementValue?: { adjustedValue?: number; currencyCode?: string }; userIdentifiers?: UserIdentifier[]; userAgent?: string;
}
export interface UploadRequest { conversions?: ClickConversion[]; conversionAdjustments?: Adjustment[]; partialFailure?: boolean; validateOnly?: boolean; jobId?: number }
