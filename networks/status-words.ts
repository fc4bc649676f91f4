import type { KnownStatus, Status } from '../domain/report.ts';
import { carries, type Parameters, textOf } from './parameters.ts';

/** What a word means. `also`: a vocabulary has one word for two of our statuses, so the second is no disagreement. */
export interface Meaning {
  status: KnownStatus;
  also?: KnownStatus;
  /** Not seen from the network: accepted and flagged. */
  guessed?: boolean;
}
export type StatusWords = ReadonlyMap<string, Meaning>;

const words = (status: KnownStatus, ...list: string[]): [string, Meaning][] => list.map((word) => [word, { status }]);
const guesses = (status: KnownStatus, ...list: string[]): [string, Meaning][] => list.map((word) => [word, { status, guessed: true }]);

/** Words that networks of this family use, whichever of them speaks. */
export const COMMON_WORDS: StatusWords = new Map([
  ...words('pending', 'pending', 'new', 'wait', 'waiting', 'processing', 'in_work', 'lead'),
  ...guesses('pending', '0'),
  ...words('hold', 'hold', 'locked', 'approved_hold'),
  ...words('approved', 'approved', 'approve', 'accept', 'accepted', 'confirm', 'confirmed', 'sale', 'paid'),
  ...guesses('approved', 'buyout'),
  ...words('rejected', 'declined', 'reject', 'rejected', 'cancel', 'cancelled', 'canceled', 'denied', 'reversed'),
  ...words('trash', 'fake', 'trash', 'spam', 'double', 'duplicate'),
]);

/** A status parameter and its vocabularies, in the order in which they are asked. */
export interface StatusSource {
  name: string;
  words: readonly StatusWords[];
}

export interface StatusReading {
  status: Status;
  raw: string | null;
  /** The call carries a status parameter by name. */
  parameter: boolean;
}

/** The integration's own words come before every list. Case and the kind of blank do not matter: `In Work` is `in_work`. */
export function meaningOf(text: string, lists: readonly StatusWords[], own: Record<string, KnownStatus> | null | undefined): Meaning | null {
  const lower = text.toLowerCase();
  const word = lower.replace(/[\s-]/g, '_');
  for (const spelling of [lower, word]) {
    if (own && Object.hasOwn(own, spelling)) return { status: own[spelling]! };
  }
  for (const list of lists) {
    const meaning = list.get(word);
    if (meaning) return meaning;
  }
  return null;
}

/**
 * The first source with a word that is known decides; an unknown one before it stands back and is flagged, and so is a known
 * one that says something else. Without any, the status is `unknown` and `raw` the first word that was not understood.
 */
export function readStatus(parameters: Parameters, sources: readonly StatusSource[], own: Record<string, KnownStatus> | null | undefined): StatusReading {
  let decided: { meaning: Meaning; raw: string } | null = null;
  let unknown: string | null = null;
  for (const source of sources) {
    const raw = textOf(parameters, source.name);
    if (raw === null) continue;
    const meaning = meaningOf(raw, source.words, own);
    if (!meaning) {
      unknown ??= raw;
      parameters.flags.add('status_unknown');
      continue;
    }
    decided ??= { meaning, raw };
    if (!agree(decided.meaning, meaning)) parameters.flags.add('status_disagrees');
  }
  if (decided?.meaning.guessed) parameters.flags.add('status_guessed');
  return {
    status: decided?.meaning.status ?? 'unknown',
    raw: decided?.raw ?? unknown,
    parameter: sources.some((source) => carries(parameters, source.name)),
  };
}

const agree = (a: Meaning, b: Meaning): boolean => a.status === b.status || a.also === b.status || b.also === a.status;
