import { isSha256, sha256 } from './hashing.ts';
import { countryCodeOf } from './countries.ts';
import { countryOf, deviceOf, externalIdOf } from './visitor.ts';
import type { BuildContext, OutboundEvent } from './contract.ts';

/**
 * What may be known of a person, and in which form a platform wants it. Each platform has a table of rules; payloads,
 * previews and normalisation all read the same table.
 */

export const USER_FIELDS = [
  'email', 'phone', 'firstName', 'lastName', 'gender', 'dateOfBirth', 'city', 'region', 'postalCode', 'country', 'externalId',
] as const;
export const CLIENT_FIELDS = ['ip', 'userAgent', 'locale'] as const;
export type UserField = (typeof USER_FIELDS)[number];
export type ClientField = (typeof CLIENT_FIELDS)[number];

export interface FieldContext {
  /** Two capital letters: the person's country, else the default one. */
  country: string | null;
  /** For phone numbers without a country code: the same, or where that is not known, a calling code in digits. */
  phoneCountry: string | null;
  callingCode: string | null;
}

export interface FieldRule {
  /** SHA-256 of the normal form, or the normal form itself. */
  hash: boolean;
  /** The platform's normal form; null where nothing usable is left. */
  normalise(text: string, context: FieldContext): string | null;
}

/** The form of an id in clear; null where it is none. */
export type IdRule = ((text: string) => string | null) | FieldRule;

export const hashedAs = (normalise: FieldRule['normalise']): FieldRule => ({ hash: true, normalise });
export const plainAs = (normalise: FieldRule['normalise']): FieldRule => ({ hash: false, normalise });
/** As it came, without the spaces around it. */
export const verbatim = (text: string): string | null => text.trim() || null;

/** A value under a rule: its normal form and its hash; null where nothing usable is left. What is a SHA-256 already is never hashed twice. */
export function normalised(rule: FieldRule, raw: string, context: FieldContext): { value: string | null; sha256: string | null } | null {
  const text = raw.trim();
  if (text === '' || isHashOfNothing(text)) return null;
  if (rule.hash && isSha256(text)) return { value: null, sha256: text.toLowerCase() };
  const value = rule.normalise(text, context);
  if (value === null || value === '') return null;
  return { value, sha256: rule.hash ? sha256(value) : null };
}

const isHashOfNothing = (text: string): boolean => text.toLowerCase() === sha256('');

export type Person = Partial<Record<UserField | ClientField, string[]>>;

/** What goes out of a person: by our field, the hashes or plain values, each once. A value that cannot be used costs itself, and is said to `ctx.warn`. */
export function personOf(event: OutboundEvent, rules: Partial<Record<UserField | ClientField, FieldRule>>, ctx?: Pick<BuildContext, 'warn'>): Person {
  const context = contextOf(event);
  const person: Person = {};
  for (const [field, rule] of Object.entries(rules) as [UserField | ClientField, FieldRule][]) {
    const raws = rawValues(event, field);
    const values = raws.map((raw) => normalised(rule, raw, context)).flatMap((each) => (each ? [each.sha256 ?? each.value!] : []));
    if (values.length > 0) person[field] = [...new Set(values)];
    if (values.length < raws.length || (field === 'ip' && raws.length === 0 && event.click?.ip?.trim())) ctx?.warn?.(`${field} is left out: what was given cannot be used.`);
  }
  return person;
}

/** The platform's ids of the click that are usable, by their names in `ids`. */
export function idsOf(event: OutboundEvent, rules: Readonly<Record<string, IdRule>>, ctx?: Pick<BuildContext, 'warn'>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, rule] of Object.entries(rules)) {
    const raw = event.click?.ids[name]?.trim();
    if (!raw) continue;
    const value = isHashOfNothing(raw) ? null : idIn(rule, raw);
    if (value === null) ctx?.warn?.(`${name} is left out: it has not the form that the platform wants.`);
    else found[name] = value;
  }
  return found;
}

/** A few ids go out hashed, such as advertising ids at Pinterest. */
function idIn(rule: IdRule, raw: string): string | null {
  if (typeof rule === 'function') return rule(raw);
  const normal = normalised(rule, raw, NO_CONTEXT);
  return normal && (normal.sha256 ?? normal.value);
}

const NO_CONTEXT: FieldContext = { country: null, phoneCountry: null, callingCode: null };

export const contextOf = (event: OutboundEvent): FieldContext => contextFrom(countryOf(event), event.defaults);

/** What is known beside a value when it is normalised. `country` is two capital letters. */
export const contextFrom = (country: string | null, defaults: OutboundEvent['defaults']): FieldContext => {
  const code = country ?? (defaults.country === null ? null : countryCodeOf(defaults.country));
  return { country: code, phoneCountry: code, callingCode: defaults.callingCode?.replace(/\D/g, '') || null };
};

function rawValues(event: OutboundEvent, field: UserField | ClientField): string[] {
  const { user, click } = event;
  switch (field) {
    case 'country':
      return listOf(countryOf(event) ?? user.country);
    case 'externalId':
      return listOf(externalIdOf(event));
    case 'ip':
      return listOf(deviceOf(event).ip);
    case 'userAgent':
      return listOf(deviceOf(event).userAgent);
    case 'locale':
      return listOf(click?.locale);
    default:
      return listOf(user[field]);
  }
}

const listOf = (value: string | readonly string[] | null | undefined): string[] =>
  (typeof value === 'string' ? [value] : [...(value ?? [])]).map((text) => text.trim()).filter((text) => text !== '');

/** The first value of a field, for platforms that take one. */
export const one = (values: string[] | undefined): string | undefined => values?.[0];

/** One value as it is, several as a list. */
export const oneOrList = (values: string[] | undefined): string | string[] | undefined => (values && values.length > 1 ? values : values?.[0]);
