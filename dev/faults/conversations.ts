import type { Random } from './random.ts';

/** What a network will have said, and when: made up from a seed. */

export type Letter = 'P' | 'H' | 'A' | 'D' | 'F';

/** One report as the network has it. It may be sent more than once. */
export interface Report {
  /** In every copy of it, and in no other report. */
  mark: string;
  /** Null: the macro was left unexpanded. */
  status: Letter | null;
  amount: string | null;
  currency: string | null;
  /** Null: the report carries no date, its arrival counts. */
  dateUnix: number | null;
}

export interface Conversation {
  /** The key of its conversion: `order:<orderId>` or `click:<clickId>`. */
  key: string;
  orderId: string | null;
  clickId: string | null;
  /** The visitor's click becomes known then, ms after the round's begin; null: with another conversation of the same click, or there is none. */
  clickAtMs: number | null;
  steps: { atMs: number; copies: number; report: Report }[];
}

export interface Habits {
  /** How often a report carries a date that has nothing to do with the order of sending. */
  shuffledDates: number;
  /** How often a report comes many times at once. */
  duplicates: number;
  copiesMost: number;
}

export const USUAL: Habits = { shuffledDates: 0.3, duplicates: 0.15, copiesMost: 4 };

const SCRIPTS: readonly (readonly Letter[])[] = [
  ['P', 'A'], ['P', 'D'], ['P', 'F'], ['P', 'H', 'A'], ['A'], ['F'], ['P'], ['P', 'A', 'D'], ['P', 'D', 'A'], ['P', 'A', 'A'], ['D', 'P', 'A'],
  ['P', 'A', 'D', 'A'], ['A', 'D', 'P'], ['P', 'D', 'A', 'F'], ['H', 'A', 'A', 'D', 'A'],
];
const DAY_S = 24 * 3600;

/** Conversations of about `reports` reports within `windowMs`. `nowMs` is what dates are counted from. */
export function converse(random: Random, reports: number, windowMs: number, habits: Habits, nowMs: number): Conversation[] {
  const out: Conversation[] = [];
  for (let made = 0; made < reports; made = out.reduce((sum, each) => sum + each.steps.length, 0)) out.push(...fromOneClick(random, windowMs, habits, nowMs));
  return out;
}

/** One click may own many orders; a conversation without an order id has its click for itself. */
function fromOneClick(random: Random, windowMs: number, habits: Habits, nowMs: number): Conversation[] {
  const clickId = random.chance(0.06) ? null : random.text(22);
  const weak = clickId !== null && random.chance(0.15);
  const orders = clickId !== null && !weak && random.chance(0.15) ? random.between(2, 3) : 1;
  const late = random.chance(0.25);
  return Array.from({ length: orders }, (_, index) => {
    const steps = stepsOf(random, windowMs, habits, nowMs);
    const orderId = weak ? null : String(random.between(1e9, 9e9));
    const clickAtMs = clickId === null || index > 0 ? null : late ? random.between(0, windowMs) : Math.max(0, steps[0]!.atMs - 500);
    return { key: orderId === null ? `click:${clickId}` : `order:${orderId}`, orderId, clickId, clickAtMs, steps };
  });
}

function stepsOf(random: Random, windowMs: number, habits: Habits, nowMs: number): Conversation['steps'] {
  const script = random.chance(0.8) ? random.pick(SCRIPTS) : Array.from({ length: random.between(1, 6) }, () => random.pick(['P', 'H', 'A', 'D', 'F'] as const));
  const order = random.chance(0.3) ? random.shuffled(script) : script;
  const currency = random.pick(['RUB', 'EUR', 'USD']);
  const dated = random.chance(0.6);
  const begin = random.between(0, windowMs / 2);
  const gapMost = (windowMs - begin) / order.length;
  let atMs = begin;
  return order.map((letter, index) => {
    // Some come in one breath, as a network's batch does.
    if (index > 0) atMs += random.chance(0.2) ? 0 : random.between(0, gapMost);
    const amount = letter === 'A' || random.chance(0.6) ? `${random.between(1, 40) * 50}${random.chance(0.2) ? '.5' : ''}` : null;
    const report: Report = {
      mark: random.text(16),
      status: random.chance(0.03) ? null : letter,
      amount,
      currency: amount !== null && random.chance(0.8) ? currency : null,
      dateUnix: dated ? dateOf(random, habits, nowMs, script.length - index) : null,
    };
    return { atMs: Math.round(atMs), copies: random.chance(habits.duplicates) ? random.between(2, habits.copiesMost) : 1, report };
  });
}

/** Mostly in the order of sending, an hour apart; sometimes anywhere in two days, sometimes of a clock that is a day ahead. */
function dateOf(random: Random, { shuffledDates }: Habits, nowMs: number, hoursAgo: number): number {
  const now = Math.floor(nowMs / 1000);
  if (!random.chance(shuffledDates)) return now - hoursAgo * 3600;
  if (random.chance(0.1)) return now + DAY_S;
  // Few different moments, so that some are equal.
  return now - random.between(1, 12) * 4 * 3600;
}
