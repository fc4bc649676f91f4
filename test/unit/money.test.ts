import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareAmounts, isAmbiguousAmount, isZeroOrLess, normaliseAmount } from '../../domain/money.ts';

describe('an amount is read whole, its decimals as written', () => {
  test.each([
    ['1200', '1200'], ['1200.00', '1200.00'], ['1 200,50', '1200.50'], ['1\u00a0200.5', '1200.5'], ['1\u202f200\u202f300', '1200300'],
    ['12,5', '12.5'], ['12,50', '12.50'], ['1,2345', '1.2345'], ['1.200', '1.200'], ['1,200.50', '1200.50'], ['1.200,50', '1200.50'],
    ['1,200,300.5', '1200300.5'], ['0', '0'], ['0.0000', '0.0000'], ['007', '7'], ['.5', '0.5'], ['-12.50', '-12.50'], ['+3', '3'],
    ['-0.00', '0.00'], [' 5 ', '5'], ['1234567890123456789012345678901234', '1234567890123456789012345678901234'],
  ])('%j is %s', (text, amount) => expect(normaliseAmount(text)).toBe(amount));

  test.each(['12abc', 'NaN', 'Infinity', '1e3', '1E-7', '0x10', '', '-', '.', '5.', '1 20', '12 00', '1,20,30', '1.2.3', '1.200.300', '$5', '5 USD', '--5', '1_000',
    '12345678901234567890123456789012345', '٣'])('%j is not read at all', (text) => expect(normaliseAmount(text)).toBeNull());

  test.each(['1,200', '-1,200', '0,123', '1234,567', '1,200,300', '1 200,500'])('%j is ambiguous', (text) => {
    expect(normaliseAmount(text)).toBeNull();
    expect(isAmbiguousAmount(text)).toBe(true);
  });

  test('whatever comes, the result is a plain decimal or nothing', () => {
    const near = fc.stringMatching(/^[-+]?[0-9., e\u00a0]{0,12}$/);
    fc.assert(fc.property(fc.oneof(near, fc.string()), (text) => {
      const amount = normaliseAmount(text);
      if (amount === null) return;
      expect(amount).toMatch(/^-?(0|[1-9]\d*)(\.\d+)?$/);
      expect(amount.replace(/\D/g, '').replace(/^0+/, '')).toBe(text.replace(/\D/g, '').replace(/^0+/, ''));
    }), { numRuns: 2000 });
  });
});

describe('amounts compare as numbers', () => {
  test.each([['1.50', '1.5', 0], ['10', '9.99', 1], ['-1', '0', -1], ['-2', '-1', -1], ['0.00', '0', 0], ['0.1', '0.10000000000000000001', -1]] as const)(
    '%s against %s', (a, b, expected) => {
      expect(compareAmounts(a, b)).toBe(expected);
      expect(compareAmounts(b, a)).toBe((-expected || 0) as -1 | 0 | 1);
    });

  test.each([['0', true], ['0.0000', true], ['-0.01', true], ['0.01', false], ['12', false]])('%s is zero or less: %s', (amount, expected) => {
    expect(isZeroOrLess(amount)).toBe(expected);
  });
});
