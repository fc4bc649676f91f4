/**
 * What must become of a conversion, told a second time: as naively as the rules are written, from the whole list of reports
 * again after every report, without a line of the domain's code. Where the domain and this disagree, one of them is wrong.
 */

export type ModelStatus = 'pending' | 'hold' | 'approved' | 'rejected' | 'trash' | 'unknown';

export interface ModelReport {
  status: ModelStatus;
  /** The call names a status parameter, if only an empty one. */
  named: boolean;
  amount: string | null;
  currency: string | null;
  /** The report's own time; null where it has none that can be read. */
  saidMs: number | null;
  receivedMs: number;
  /** Says nothing at all: belongs to no conversion. */
  empty: boolean;
}

export interface ModelDestination {
  platform: string;
  /** The event of its policy for rejections; null: ignore. */
  onRejection: string | null;
}

export interface ModelState {
  status: ModelStatus;
  amount: string | null;
  currency: string | null;
  atMs: number | null;
}

export type ModelEffect = 'applied' | 'duplicate' | 'stale' | 'unknown';

export interface ModelOutcome {
  state: ModelState;
  /** One for each report, in order of arrival. */
  effects: ModelEffect[];
  /** For each destination, `Purchase 1 event 12.50`, in the order in which they are planned. */
  told: string[][];
  /** For each destination, `Purchase 1 12.50`: what the platform counts in the end. */
  stands: string[][];
  /** What was odd about the deliveries, sorted, each once. */
  flags: string[];
}

const DAY = 86_400_000;

/** What a platform can be told of a change, and for how long after the event. Those that are not here cannot be told. */
export const CORRECTABLE: Record<string, { restates: boolean; byValue: boolean; windowMs: number }> = {
  'google-ads': { restates: true, byValue: false, windowMs: 54 * DAY },
  'google-data-manager': { restates: true, byValue: true, windowMs: 54 * DAY },
  'microsoft-offline': { restates: true, byValue: false, windowMs: 90 * DAY },
  ga4: { restates: false, byValue: false, windowMs: 425 * DAY },
};

/** Over 15 minutes ahead of its arrival, a report's own time is not believed. */
export const timeOf = ({ saidMs, receivedMs }: ModelReport): number => (saidMs === null || saidMs - receivedMs > 15 * 60_000 ? receivedMs : saidMs);

const rank = (status: ModelStatus): number => (status === 'pending' ? 1 : status === 'hold' ? 2 : status === 'unknown' ? 0 : 3);

/** Oldest first; a later place in the list is a later arrival. */
function sorted(reports: ModelReport[]): ModelReport[] {
  return reports.map((report, place) => ({ report, place })).sort((a, b) =>
    timeOf(a.report) - timeOf(b.report) || rank(a.report.status) - rank(b.report.status) || a.report.receivedMs - b.report.receivedMs || a.place - b.place,
  ).map(({ report }) => report);
}

/** The state after these reports, given in order of arrival. */
export function stateAfter(reports: ModelReport[], defaultCurrency: string | null): ModelState {
  const known = reports.filter(({ status }) => status !== 'unknown');
  const telling = sorted(known.length > 0 ? known : reports);
  let amount: string | null = null;
  let currency: string | null = null;
  for (const report of telling) {
    if (report.amount !== null) {
      amount = report.amount;
      currency = report.currency ?? currency;
    } else if (amount === null || currency === null) {
      // No sum was stated yet, or one in no currency: the word of a report that names only a currency counts.
      currency = report.currency ?? currency;
    }
  }
  if (amount !== null) currency ??= defaultCurrency;
  const last = telling.at(-1);
  return { status: last?.status ?? 'unknown', amount, currency, atMs: last ? timeOf(last) : null };
}

function effectOf(before: ModelReport[], state: ModelState, report: ModelReport): ModelEffect {
  if (report.status === 'unknown') return 'unknown';
  const known = before.filter(({ status }) => status !== 'unknown');
  if (known.length === 0) return 'applied';
  const sameAmount = report.amount === null || (state.amount !== null && Number(report.amount) === Number(state.amount));
  const sameCurrency = report.currency === null || report.currency === state.currency;
  if (report.status === state.status && sameAmount && sameCurrency) return 'duplicate';
  return sorted([...known, report]).at(-1) === report ? 'applied' : 'stale';
}

interface Sent {
  event: string;
  generation: number;
  atMs: number;
  stands: boolean;
  value: string | null;
  currency: string | null;
}

/** One destination's side of the story; it takes every event at once. */
class Side {
  readonly told: string[] = [];
  readonly flags: string[] = [];
  private readonly sent: Sent[] = [];
  private policyEventSent = false;
  private readonly destination: ModelDestination;
  constructor(destination: ModelDestination) {
    this.destination = destination;
  }

  private last(event: string): Sent | undefined {
    return this.sent.filter((each) => each.event === event).at(-1);
  }

  private say(event: string, generation: number, kind: string, value: string | null): void {
    this.told.push([event, generation, kind, value].filter((part) => part !== null).join(' '));
  }

  private isTooLate(sent: Sent, nowMs: number): boolean {
    return nowMs - sent.atMs >= CORRECTABLE[this.destination.platform]!.windowMs;
  }

  private standing(event: string): boolean {
    return this.last(event)?.stands ?? false;
  }

  event(event: string, unless: string[], money: { value: string | null; currency: string | null }, atMs: number, nowMs: number, flags: string[]): void {
    if (this.standing(event) || unless.some((other) => this.standing(other))) return;
    const before = this.last(event);
    if (before && CORRECTABLE[this.destination.platform]?.byValue) {
      if (this.isTooLate(before, nowMs)) return void this.flags.push('restatement_too_late');
      Object.assign(before, { stands: true, ...money });
      this.say(event, before.generation, 'restate', money.value);
      return;
    }
    const generation = (before?.generation ?? 0) + 1;
    this.sent.push({ event, generation, atMs, stands: true, ...money });
    this.say(event, generation, 'event', money.value);
    this.flags.push(...flags);
  }

  takeBackAll(nowMs: number): void {
    const can = CORRECTABLE[this.destination.platform];
    for (const sent of this.sent.filter(({ stands }) => stands)) {
      if (can && this.isTooLate(sent, nowMs)) {
        this.flags.push('reversal_too_late');
      } else if (can) {
        sent.stands = false;
        this.say(sent.event, sent.generation, 'retract', can.byValue ? '0' : null);
      } else if (this.destination.onRejection !== null && !this.policyEventSent) {
        this.policyEventSent = true;
        this.say(this.destination.onRejection, 1, 'custom', null);
      }
    }
  }

  restate(money: { value: string | null; currency: string | null }, nowMs: number): void {
    const sent = this.last('Purchase');
    if (!sent?.stands || !CORRECTABLE[this.destination.platform]?.restates) return;
    const sameValue = sent.value === null || money.value === null ? sent.value === money.value : Number(sent.value) === Number(money.value);
    if (sameValue && sent.currency === money.currency) return;
    if (this.isTooLate(sent, nowMs)) return void this.flags.push('restatement_too_late');
    Object.assign(sent, money);
    this.say('Purchase', sent.generation, 'restate', money.value);
  }

  stands(): string[] {
    return this.sent.filter(({ stands }) => stands).map(({ event, generation, value }) => [event, generation, value].filter((part) => part !== null).join(' ')).sort();
  }
}

/** The whole story under the default rules, reports in order of arrival. */
export function expected(reports: ModelReport[], destinations: ModelDestination[], defaultCurrency: string | null): ModelOutcome {
  const sides = destinations.map((destination) => new Side(destination));
  const seen: ModelReport[] = [];
  let state: ModelState = stateAfter([], defaultCurrency);
  const effects: ModelEffect[] = [];
  for (const report of reports) {
    if (report.empty) {
      effects.push('unknown');
      continue;
    }
    const before = state;
    const effect = effectOf(seen, before, report);
    effects.push(effect);
    seen.push(report);
    state = stateAfter(seen, defaultCurrency);
    if (effect !== 'duplicate') for (const side of sides) tell(side, report, effect, before, state);
  }
  return { state, effects, told: sides.map(({ told }) => told), stands: sides.map((side) => side.stands()), flags: [...new Set(sides.flatMap(({ flags }) => flags))].sort() };
}

function tell(side: Side, report: ModelReport, effect: ModelEffect, before: ModelState, state: ModelState): void {
  const nowMs = report.receivedMs;
  const standsStill = before.status !== 'unknown' && before.status !== report.status && before.atMs === timeOf(report);
  const atMs = standsStill ? nowMs : Math.min(timeOf(report), nowMs);
  const payout = state.amount === null ? { value: null, currency: null } : { value: state.amount, currency: state.currency };
  const flags = standsStill && nowMs > timeOf(report) ? ['time_is_arrival'] : [];
  if (report.status === 'unknown') flags.push('event_by_amount');
  const lead = () => side.event('Lead', ['Purchase'], { value: null, currency: null }, atMs, nowMs, flags);
  const purchase = () => side.event('Purchase', [], payout, atMs, nowMs, flags);

  if (effect === 'applied') {
    if (report.status === 'pending' || report.status === 'hold') lead();
    if (report.status === 'approved') purchase();
    if (report.status === 'rejected' || report.status === 'trash') side.takeBackAll(nowMs);
  }
  if (effect === 'unknown' && !report.named && state.status === 'unknown') {
    if (state.amount !== null && Number(state.amount) > 0) purchase();
    else lead();
  }
  if (state.status === 'approved') side.restate(payout, nowMs);
}
