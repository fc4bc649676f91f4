import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Status } from '../../domain/report.ts';
import { at, report, story, type Arrival } from './conversions.ts';

const effects = (...arrivals: Arrival[]) => story(arrivals).effects;

describe('what a report does', () => {
  test('a report equal to the state is a duplicate, whatever its time and however its amount is written', () => {
    expect(effects(
      { report: report('approved', { amount: '1200', currency: 'RUB', at: 5 }) },
      { report: report('approved', { amount: '1200.00', currency: 'RUB', at: 5 }) },
      { report: report('approved', { amount: '1200', currency: 'RUB', at: 1 }) },
      { report: report('approved', { at: 9 }) },
    )).toEqual(['applied', 'duplicate', 'duplicate', 'duplicate']);
  });

  test('a repeat moves the time of the state forward, so that a report in between is stale', () => {
    expect(effects(
      { report: report('approved', { at: 10 }) },
      { report: report('approved', { at: 20 }) },
      { report: report('rejected', { at: 15 }) },
    )).toEqual(['applied', 'duplicate', 'stale']);
  });

  test('a repeat with an earlier time does not move the time of the state back', () => {
    const { conversion } = story([{ report: report('approved', { at: 10 }) }, { report: report('approved', { at: 1 }) }]);
    expect(conversion.statusAtMs).toBe(at(10));
  });

  test('a report older than the newest applied one is stale and changes no status', () => {
    const { conversion, effects: seen } = story([{ report: report('approved', { at: 10 }) }, { report: report('pending', { at: 5 }) }]);
    expect(seen).toEqual(['applied', 'stale']);
    expect(conversion.status).toBe('approved');
  });

  test('at equal times pending stands behind hold, and hold behind a final status', () => {
    expect(effects({ report: report('approved') }, { report: report('hold') }, { report: report('pending') })).toEqual(['applied', 'stale', 'stale']);
    expect(effects({ report: report('pending') }, { report: report('hold') }, { report: report('approved') }, { report: report('rejected') }))
      .toEqual(['applied', 'applied', 'applied', 'applied']);
  });

  test('at equal times arrival decides, also where the relay takes in a report after a later one', () => {
    const { conversion, effects: seen } = story([
      { report: report('rejected'), arrives: 30 },
      { report: report('approved', { amount: '5', currency: 'USD' }), arrives: 10 },
    ]);
    expect(seen).toEqual(['applied', 'stale']);
    expect(conversion).toMatchObject({ status: 'rejected', deliveries: [] });
  });

  test('an unknown status never replaces a known status, its amount or its time', () => {
    const { conversion, effects: seen } = story([
      { report: report('pending', { amount: '10', currency: 'USD', at: 1 }) },
      { report: report('unknown', { amount: '99', currency: 'EUR', at: 9 }) },
    ]);
    expect(seen).toEqual(['applied', 'unknown']);
    expect(conversion).toMatchObject({ status: 'pending', amount: '10', currency: 'USD', statusAtMs: at(1) });
  });
});

test('a time over 15 minutes after arrival counts as arrival, so that a wrong clock does not shut out what comes later', () => {
  expect(effects(
    { report: report('pending', { at: 1000 }), arrives: 1 },
    { report: report('approved', { at: 5 }), arrives: 5 },
  )).toEqual(['applied', 'applied']);
});

describe('money', () => {
  test('the newest report that states a sum decides, a stale one too where no newer one states any', () => {
    const { conversion, effects: seen } = story([
      { report: report('approved', { at: 10 }) },
      { report: report('pending', { at: 5, amount: '700', currency: 'RUB' }) },
    ]);
    expect(seen).toEqual(['applied', 'stale']);
    expect(conversion).toMatchObject({ status: 'approved', amount: '700', currency: 'RUB' });
  });

  test('a sum without a currency keeps the one of the conversion; the default fills in only if none was ever said', () => {
    const said = story([{ report: report('pending', { amount: '10', currency: 'USD' }) }, { report: report('approved', { amount: '12', at: 1 }) }], { defaultCurrency: 'RUB' });
    expect(said.conversion).toMatchObject({ amount: '12', currency: 'USD', currencyAssumed: false });
    const never = story([{ report: report('approved', { amount: '12' }) }], { defaultCurrency: 'RUB' });
    expect(never.conversion).toMatchObject({ amount: '12', currency: 'RUB', currencyAssumed: true });
    expect(story([{ report: report('approved', { amount: '12' }) }]).conversion).toMatchObject({ amount: '12', currency: null, currencyAssumed: false });
  });

  test('a currency that comes without a sum is not the one of a later sum that names none', () => {
    const { conversion } = story([
      { report: report('pending', { amount: '5', currency: 'RUB' }) }, { report: report('pending', { currency: 'USD', at: 1 }) }, { report: report('approved', { amount: '10', at: 2 }) },
    ]);
    expect(conversion).toMatchObject({ amount: '10', currency: 'RUB' });
  });

  test('while no sum was stated the newest currency counts, and a repeat of it is a duplicate', () => {
    const { conversion, effects: seen } = story([
      { report: report('pending', { currency: 'USD' }) }, { report: report('rejected', { currency: 'RUB', at: 1 }) }, { report: report('rejected', { currency: 'RUB', at: 1 }) },
    ]);
    expect(seen).toEqual(['applied', 'applied', 'duplicate']);
    expect(conversion.currency).toBe('RUB');
  });
});

const anyReport = fc.record({
  status: fc.constantFrom<Status>('pending', 'hold', 'approved', 'rejected', 'trash', 'unknown'),
  at: fc.integer({ min: 0, max: 6 }),
  amount: fc.option(fc.constantFrom('0', '10', '10.0', '12.5')),
  currency: fc.option(fc.constantFrom('USD', 'RUB')),
});

test('the state is the same in whatever order reports of different moments arrive', () => {
  fc.assert(fc.property(fc.uniqueArray(anyReport, { minLength: 1, maxLength: 6, selector: (each) => each.at }), fc.func(fc.nat()), (reports, order) => {
    const arrivals = reports.map(({ status, ...rest }): Arrival => ({ report: report(status, rest) }));
    const shuffled = arrivals.map((each, i) => ({ each, key: order(i) })).sort((a, b) => a.key - b.key).map(({ each }) => each);
    const stateOf = (list: Arrival[]) => {
      const { status, statusAtMs, amount, currency, orderValue } = story(list, { defaultCurrency: 'EUR' }).conversion;
      return { status, statusAtMs, amount, currency, orderValue };
    };
    expect(stateOf(shuffled)).toEqual(stateOf(arrivals));
  }), { numRuns: 500 });
});

test('a report that was taken in before changes nothing', () => {
  fc.assert(fc.property(fc.array(anyReport, { minLength: 1, maxLength: 5 }), (reports) => {
    const arrivals = reports.map(({ status, ...rest }): Arrival => ({ report: report(status, rest) }));
    const { conversion, effects: seen } = story(arrivals);
    expect(seen).toHaveLength(reports.length);
    expect(conversion.history).toHaveLength(reports.length);
    const keys = conversion.deliveries.map((d) => d.key);
    expect(new Set(keys).size).toBe(keys.length);
  }));
});
