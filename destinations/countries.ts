import { rowOf } from './row.ts';
import countries from 'i18n-iso-countries';
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' };

countries.registerLocale(english);

/** A country as two capital letters (ISO 3166-1 alpha-2), from that code, the three-letter code or the name, in English or another language of many of our users; null if it is none. */
export const countryCodeOf = (text: string): string | null => {
  const word = text.trim();
  // Every country of the list is compared with it.
  if (word.length > NAME_MAX) return null;
  const upper = word.toUpperCase();
  if (upper === 'UK') return 'GB';
  if (/^[A-Z]{2}$/.test(upper)) return countries.isValid(upper) ? upper : null;
  if (/^[A-Z]{3}$/.test(upper)) return countries.alpha3ToAlpha2(upper) ?? countries.getAlpha2Code(word, 'en') ?? null;
  return countries.getAlpha2Code(word, 'en') ?? countries.getSimpleAlpha2Code(word, 'en') ?? codeByName().get(bareName(word)) ?? null;
};

const NAME_MAX = 100;

/** What people write for a country and no list of names has. */
const ALSO_CALLED: Record<string, string> = {
  england: 'GB', scotland: 'GB', wales: 'GB', 'northern ireland': 'GB', holland: 'NL', macedonia: 'MK', swaziland: 'SZ', burma: 'MM', 'viet nam': 'VN',
};

/** Where two languages mean different countries by a name, the first one is believed. */
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'ru', 'uk'];

let namesRead: Map<string, string> | null = null;

/** Codes by what the languages call the countries. Read once, when a name is first met that is not an official one. */
const codeByName = (): Map<string, string> => (namesRead ??= readNames());

const readNames = (): Map<string, string> => {
  const codes = new Map(Object.entries(ALSO_CALLED));
  for (const language of LANGUAGES) {
    const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' });
    for (const code of Object.keys(countries.getAlpha2Codes())) {
      const name = bareName(names.of(code) ?? '');
      if (name !== '' && !codes.has(name)) codes.set(name, code);
    }
  }
  return codes;
};

/** Lower-case letters with one space between words, without an article. */
const bareName = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{M}]+/gu, ' ').trim().replace(/^the /, '');

/** United States, District of Columbia and territories: USPS codes. */
const STATES = {
  alabama: 'al', alaska: 'ak', arizona: 'az', arkansas: 'ar', california: 'ca', colorado: 'co', connecticut: 'ct', delaware: 'de',
  'district of columbia': 'dc', florida: 'fl', georgia: 'ga', hawaii: 'hi', idaho: 'id', illinois: 'il', indiana: 'in', iowa: 'ia', kansas: 'ks',
  kentucky: 'ky', louisiana: 'la', maine: 'me', maryland: 'md', massachusetts: 'ma', michigan: 'mi', minnesota: 'mn', mississippi: 'ms',
  missouri: 'mo', montana: 'mt', nebraska: 'ne', nevada: 'nv', 'new hampshire': 'nh', 'new jersey': 'nj', 'new mexico': 'nm', 'new york': 'ny',
  'north carolina': 'nc', 'north dakota': 'nd', ohio: 'oh', oklahoma: 'ok', oregon: 'or', pennsylvania: 'pa', 'rhode island': 'ri',
  'south carolina': 'sc', 'south dakota': 'sd', tennessee: 'tn', texas: 'tx', utah: 'ut', vermont: 'vt', virginia: 'va', washington: 'wa',
  'west virginia': 'wv', wisconsin: 'wi', wyoming: 'wy', 'puerto rico': 'pr', guam: 'gu', 'american samoa': 'as', 'u s virgin islands': 'vi', 'virgin islands': 'vi',
  'northern mariana islands': 'mp', 'd c': 'dc', 'washington dc': 'dc', 'washington d c': 'dc',
} as const;

/** The two-letter code, lower case, of a US state by its English name or its ISO 3166-2 code (`US-CA`); null for any other text. */
export const usStateCodeOf = (text: string): string | null => {
  const name = bareName(text);
  const [, code] = /^us ([a-z]{2})$/.exec(name) ?? [];
  if (code && Object.values<string>(STATES).includes(code)) return code;
  return rowOf(STATES, name) ?? null;
};
