import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { newConversion, takeIn, type FoldContext } from '../../domain/fold.ts';
import { DEFAULT_RULES } from '../../domain/rules.ts';
import type { Conversion, Delivery } from '../../domain/conversion.ts';
import type { Status } from '../../domain/report.ts';
import { at, destination, report } from '../unit/conversions.ts';

/**
 * What stands at a platform once everything that was planned went through, whatever was sent, still waiting, parked or under
 * way when a report came. Said of the end alone, so that it holds however the deliveries got there.
 */

type Fate = 'waits' | 'parked' | 'sent' | 'flies' | 'fails';
const arrival = fc.record({
  status: fc.constantFrom<Status | 'none'>('pending', 'hold', 'approved', 'approved', 'rejected', 'trash', 'unknown', 'none'),
  at: fc.nat(9),
  amount: fc.option(fc.constantFrom('10', '10.0', '12.5', '0')),
  currency: fc.option(fc.constantFrom('USD', 'RUB')),
  /** Of the deliveries that are open when the next report comes, in turn. */
  fates: fc.array(fc.constantFrom<Fate>('waits', 'parked', 'sent', 'flies', 'fails'), { minLength: 1, maxLength: 4 }),
});

const PLATFORMS = ['google-ads', 'google-data-manager', 'meta', 'ga4'] as const;
const destinations = [
  destination('google-ads'), destination('google-data-manager'), destination('meta', { onRejection: { event: 'LeadRejected' } }),
  destination('google-ads', { id: 'ga4', platform: 'ga4', reversal: { kinds: ['retract'], restoresByRestating: false, deadlineMs: 400 * 86_400_000 } }),
];

/** A delivery that is sent takes its original with it: the lane keeps their order. */
function suffer(conversion: Conversion, fates: Fate[]): void {
  const open = conversion.deliveries.filter(({ state }) => state === 'planned' || state === 'parked');
  for (const [place, delivery] of open.entries()) meet(conversion, delivery, fates[place % fates.length]!);
}

function meet(conversion: Conversion, delivery: Delivery, fate: Fate): void {
  const original = conversion.deliveries.find(({ key }) => key === delivery.corrects);
  const earlier = conversion.deliveries.filter((d) => d !== delivery && d.corrects !== null && d.corrects === delivery.corrects && d.sequence < delivery.sequence);
  const isHeldUp = [original, ...earlier].some((d) => d !== undefined && ['planned', 'parked'].includes(d.state));
  if ((isHeldUp && fate !== 'parked') || fate === 'waits') return;
  // What its attempt finds: there is nothing to correct.
  if (original?.state === 'failed') return void Object.assign(delivery, { state: 'cancelled' });
  // Only events fail here: what stands after a correction that failed is nobody's to say.
  if (fate === 'sent' || fate === 'fails') Object.assign(delivery, { state: fate === 'fails' && delivery.kind === 'event' ? 'failed' : 'delivered', inFlightSinceMs: null });
  if (fate === 'flies') Object.assign(delivery, { state: 'planned', inFlightSinceMs: at(1) });
  if (fate === 'parked' && delivery.inFlightSinceMs === null) delivery.state = 'parked';
}

/** All that is open is delivered in the end, in the order of planning. */
function letAllEnd(conversion: Conversion): void {
  for (let round = 0; round < 4; round++) suffer(conversion, ['sent']);
  expect(conversion.deliveries.filter(({ state }) => state === 'planned' || state === 'parked')).toEqual([]);
}

interface Standing {
  value: string | null;
  currency: string | null;
}
/** As the platform sees it: events counted, taken back by a retraction, corrected by a restatement, in the order of their numbers. */
function standsAt(conversion: Conversion, destinationId: string): Map<string, Standing> {
  const stands = new Map<string, Standing>();
  const went = conversion.deliveries.filter((d) => d.destinationId === destinationId && d.state === 'delivered').toSorted((a, b) => a.sequence - b.sequence);
  for (const { kind, event, generation, value, currency } of went) {
    const key = `${event} ${generation}`;
    if (kind === 'retract') stands.delete(key);
    else stands.set(key, { value, currency });
  }
  return stands;
}

const stories = fc.array(arrival, { minLength: 1, maxLength: 8 });
type Stories = typeof stories extends fc.Arbitrary<infer T> ? T : never;

/** With `failing` some events are refused by the platform, but none after the last report. */
function told(arrivals: Stories, { failing = false } = {}): Conversion {
  let conversion: Conversion | undefined;
  for (const [place, { status, at: minute, amount, currency, fates }] of arrivals.entries()) {
    const each = report(status, { at: minute, amount, currency });
    conversion ??= newConversion('p/kma/order:1001', 'p', 'kma', each);
    const nowMs = at(100 + place);
    const ctx: FoldContext = { defaultCurrency: 'EUR', rules: DEFAULT_RULES, destinations, nowMs };
    takeIn(conversion, `pb${place}`, nowMs, each, ctx);
    suffer(conversion, failing && place < arrivals.length - 1 ? fates : fates.map((fate) => (fate === 'fails' ? 'sent' : fate)));
  }
  letAllEnd(conversion!);
  return conversion!;
}

const namesOf = (stands: Map<string, Standing>): string[] => [...stands.keys()].map((key) => key.split(' ')[0]!).filter((name) => name !== 'LeadRejected').sort();
const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 2000) };
vi.setConfig({ testTimeout: 60_000 + 20 * runs.numRuns });

test('each (destination, event, generation) went out at most once, and each event stands at most once', () => {
  fc.assert(fc.property(stories, (arrivals) => {
    const conversion = told(arrivals, { failing: true });
    const keys = conversion.deliveries.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const d of conversion.deliveries.filter(({ kind }) => kind === 'retract')) expect(d.value).toBe(d.platform === 'google-data-manager' ? '0' : null);
    for (const platform of PLATFORMS) {
      const names = namesOf(standsAt(conversion, platform));
      expect(new Set(names).size).toBe(names.length);
    }
  }), runs);
});

test('a conversion that ends rejected or fake stands nowhere where it can be taken back', () => {
  fc.assert(fc.property(stories, (arrivals) => {
    const conversion = told(arrivals, { failing: true });
    if (conversion.status !== 'rejected' && conversion.status !== 'trash') return;
    for (const platform of ['google-ads', 'google-data-manager', 'ga4']) expect([...standsAt(conversion, platform)]).toEqual([]);
  }), runs);
});

test('a conversion that ends approved stands everywhere as one Purchase, with its last amount where that can be corrected', () => {
  fc.assert(fc.property(stories, (arrivals) => {
    const conversion = told(arrivals);
    if (conversion.status !== 'approved') return;
    for (const platform of PLATFORMS) {
      const purchases = [...standsAt(conversion, platform)].filter(([key]) => key.startsWith('Purchase '));
      expect(purchases).toHaveLength(1);
      if (platform !== 'google-ads' && platform !== 'google-data-manager') continue;
      const [, { value, currency }] = purchases[0]!;
      expect([value === null ? null : Number(value), currency]).toEqual(conversion.amount === null ? [null, null] : [Number(conversion.amount), conversion.currency]);
    }
  }), runs);
});

/** The event was under way when the rejection came, and failed before its retraction was looked at. */
test('an approval or a lead that is reported at last is sent, though the platform refused it before, and taken back though it was', () => {
  fc.assert(fc.property(stories, (arrivals) => {
    const conversion = told(arrivals, { failing: true });
    const last = conversion.history.at(-1)!;
    if (last.effect !== 'applied' || !['approved', 'pending', 'hold'].includes(last.status)) return;
    for (const platform of PLATFORMS) {
      const names = namesOf(standsAt(conversion, platform));
      if (last.status === 'approved') expect(names).toContain('Purchase');
      else expect(names.length).toBeGreaterThan(0);
    }
  }), runs);
});

test('a conversion that ends pending or on hold stands as a Lead, or as the Purchase that it was', () => {
  fc.assert(fc.property(stories, (arrivals) => {
    const conversion = told(arrivals);
    if (conversion.status !== 'pending' && conversion.status !== 'hold') return;
    for (const platform of PLATFORMS) expect(namesOf(standsAt(conversion, platform)).length).toBeGreaterThan(0);
  }), runs);
});

test('the event of the policy for rejections goes out at most once, and only where an event of ours went before', () => {
  fc.assert(fc.property(stories, (arrivals) => {
    const sent = told(arrivals).deliveries.filter(({ destinationId, state }) => destinationId === 'meta' && state === 'delivered');
    const customs = sent.filter(({ kind }) => kind === 'custom');
    expect(customs.length).toBeLessThanOrEqual(1);
    if (customs.length > 0) expect(sent.some(({ key }) => key === customs[0]!.corrects)).toBe(true);
  }), runs);
});
