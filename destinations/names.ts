import { rowOf } from './row.ts';
import { countryCodeOf, usStateCodeOf } from './countries.ts';

/** Normal forms of names, places and dates before hashing. Letters of every script stay; punctuation, symbols and spaces go where the platform says so. */

/** Lower-case without punctuation; one space between words (Meta: fn, ln). */
export const plainName = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}\s]/gu, '').replace(/\s+/g, ' ').trim();

/** Lower-case without punctuation and spaces: `San Francisco` -> `sanfrancisco` (Meta: ct, st). */
export const packedName = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]/gu, '');

/** Lower-case, without the spaces around it. */
export const lowerName = (text: string): string => text.toLowerCase().trim();

/** A region packed, of the United States as its two-letter code: `California` -> `ca`. Without a known country a state's name is still taken for that state. */
export const regionCode = (text: string, country: string | null): string =>
  ((country === null || country === 'US') && usStateCodeOf(text)) || packedName(text);

/** Lower-case without spaces and dashes; of a US code the first five digits (Meta: zp; TikTok: zip_code). */
export const postalCode = (text: string, country: string | null): string => {
  const code = text.toLowerCase().replace(/[\s-]/g, '');
  return country === 'US' || (country === null && /^\d{5}-\d{4}$/.test(text.trim())) ? code.slice(0, 5) : code;
};

/** Two lower-case letters, from a code or an English name; null if it is no country. */
export const lowerCountry = (text: string): string | null => countryCodeOf(text)?.toLowerCase() ?? null;

const GENDERS: Record<string, 'f' | 'm' | 'n'> = {
  f: 'f', female: 'f', woman: 'f', girl: 'f', m: 'm', male: 'm', man: 'm', boy: 'm',
  n: 'n', 'non-binary': 'n', nonbinary: 'n', 'non binary': 'n', 'gender non-conforming': 'n',
};

/** `f`, `m` or `n`, from the letter or the word; null for anything else. */
export const genderCode = (text: string): 'f' | 'm' | 'n' | null => {
  const word = text.trim().toLowerCase();
  return rowOf(GENDERS, word) ?? null;
};

/** `f` or `m`; null for anything else. */
export const binaryGenderCode = (text: string): 'f' | 'm' | null => {
  const code = genderCode(text);
  return code === 'n' ? null : code;
};

/** A date of birth as YYYYMMDD, from an ISO 8601 date or date-time or the eight digits themselves; null if it is no day of the calendar. */
export const compactDate = (text: string): string | null => {
  const parts = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?$/.exec(text.trim());
  if (!parts) return null;
  const [, year, month, day] = parts;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day) ? `${year}${month}${day}` : null;
};
