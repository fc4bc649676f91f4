import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { simulate, type Simulation } from '../../setup/simulation.ts';
import { expected, type ModelDestination, timeOf } from './model.ts';
import { defaultCurrency, DESTINATIONS, story, type Arrival } from './stories.ts';

/** JSON in, JSON out: the preview is held to the model, and with it the parser, the fold and the planning behind it. */

const NUM_RUNS = Number(process.env['PROPERTY_RUNS'] ?? 3000);
vi.setConfig({ testTimeout: 60_000 + 20 * NUM_RUNS });

function simulated(arrivals: Arrival[], currency: string | null, more: Record<string, unknown> = {}): Simulation {
  const line = {
    integration: { network: 'kma', settings: { timeZone: 'UTC', ...(currency !== null && { defaultCurrency: currency }) } },
    destinations: DESTINATIONS.map(({ platform, onRejection }) => ({ platform, policy: onRejection === null ? 'ignore' : { event: onRejection } })),
    clickKnown: true,
    reports: arrivals.map(({ query, means }) => ({ query, receivedAt: new Date(means.receivedMs).toISOString() })),
    ...more,
  };
  const result = JSON.parse(JSON.stringify(simulate(JSON.stringify(line)))) as Simulation;
  expect(result).not.toHaveProperty('error');
  return result;
}

const toldTo = ({ deliveries }: Simulation, { platform }: ModelDestination): string[] =>
  deliveries.filter((d) => d.platform === platform).map(({ event, generation, kind, value }) => [event, generation, kind, value].filter((part) => part !== null).join(' '));

/** What the platform counts after all that it was told: the event of the policy for rejections apart. */
function standsAt({ deliveries }: Simulation, { platform }: ModelDestination): string[] {
  const stands = new Map<string, string>();
  for (const { event, generation, kind, value } of deliveries.filter((d) => d.platform === platform && d.kind !== 'custom')) {
    const key = `${event} ${generation}`;
    if (kind === 'retract') stands.delete(key);
    else stands.set(key, value === null ? key : `${key} ${value}`);
  }
  return [...stands.values()].sort();
}

/** Flags of deliveries; those of reports are the parser's. */
const FLAGS = ['event_by_amount', 'restatement_too_late', 'reversal_too_late', 'time_is_arrival'];

test('status, money, effects and every delivery are those of the naive model, whatever the history', () => {
  fc.assert(fc.property(story, defaultCurrency, (arrivals, currency) => {
    const model = expected(arrivals.map(({ means }) => means), DESTINATIONS, currency);
    const result = simulated(arrivals, currency);
    expect(result.history.map(({ effect }) => effect)).toEqual(model.effects);
    expect({ status: result.status, amount: result.amount, currency: result.currency }).toEqual({ status: model.state.status, amount: model.state.amount, currency: model.state.currency });
    expect(DESTINATIONS.map((each) => toldTo(result, each))).toEqual(model.told);
    expect(DESTINATIONS.map((each) => standsAt(result, each))).toEqual(model.stands);
    expect(result.flags.filter((flag) => FLAGS.includes(flag))).toEqual(model.flags);
  }), { numRuns: NUM_RUNS });
});

test('the history has each report as it came, with the time that the fold gave it', () => {
  fc.assert(fc.property(story, (arrivals) => {
    const result = simulated(arrivals, null);
    const means = arrivals.map(({ means: each }) => each).filter(({ empty }) => !empty);
    const kept = result.history.filter((_, place) => !arrivals[place]!.means.empty);
    expect(kept.map(({ status, amount, occurredAt }) => ({ status, amount, occurredAt })))
      .toEqual(means.map((each) => ({ status: each.status, amount: each.amount, occurredAt: new Date(timeOf(each)).toISOString() })));
  }), { numRuns: NUM_RUNS / 4 });
});

test('without a known click only the webhook is told, and it is told the same', () => {
  fc.assert(fc.property(story, defaultCurrency, (arrivals, currency) => {
    const model = expected(arrivals.map(({ means }) => means), DESTINATIONS, currency);
    const result = simulated(arrivals, currency, { clickKnown: false });
    expect(DESTINATIONS.map((each) => toldTo(result, each))).toEqual(DESTINATIONS.map(({ platform }, place) => (platform === 'webhook' ? model.told[place] : [])));
  }), { numRuns: NUM_RUNS / 4 });
});

test('at most one event goes out for a destination, event and generation, and every correction follows its event', () => {
  fc.assert(fc.property(story, defaultCurrency, (arrivals, currency) => {
    const { deliveries } = simulated(arrivals, currency);
    const went = new Set<string>();
    for (const { platform, event, generation, kind } of deliveries) {
      const key = `${platform}/${event}/${generation}`;
      if (kind === 'event' || kind === 'custom') {
        expect(went).not.toContain(key);
        went.add(key);
      } else {
        expect(went).toContain(key);
      }
    }
  }), { numRuns: NUM_RUNS });
});
