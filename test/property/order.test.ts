import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { simulate, type Simulation } from '../../setup/simulation.ts';
import { stateAfter, type ModelReport } from './model.ts';
import { BASE_MS } from './stories.ts';

/** The network's last word counts, whatever came in between, in whatever order, and whatever was lost. */

const MINUTE = 60_000;
const RANK = { pending: 1, hold: 2, approved: 3, rejected: 3, trash: 3, unknown: 0 };
const WORDS = { pending: 'P', hold: 'H', approved: 'A', rejected: 'D', trash: 'F', unknown: 'what' };

interface Said {
  status: ModelReport['status'];
  slot: number;
  amount: string | null;
  currency: string | null;
}
const said: fc.Arbitrary<Said> = fc.record({
  status: fc.constantFrom<ModelReport['status']>('pending', 'hold', 'approved', 'rejected', 'trash', 'unknown'),
  slot: fc.nat(4),
  amount: fc.option(fc.constantFrom('0', '10', '12.5', '99')),
  currency: fc.option(fc.constantFrom('USD', 'RUB', 'EUR')),
});
/** Only reports of the same moment and the same rank are told apart by their arrival: none of those here. */
const reports = fc.uniqueArray(said, { minLength: 1, maxLength: 7, selector: ({ slot, status }) => `${slot}/${RANK[status]}` });
const shuffles = reports.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));

/** All of them arrive after all of their moments, a minute apart. */
const meansOf = ({ slot, ...rest }: Said, place: number): ModelReport => ({ ...rest, named: true, saidMs: BASE_MS + slot * MINUTE, receivedMs: BASE_MS + (60 + place) * MINUTE, empty: false });

function stateOf(list: Said[], defaultCurrency = 'GBP'): Pick<Simulation, 'status' | 'amount' | 'currency'> {
  const line = {
    integration: { network: 'kma', settings: { defaultCurrency } },
    destinations: [{ platform: 'google-ads' }],
    reports: list.map(meansOf).map(({ status, amount, currency, saidMs, receivedMs }) => ({
      query: `orderid=1&status=${WORDS[status]}&sum=${amount ?? ''}&currency=${currency ?? ''}&date_unix=${saidMs! / 1000}`,
      receivedAt: new Date(receivedMs).toISOString(),
    })),
  };
  const { status, amount, currency } = simulate(JSON.stringify(line)) as Simulation;
  return { status, amount, currency };
}
const inOrder = (list: Said[]): Said[] => list.toSorted((a, b) => a.slot - b.slot || RANK[a.status] - RANK[b.status]);
const known = (list: Said[]): Said[] => inOrder(list).filter(({ status }) => status !== 'unknown');
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 2000);
vi.setConfig({ testTimeout: 60_000 + 20 * numRuns });

test('status, amount and currency in the end are the same in whatever order the reports arrive', () => {
  fc.assert(fc.property(shuffles, ([list, shuffled]) => {
    const state = stateOf(shuffled);
    expect(state).toEqual(stateOf(list));
    const { status, amount, currency } = stateAfter(list.map(meansOf), 'GBP');
    expect(state).toEqual({ status, amount, currency });
  }), { numRuns });
});

test('a report that comes a second time, at any later place, changes neither status nor money', () => {
  fc.assert(fc.property(shuffles, fc.nat(), fc.nat(), ([list, shuffled], which, later) => {
    const first = which % shuffled.length;
    const second = first + 1 + (later % (shuffled.length - first));
    expect(stateOf(shuffled.toSpliced(second, 0, shuffled[first]!))).toEqual(stateOf(list));
  }), { numRuns });
});

test('where all but the last report are lost, status is the same, and so is a sum that it states with its currency', () => {
  const lossy = reports.filter((list) => known(list).length > 0).chain((list) => fc.tuple(fc.constant(list), fc.subarray(list)));
  fc.assert(fc.property(lossy, ([list, kept]) => {
    const last = known(list).at(-1)!;
    const left = stateOf([...new Set([...kept, last])]);
    expect(left.status).toBe(last.status);
    if (last.amount !== null && last.currency !== null) expect(left).toEqual(stateOf(list));
  }), { numRuns });
});
