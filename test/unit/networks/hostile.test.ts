import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STATUSES, type Report } from '../../../domain/report.ts';
import { networks } from '../../../networks/catalog.ts';
import { parse } from './read.ts';

const NAMES = ['status', 'affise_status', 'sum', 'value', 'payout', 'publisher_commission', 'currency', 'date', 'date_unix', 'conversion_time', 'timestamp', 'orderid',
  'oid', 'conversion_id', 'data1', 'data3', 'click_id', 'publisher_reference', 'ip', 'country', 'countrycode', 'items', 'email', 'event_name', '__proto__', 'constructor'];
const VALUES = ['1200', '1 200,50', '1,200', '', 'null', '-5', '1e3', '9'.repeat(60), '{status}', '%7Bsum%7D', '12abc', 'NaN', 'A', 'hold', '4', 'rub', '1684692689',
  '99999999999999', '2026-02-30', '31.12.2025 23:59', '%zz', '%ff', '%00', '\ufffd', '\ud83d', '[{"item_status":"1"}]', '[1]', '[{', '__proto__', 'x_abcdefghij0123456789AB'];

const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 8 }));
const value = fc.oneof(fc.constantFrom(...VALUES), fc.string({ unit: 'binary', maxLength: 20 }));
const query = fc.array(fc.tuple(name, value), { maxLength: 12 }).map((pairs) => pairs.map(([key, text]) => `${key}=${text}`).join('&'));
const contentType = fc.constantFrom(null, '', 'application/json', 'application/x-www-form-urlencoded', 'text/plain; charset=koi8-r', 'multipart/form-data; boundary=x', ';;;');
const body = fc.oneof(fc.constant(null), query, fc.uint8Array({ maxLength: 200 }), fc.json(), fc.dictionary(name, fc.oneof(value, fc.jsonValue())).map((o) => JSON.stringify(o)));
const settings = fc.record({ defaultCurrency: fc.constantFrom(null, 'RUB', 'zzz'), timeZone: fc.constantFrom(null, 'UTC', 'local', 'No/Where'), clickIdSlot: fc.option(name) });

const AMOUNT = /^-?(0|[1-9]\d*)(\.\d+)?$/;

function expectWellFormed(report: Report): void {
  expect(STATUSES).toContain(report.status);
  for (const amount of [report.amount, report.orderValue, ...report.items.flatMap((item) => [item.value, item.payout])]) {
    if (amount !== null) expect(amount).toMatch(AMOUNT);
  }
  if (report.currency !== null) expect(report.currency).toMatch(/^[A-Z]{3}$/);
  if (report.country !== null) expect(report.country).toMatch(/^[A-Z]{2}$/);
  expect(new Date(report.occurredAt).toISOString()).toBe(report.occurredAt);
  expect(report.flags).toEqual([...new Set(report.flags)].sort());
  expect(report.weakKey === null).toBe(report.orderId !== null);
  expect(report.flags.includes('weakKey')).toBe(report.weakKey !== null);
  expect(report.clickIdCandidates.every((candidate) => candidate.value !== '')).toBe(true);
  expect(JSON.stringify(report)).not.toMatch(/\ufffd|\\u0000/);
}

describe.each([...networks.keys()])('%s', (network) => {
  test('whatever comes, there is a well-formed report, or an error for the body alone', () => {
    fc.assert(fc.property(query, contentType, body, settings, (text, type, raw, set) => {
      const result = parse(network, { query: text, contentType: type, body: raw, settings: set });
      if ('error' in result) expect(result.error.code).toBe('body_invalid');
      else expectWellFormed(result);
    }), { numRuns: 2000 });
  });

  test('a query alone never is an error', () => {
    fc.assert(fc.property(query, (text) => {
      expect(parse(network, { query: text })).not.toHaveProperty('error');
    }));
  });

  test('the order of different parameters changes nothing', () => {
    const distinct = fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...VALUES)), { selector: ([key]) => key, maxLength: 10 });
    fc.assert(fc.property(distinct, (pairs) => {
      const text = (list: typeof pairs) => list.map(([key, each]) => `${key}=${each}`).join('&');
      expect(parse(network, { query: text(pairs.toReversed()) })).toEqual(parse(network, { query: text(pairs) }));
    }));
  });
});

// Work that grows with the square of the text would take hours here: it must end, however busy the machine is.
test('half a megabyte of anything is read in linear time', { timeout: 300_000 }, () => {
  const size = 512 * 1024;
  const fill = (text: string) => text.repeat(Math.ceil(size / text.length));
  const hostile = ['%', '+', 'a ', '`', ' ', '{', '%7B', '{a', '_', '1', '1,', ',', '1 ', '&a=', 'a&', '[', '"', '\\', '\r\n', '\n--x'];
  for (const network of networks.keys()) {
    for (const part of hostile) {
      const text = fill(part);
      parse(network, { query: `sum=${text}z&data3=${text}&click_id=${text}` });
      parse(network, { query: `a${text}b=1` });
      parse(network, { body: text });
      parse(network, { body: `x=1\n--x${text}`, contentType: 'multipart/form-data; boundary=x' });
      parse(network, { body: JSON.stringify({ [`a${text}b`]: text, sum: text, items: text }) });
    }
  }
});
