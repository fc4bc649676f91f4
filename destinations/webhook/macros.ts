import { percentEncoded } from '../query.ts';

/** Macros in braces, as trackers and networks write them. Names are read without regard to case. */

/** `{name}`, doubled braces and encoded ones (`%7Bname%7D`) alike, within one parameter; then any brace that stands alone. */
const MACRO = /(?:\{|%7B)+([^{}&=]*?)(?:\}|%7D)+|[{}]|%7[BD]/gi;

/** What a macro stands for; null or empty: nothing. */
export type Lookup = (name: string) => string | null | undefined;

/** The template with every macro replaced by its percent-encoded value; an unknown one by nothing. No brace is left. */
export const expand = (template: string, lookup: Lookup): string =>
  template.replace(MACRO, (_whole, name: string | undefined) => encoded((name && lookup(name.trim().toLowerCase())) || ''));

/** `.` and `..` as a part of a path would climb out of it, encoded or not. */
const encoded = (value: string): string => (/^\.{1,2}$/.test(value) ? '' : percentEncoded(value));

/** The template as an address that can be parsed. */
export const placeholdersOut = (template: string): string => expand(template, () => 'x');
