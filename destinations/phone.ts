import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';

/**
 * A phone number as E.164 (`+18005550100`), or null if it cannot be read as one. A national number is read with the buyer's
 * country; bare digits without a known country only where they are a valid number as they stand, country code first.
 */
export const toE164 = (raw: string, country: string | null): string | null => {
  const known = country && isSupportedCountry(country) ? country : undefined;
  const phone = parsePhoneNumberFromString(raw, { ...(known && { defaultCountry: known }), extract: false });
  if (phone?.isPossible()) return phone.number;
  if (known || /^\s*\+/.test(raw)) return null;
  const bare = parsePhoneNumberFromString(`+${raw.replace(/\D/g, '')}`, { extract: false });
  return bare?.isValid() ? bare.number : null;
};
