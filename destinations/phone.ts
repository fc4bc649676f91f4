import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { FieldContext } from './fields.ts';

/** `ext. 12`, `x12`, `#12`, `;ext=12` at the end of a number. */
const EXTENSION = /(?:;ext=|\bext(?:ension)?\.?|[x#,;])\s*\d{1,7}\s*$/i;

/**
 * The digits of a phone number with its country code first, without plus: `18005550100`. A number that has a plus keeps its
 * country; another one is read with the person's country, else the default country or calling code, wherever that makes a
 * possible number. What remains unreadable goes as given, without extension and leading zeros: the platform may still know
 * it. Null only where no digit is left.
 */
export const phoneDigits = (raw: string, { phoneCountry, callingCode }: Pick<FieldContext, 'phoneCountry' | 'callingCode'>): string | null => {
  const text = raw.trim().replace(EXTENSION, '');
  const phone = parsed(text, defaultsFor(phoneCountry, callingCode));
  if (phone?.isPossible()) return phone.number.slice(1);
  return text.replace(/\D/g, '').replace(/^0+/, '') || null;
};

const parsed = (text: string, defaults: ReturnType<typeof defaultsFor>) => {
  try {
    return parsePhoneNumberFromString(text, { ...defaults, extract: false });
  } catch {
    // No country has this calling code: the number is read without it.
    return parsePhoneNumberFromString(text, { extract: false });
  }
};

const defaultsFor = (country: string | null, callingCode: string | null): { defaultCountry?: CountryCode; defaultCallingCode?: string } => {
  if (country && isSupportedCountry(country)) return { defaultCountry: country };
  return callingCode ? { defaultCallingCode: callingCode } : {};
};

/** E.164 with its plus: `+18005550100`. */
export const phoneWithPlus = (raw: string, context: Pick<FieldContext, 'phoneCountry' | 'callingCode'>): string | null => {
  const digits = phoneDigits(raw, context);
  return digits && `+${digits}`;
};
