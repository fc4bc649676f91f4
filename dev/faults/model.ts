import type { Letter, Report } from './conversations.ts';

/**
 * What must come of a conversation under the default rules: a second, naive reading of the product's promises, which
 * shares nothing with the code that it judges. What may go either way (a rejection may find an event sent or not yet)
 * is followed both ways, so the answer about events is a set of outcomes.
 */

export interface TakenIn {
  postbackId: string;
  report: Report;
  arrivedMs: number;
}

type Status = 'unknown' | 'pending' | 'hold' | 'approved' | 'rejected' | 'trash';
type Effect = 'applied' | 'duplicate' | 'stale' | 'unknown';

/** How often a platform must have counted each event. */
export interface Counts {
  Lead: 0 | 1;
  Purchase: 0 | 1;
}

export interface Expected {
  status: Status;
  amount: number | null;
  currency: string | null;
  effects: Effect[];
  /** For a platform that can take back and restate, and for one that cannot. */
  outcomes: { retractable: Counts[]; other: Counts[] };
}

const STATUS: Record<Letter, Status> = { P: 'pending', H: 'hold', A: 'approved', D: 'rejected', F: 'trash' };
const RANK: Record<Status, number> = { unknown: 0, pending: 1, hold: 2, approved: 3, rejected: 3, trash: 3 };
const AHEAD_MOST_MS = 15 * 60_000;

/** `reports` in the order in which they were taken in. `clickable`: the conversation has a click. */
export function expect(reports: readonly TakenIn[], clickable: boolean, defaultCurrency: string): Expected {
  const effects: Effect[] = [];
  const applied: Status[] = [];
  for (const [index, taken] of reports.entries()) {
    const effect = effectOf(taken, reports.slice(0, index), defaultCurrency);
    effects.push(effect);
    if (effect === 'applied') applied.push(statusOf(taken));
  }
  const nothing: Counts[] = [{ Lead: 0, Purchase: 0 }];
  const outcomes = clickable ? { retractable: outcomesOf(applied, true), other: outcomesOf(applied, false) } : { retractable: nothing, other: nothing };
  return { ...lastWord(reports, defaultCurrency), effects, outcomes };
}

const statusOf = ({ report }: TakenIn): Status => (report.status === null ? 'unknown' : STATUS[report.status]);

function timeOf({ report, arrivedMs }: TakenIn): number {
  const saidMs = report.dateUnix === null ? arrivedMs : report.dateUnix * 1000;
  return saidMs > arrivedMs + AHEAD_MOST_MS ? arrivedMs : saidMs;
}

function isLater(a: TakenIn, b: TakenIn): boolean {
  if (timeOf(a) !== timeOf(b)) return timeOf(a) > timeOf(b);
  if (RANK[statusOf(a)] !== RANK[statusOf(b)]) return RANK[statusOf(a)] > RANK[statusOf(b)];
  return a.arrivedMs === b.arrivedMs ? a.postbackId > b.postbackId : a.arrivedMs > b.arrivedMs;
}

const latest = (reports: readonly TakenIn[]): TakenIn | undefined =>
  reports.reduce<TakenIn | undefined>((last, each) => (last === undefined || isLater(each, last) ? each : last), undefined);

/** Status and money as the network said them last. Reports without a usable status count only where there is no other. */
function lastWord(reports: readonly TakenIn[], defaultCurrency: string): Pick<Expected, 'status' | 'amount' | 'currency'> {
  const known = reports.filter((each) => each.report.status !== null);
  const telling = known.length > 0 ? known : reports;
  const last = latest(telling);
  const sum = latest(telling.filter((each) => each.report.amount !== null));
  // A conversation has one currency, which some of its reports name.
  const named = telling.find((each) => each.report.currency !== null)?.report.currency ?? null;
  return {
    status: last ? statusOf(last) : 'unknown',
    amount: sum ? Number(sum.report.amount) : null,
    currency: sum ? (named ?? defaultCurrency) : null,
  };
}

function effectOf(taken: TakenIn, before: readonly TakenIn[], defaultCurrency: string): Effect {
  if (taken.report.status === null) return 'unknown';
  const known = before.filter((each) => each.report.status !== null);
  if (known.length === 0) return 'applied';
  const state = lastWord(known, defaultCurrency);
  const { amount, currency } = taken.report;
  const sameSum = amount === null || Number(amount) === state.amount;
  const sameCurrency = currency === null || currency === state.currency;
  if (statusOf(taken) === state.status && sameSum && sameCurrency) return 'duplicate';
  return latest([...known, taken]) === taken ? 'applied' : 'stale';
}

type Standing = 'no' | 'planned' | 'sent' | 'taken back';
type State = Record<keyof Counts, { standing: Standing; counted: 0 | 1 }>;
const EVENTS = ['Lead', 'Purchase'] as const;

/** Every way that it can go at one platform, when all is done. */
function outcomesOf(applied: readonly Status[], retractable: boolean): Counts[] {
  let states: State[] = [{ Lead: { standing: 'no', counted: 0 }, Purchase: { standing: 'no', counted: 0 } }];
  for (const status of applied) states = unique(states.flatMap(someSent).map((state) => follow(state, status, retractable)));
  return unique(states.map(allSent).map(({ Lead, Purchase }) => ({ Lead: Lead.counted, Purchase: Purchase.counted })));
}

function follow(state: State, status: Status, retractable: boolean): State {
  const next = structuredClone(state);
  if (status === 'approved') hold(next, 'Purchase');
  if ((status === 'pending' || status === 'hold') && !stands(next, 'Purchase')) hold(next, 'Lead');
  if (status === 'rejected' || status === 'trash') {
    for (const event of EVENTS) {
      if (next[event].standing === 'planned') next[event].standing = 'no';
      if (next[event].standing === 'sent' && retractable) next[event].standing = 'taken back';
    }
  }
  return next;
}

const stands = (state: State, event: keyof Counts): boolean => state[event].standing === 'planned' || state[event].standing === 'sent';

/** The event is due: planned, or, where it was taken back, restored by its value without being counted again. */
function hold(state: State, event: keyof Counts): void {
  if (state[event].standing === 'no') state[event].standing = 'planned';
  if (state[event].standing === 'taken back') state[event].standing = 'sent';
}

/** What is planned may be sent before the next report comes, or not. */
function someSent(state: State): State[] {
  let ways = [state];
  for (const event of EVENTS) if (state[event].standing === 'planned') ways = ways.flatMap((way) => [way, sent(way, event)]);
  return ways;
}

const sent = (state: State, event: keyof Counts): State => ({ ...state, [event]: { standing: 'sent', counted: 1 } });
const allSent = (state: State): State => EVENTS.reduce((way, event) => (way[event].standing === 'planned' ? sent(way, event) : way), state);
const unique = <T>(list: T[]): T[] => [...new Map(list.map((each) => [JSON.stringify(each), each])).values()];
