/**
 * Amounts: plain decimal strings (`-1200.50`), never floats. Written out here without a library, since workflows import it.
 */

/** What MongoDB's Decimal128 holds; a longer number could be kept only rounded. */
const DIGITS_MAX = 34;
const LENGTH_MAX = 80;
const BLANKS = '[ \\u00a0\\u2007\\u2009\\u202f]';

/** The spellings that are read, each with the characters that only group thousands. The last separator is the decimal one. */
const SPELLINGS: readonly { shape: RegExp; grouping: RegExp | null }[] = [
  { shape: /^\d+(?:[.,]\d+)?$/, grouping: null },
  { shape: /^[.,]\d+$/, grouping: null },
  { shape: new RegExp(`^\\d{1,3}(?:${BLANKS}\\d{3})+(?:[.,]\\d+)?$`), grouping: new RegExp(BLANKS, 'g') },
  { shape: /^\d{1,3}(?:,\d{3})+\.\d+$/, grouping: /,/g },
  { shape: /^\d{1,3}(?:\.\d{3})+,\d+$/, grouping: /\./g },
];

/**
 * An amount as a network writes it -> a plain decimal string, or null where it cannot be read whole. The decimals stay as
 * written (`1 200,50` -> `1200.50`): nothing is rounded, no zero is cut off.
 */
export function normaliseAmount(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed.length > LENGTH_MAX || isAmbiguousAmount(trimmed)) return null;
  const negative = trimmed.startsWith('-');
  const unsigned = /^[+-]/.test(trimmed) ? trimmed.slice(1) : trimmed;
  const spelling = SPELLINGS.find(({ shape }) => shape.test(unsigned));
  if (!spelling) return null;

  const plain = (spelling.grouping ? unsigned.replace(spelling.grouping, '') : unsigned).replace(',', '.');
  const [whole = '', decimals] = plain.split('.');
  const amount = whole.replace(/^0+(?=\d)/, '') || '0';
  if (amount.length + (decimals?.length ?? 0) > DIGITS_MAX) return null;
  const value = decimals === undefined ? amount : `${amount}.${decimals}`;
  return negative && /[1-9]/.test(value) ? `-${value}` : value;
}

/** `1,200` may be 1200 or 1.2: a comma before exactly three digits, and no point that would tell. */
export const isAmbiguousAmount = (text: string): boolean => !text.includes('.') && /,\d{3}$/.test(text.trim());

/** Compares two amounts as numbers: `1.50` equals `1.5`. */
export function compareAmounts(a: string, b: string): -1 | 0 | 1 {
  const scale = Math.max(decimalsOf(a), decimalsOf(b));
  const [left, right] = [scaled(a, scale), scaled(b, scale)];
  return left < right ? -1 : left > right ? 1 : 0;
}

export const isZeroOrLess = (amount: string): boolean => compareAmounts(amount, '0') <= 0;

const decimalsOf = (amount: string): number => (amount.includes('.') ? amount.length - amount.indexOf('.') - 1 : 0);

function scaled(amount: string, scale: number): bigint {
  return BigInt(amount.replace('.', '') + '0'.repeat(scale - decimalsOf(amount)));
}
