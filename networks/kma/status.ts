import { COMMON_WORDS, type StatusSource, type StatusWords } from '../status-words.ts';

/** KMA's letters. T and H were never seen from it. */
const LETTERS: StatusWords = new Map([
  ['p', { status: 'pending' }],
  ['a', { status: 'approved' }],
  ['d', { status: 'rejected' }],
  ['f', { status: 'trash' }],
  ['t', { status: 'trash', guessed: true }],
  ['h', { status: 'hold', guessed: true }],
]);

/** Affise has no code for trash: 3 is both. There is no 4. */
const AFFISE: StatusWords = new Map([
  ['1', { status: 'approved' }],
  ['2', { status: 'pending' }],
  ['3', { status: 'rejected', also: 'trash' }],
  ['5', { status: 'hold' }],
]);

const ZEUSTRACK: StatusWords = new Map([
  ['lead', { status: 'pending' }],
  ['deposit', { status: 'approved' }],
  ['ftd', { status: 'approved' }],
]);

/** The same state in four vocabularies, in order of precedence. Loyalead's is not documented: the common words. */
export const STATUS_SOURCES: readonly StatusSource[] = [
  { name: 'status', words: [LETTERS, COMMON_WORDS] },
  { name: 'affise_status', words: [AFFISE, COMMON_WORDS] },
  { name: 'loyalead_status', words: [COMMON_WORDS] },
  { name: 'zeustrack_status', words: [ZEUSTRACK, COMMON_WORDS] },
];
