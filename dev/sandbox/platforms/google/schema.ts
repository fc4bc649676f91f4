/** The message types of events:ingest. */
import { list, message } from './proto-json.ts';
import type { Type } from './proto-json.ts';

const oneOf = (name: string, ...values: string[]): Type => ({ enum: `google.ads.datamanager.v1.${name}`, values });

const consentStatus = oneOf('ConsentStatus', 'CONSENT_STATUS_UNSPECIFIED', 'CONSENT_GRANTED', 'CONSENT_DENIED');
const consent = message({ adUserData: consentStatus, adPersonalization: consentStatus });
const device = message({ userAgent: 'string', ipAddress: 'string' });
const account = message({
  accountId: 'string',
  accountType: oneOf('ProductAccount.AccountType', 'GOOGLE_ADS', 'DISPLAY_VIDEO_PARTNER', 'DISPLAY_VIDEO_ADVERTISER', 'DATA_PARTNER', 'GOOGLE_ANALYTICS_PROPERTY'),
});
const destination = message({ reference: 'string', loginAccount: account, linkedAccount: account, operatingAccount: account, productDestinationId: 'string' });
const userData = message({
  userIdentifiers: list(message({
    emailAddress: 'string', phoneNumber: 'string',
    address: message({ givenName: 'string', familyName: 'string', regionCode: 'string', postalCode: 'string' }),
  })),
});
const item = message({ merchantProductId: 'string', itemId: 'string', quantity: 'int64', unitPrice: 'double' });
const event = message({
  destinationReferences: list('string'), transactionId: 'string', eventTimestamp: 'timestamp', lastUpdatedTimestamp: 'timestamp', userData, consent,
  adIdentifiers: message({
    sessionAttributes: 'string', gclid: 'string', gbraid: 'string', wbraid: 'string', dclid: 'string', mobileDeviceId: 'string', landingPageDeviceInfo: device,
  }),
  currency: 'string', conversionValue: 'double',
  eventSource: oneOf('EventSource', 'WEB', 'APP', 'IN_STORE', 'PHONE', 'MESSAGE', 'OTHER'),
  eventDeviceInfo: device,
  cartData: message({ merchantId: 'string', merchantFeedLabel: 'string', merchantFeedLanguageCode: 'string', transactionDiscount: 'double', items: list(item) }),
  customVariables: list(message({ variable: 'string', value: 'string', destinationReferences: list('string') })),
  experimentalFields: list(message({ field: 'string', value: 'string' })),
  userProperties: message({
    customerType: oneOf('CustomerType', 'NEW', 'RETURNING', 'REENGAGED'),
    customerValueBucket: oneOf('CustomerValueBucket', 'LOW', 'MEDIUM', 'HIGH'),
  }),
});

export const ingestEventsRequest = message({
  destinations: list(destination), events: list(event), consent, validateOnly: 'bool',
  encoding: oneOf('Encoding', 'HEX', 'BASE64'),
  encryptionInfo: message({ gcpWrappedKeyInfo: message({ keyType: 'string', wipProvider: 'string', kekUri: 'string', encryptedDek: 'string' }) }),
});
