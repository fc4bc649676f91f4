import { describe, expect, test } from 'vitest';
import type { Letter } from '../../dev/faults/conversations.ts';
import { expect as expected, type TakenIn } from '../../dev/faults/model.ts';

/** The naive model that the fault tests judge by, held against examples worked out by hand. */

const HOUR_S = 3600;
const ARRIVED_MS = Date.UTC(2026, 10, 1, 12);

/** `A 100 @-2`: approved, sum 100, two hours before noon. In the order in which they are taken in. */
function reports(...lines: string[]): TakenIn[] {
  return lines.map((line, index) => {
    const [, letter, amount, at] = /^(\S)(?: (\d+))?(?: @(-?\d+))?$/.exec(line)!;
    const dateUnix = at === undefined ? null : ARRIVED_MS / 1000 + Number(at) * HOUR_S;
    const report = { mark: String(index), status: letter === '?' ? null : (letter as Letter), amount: amount ?? null, currency: null, dateUnix };
    return { postbackId: String(index), report, arrivedMs: ARRIVED_MS + index };
  });
}

const LEAD = { Lead: 1, Purchase: 0 };
const PURCHASE = { Lead: 0, Purchase: 1 };
const BOTH = { Lead: 1, Purchase: 1 };
const NONE = { Lead: 0, Purchase: 0 };

describe('the model of the fault tests', () => {
  test.each([
    ['a lead that is approved is both events', ['P', 'A 100'], { status: 'approved', effects: ['applied', 'applied'], other: [BOTH], retractable: [BOTH] }],
    ['an approval that overtakes its lead is a Purchase alone', ['A 100 @-1', 'P @-2'], { status: 'approved', effects: ['applied', 'stale'], other: [PURCHASE], retractable: [PURCHASE] }],
    ['a repeat is no event', ['P', 'P'], { status: 'pending', effects: ['applied', 'duplicate'], other: [LEAD], retractable: [LEAD] }],
    ['a rejection finds the lead sent or not', ['P', 'D'], { status: 'rejected', effects: ['applied', 'applied'], other: [NONE, LEAD], retractable: [NONE, LEAD] }],
    ['after a rejection a sent Purchase stands only where it cannot be taken back', ['A 100', 'D', 'P'],
      { status: 'pending', effects: ['applied', 'applied', 'applied'], other: [LEAD, PURCHASE], retractable: [LEAD, BOTH] }],
    ['approved anew is counted once', ['A 100', 'D', 'A 100'], { status: 'approved', effects: ['applied', 'applied', 'applied'], other: [PURCHASE], retractable: [PURCHASE] }],
    ['a broken macro plans nothing', ['? 100'], { status: 'unknown', effects: ['unknown'], other: [NONE], retractable: [NONE] }],
    ['at equal times the final word is the later one', ['A 100 @-1', 'P @-1'], { status: 'approved', effects: ['applied', 'stale'], other: [PURCHASE], retractable: [PURCHASE] }],
    ['a clock a day ahead counts as its arrival', ['P @24', 'A 100'], { status: 'approved', effects: ['applied', 'applied'], other: [BOTH], retractable: [BOTH] }],
  ] as const)('%s', (_, lines, { status, effects, other, retractable }) => {
    const { outcomes, ...rest } = expected(reports(...lines), true, 'RUB');
    expect(rest).toMatchObject({ status, effects });
    expect(sorted(outcomes.other)).toEqual(sorted(other));
    expect(sorted(outcomes.retractable)).toEqual(sorted(retractable));
  });

  test('the payout is that of the newest report with a sum, whatever the order of arrival', () => {
    expect(expected(reports('A 300 @-1', 'A 200 @-2', 'P @0'), true, 'RUB')).toMatchObject({ status: 'pending', amount: 300, currency: 'RUB' });
  });

  test('without a click nothing is due', () => {
    expect(expected(reports('P', 'A 100'), false, 'RUB').outcomes).toEqual({ retractable: [NONE], other: [NONE] });
  });
});

const sorted = (list: readonly object[]): string[] => list.map((each) => JSON.stringify(each)).sort();
