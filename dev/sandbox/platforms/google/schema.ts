/** The message types of events:ingest, and the strict reading of JSON by them. */
import { isObject, isRfc3339 } from '../../checks.ts';

type Scalar = 'string' | 'double' | 'int64' | 'bool' | 'timestamp';
type Type = Scalar | { enum: string; values: string[] } | { fields: Record<string, Type> } | { list: Type };

const list = (type: Type): Type => ({ list: type });
const message = (fields: Record<string, Type>): Type => ({ fields });
const oneOf = (name: string, ...values: string[]): Type => ({ enum: name, values });

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

interface Mismatch { field: string; description: string }

/** Where `value` does not fit `type`. Places are written in snake case, as Google does. Stricter than Google: no numbers in quotes, camelCase names alone. */
export function* mismatches(value: unknown, type: Type, at = ''): Generator<Mismatch> {
  if (typeof type === 'string') {
    if (!fits[type](value)) yield invalidValue(at, type === 'timestamp' ? 'type.googleapis.com/google.protobuf.Timestamp' : `TYPE_${type.toUpperCase()}`, value, type);
  } else if ('enum' in type) {
    if (!type.values.includes(value as string)) yield invalidValue(at, `type.googleapis.com/google.ads.datamanager.v1.${type.enum}`, value);
  } else if ('list' in type) {
    if (!Array.isArray(value)) yield { field: at, description: `Invalid JSON payload received. "${at}" must be a list.` };
    else for (const [index, one] of value.entries()) yield* mismatches(one, type.list, `${at}[${index}]`);
  } else if (!isObject(value)) {
    yield { field: at, description: 'Invalid JSON payload received. Unexpected token.' };
  } else {
    for (const [name, inner] of Object.entries(value)) {
      const field = type.fields[name];
      const place = at ? `${at}.${snake(name)}` : snake(name);
      if (!field) yield { field: at, description: `Invalid JSON payload received. Unknown name "${name}"${at ? ` at '${at}'` : ''}: Cannot find field.` };
      else if (inner !== null) yield* mismatches(inner, field, place);
    }
  }
}

const fits: Record<Scalar, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  double: (value) => typeof value === 'number',
  int64: (value) => Number.isInteger(value),
  bool: (value) => typeof value === 'boolean',
  timestamp: isRfc3339,
};

function invalidValue(field: string, type: string, value: unknown, kind?: Scalar): Mismatch {
  const camel = field.slice(field.lastIndexOf('.') + 1).replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const what = kind === 'timestamp' ? `Field '${camel}', Illegal timestamp format; timestamps must end with 'Z' or have a valid timezone offset.` : JSON.stringify(value);
  return { field, description: `Invalid value at '${field}' (${type}), ${what}` };
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
