/** Checks that several platforms share. Each answers yes or no; the platform words its own refusal. */
export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

/** SHA-256 of the empty string: the trace of hashing a field that was not there. */
export const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
export const isHash = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) && value !== emptyHash;
export const looksHashed = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-fA-F]{64}$/.test(value);

/** One hash, or a list of them that is not empty. */
export const areHashes = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 && value.every(isHash) : isHash(value));

/** Unix seconds: an integer that is neither milliseconds nor a text. */
export const isUnixSeconds = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 100_000_000_000;

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
export const isRfc3339 = (value: unknown): value is string => typeof value === 'string' && rfc3339.test(value) && !Number.isNaN(Date.parse(value));

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The texts under `key` in a list of objects, read leniently. */
export const textsOf = (list: unknown, key: string): string[] =>
  (Array.isArray(list) ? list : []).map((item) => (isObject(item) ? item[key] : null)).filter((value) => typeof value === 'string');

/** ISO 4217, the codes in use. */
const currencies = new Set((
  'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK '
  + 'DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF '
  + 'KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK '
  + 'PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX '
  + 'USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG'
).split(' '));
export const isCurrency = (value: unknown): value is string => typeof value === 'string' && currencies.has(value);

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
