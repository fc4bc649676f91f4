import { describe, expect, test } from 'vitest';
import { kma } from '../../../networks/kma/network.ts';
import { ARRIVAL, CLICK, read } from './read.ts';

const OTHER_CLICK = 'ZYXWVUTSRQ9876543210zy';
const GUIDE_QUERY =
  'date={date}&date_unix={date_unix}&status={status}&zeustrack_status={zeustrack_status}&affise_status={affise_status}&loyalead_status={loyalead_status}&ip={ip}&stream={stream}&sum={sum}&currency={currency}&data1={data1}&data2={data2}&data3={data3}&data4={data4}&data5={data5}&orderid={orderid}&bannerid={bannerid}&campaignid={campaignid}&countrycode={countrycode}';

test("the postback URL's query is the guide's", () => expect(kma.postbackQuery).toBe(GUIDE_QUERY));

test('a whole call is understood, and one with nothing odd has no flag', () => {
  const query = `date=2026-11-22+12%3A00%3A00&date_unix=1795338000&status=A&zeustrack_status=deposit&affise_status=1&loyalead_status=approved&ip=1.2.3.4`
    + `&stream=zXweZF&sum=1200.50&currency=rub&data1=fb&data2=&data3=${CLICK}&data4=&data5=&orderid=1033507426&bannerid=&campaignid=77&countrycode=ru`;
  expect(read('kma', query)).toEqual({
    orderId: '1033507426', weakKey: null, status: 'approved', statusRaw: 'A', statusParameter: true, amount: '1200.50', currency: 'RUB',
    currencyAssumed: false, orderValue: null, occurredAt: '2026-11-22T09:00:00.000Z', occurredAtReported: true,
    clickIdCandidates: [{ slot: 'data3', value: CLICK }], eventName: null, offerId: '77', country: 'RU', ip: '1.2.3.4', user: {}, items: [],
    flags: [], empty: false,
  });
});

test('a call with every macro unexpanded is empty, flagged, and of unknown status', () => {
  for (const query of [GUIDE_QUERY, GUIDE_QUERY.replaceAll('{', '%7B').replaceAll('}', '%7D'), GUIDE_QUERY.replaceAll('{', '{{').replaceAll('}', '}}')]) {
    const report = read('kma', query);
    expect(report).toMatchObject({ empty: true, orderId: null, status: 'unknown', statusRaw: null, statusParameter: true, amount: null, clickIdCandidates: [] });
    expect(report.weakKey).toMatch(/^hash:[0-9a-f]{64}$/);
    expect(report.flags).toEqual(['macro_unexpanded', 'weakKey']);
    expect(report.occurredAt).toBe('2026-11-22T10:00:00.000Z');
  }
});

describe('status', () => {
  test.each([
    ['P', 'pending'], ['a', 'approved'], ['D', 'rejected'], ['f', 'trash'],
    ['pending', 'pending'], ['new', 'pending'], ['wait', 'pending'], ['waiting', 'pending'], ['processing', 'pending'], ['In Work', 'pending'], ['lead', 'pending'],
    ['hold', 'hold'], ['locked', 'hold'], ['approved_hold', 'hold'],
    ['approved', 'approved'], ['APPROVE', 'approved'], ['accept', 'approved'], ['accepted', 'approved'], ['confirm', 'approved'], ['confirmed', 'approved'], ['sale', 'approved'], ['paid', 'approved'],
    ['declined', 'rejected'], ['reject', 'rejected'], ['rejected', 'rejected'], ['cancel', 'rejected'], ['cancelled', 'rejected'], ['denied', 'rejected'], ['reversed', 'rejected'],
    ['fake', 'trash'], ['trash', 'trash'], ['spam', 'trash'], ['double', 'trash'], ['duplicate', 'trash'],
  ])('%s is %s', (word, status) => expect(read('kma', `orderid=1&status=${word}`)).toMatchObject({ status, statusRaw: word, flags: [] }));

  test.each([['T', 'trash'], ['h', 'hold'], ['0', 'pending'], ['buyout', 'approved']])('%s is taken for %s, as a guess', (word, status) =>
    expect(read('kma', `orderid=1&status=${word}`)).toMatchObject({ status, flags: ['status_guessed'] }));

  test.each([
    ['affise_status=1', 'approved', []], ['affise_status=2', 'pending', []], ['affise_status=3', 'rejected', []], ['affise_status=5', 'hold', []],
    ['affise_status=4', 'unknown', ['status_unknown']], ['zeustrack_status=lead', 'pending', []], ['zeustrack_status=FTD', 'approved', []],
    ['zeustrack_status=deposit', 'approved', []], ['loyalead_status=confirmed', 'approved', []],
    ['zeustrack_status=lead&loyalead_status=approved&affise_status=3&status=P', 'pending', ['status_disagrees']],
    ['zeustrack_status=lead&loyalead_status=rejected&affise_status=3', 'rejected', ['status_disagrees']],
    ['status=xyz&affise_status=1', 'approved', ['status_unknown']],
    ['status=&affise_status=1', 'approved', []],
    ['status={status}&affise_status=1', 'approved', ['macro_unexpanded']],
    ['status=F&affise_status=3', 'trash', []], ['status=fake&affise_status=3', 'trash', []],
    ['status=A&affise_status=3', 'approved', ['status_disagrees']],
    ['status=constructor', 'unknown', ['status_unknown']], ['status=__proto__', 'unknown', ['status_unknown']],
  ])('%s', (query, status, flags) => expect(read('kma', `orderid=1&${query}`)).toMatchObject({ status, flags }));

  test('without any the status is unknown, never null, and says whether a parameter was there', () => {
    expect(read('kma', 'orderid=1')).toMatchObject({ status: 'unknown', statusRaw: null, statusParameter: false, flags: [] });
    expect(read('kma', 'orderid=1&affise_status=')).toMatchObject({ status: 'unknown', statusRaw: null, statusParameter: true, flags: [] });
    expect(read('kma', 'orderid=1&status=xyz')).toMatchObject({ status: 'unknown', statusRaw: 'xyz', flags: ['status_unknown'] });
  });

  test("the integration's own words come first", () => {
    const settings = { statusWords: { buyout: 'hold', p: 'approved', 'on review': 'pending' } } as const;
    for (const [word, status] of [['Buyout', 'hold'], ['P', 'approved'], ['On+Review', 'pending'], ['A', 'approved']]) {
      expect(read('kma', { query: `orderid=1&status=${word}`, settings })).toMatchObject({ status, flags: [] });
    }
  });
});

describe('click id', () => {
  const candidates = (query: string, clickIdSlot?: string) => read('kma', { query: `orderid=1&${query}`, settings: { clickIdSlot } }).clickIdCandidates;

  test('the configured slot counts whatever its shape, the others by shape, each value once', () => {
    expect(candidates(`data1=${OTHER_CLICK}&data2=fb&data3=short&data4=${OTHER_CLICK}`)).toEqual([{ slot: 'data3', value: 'short' }, { slot: 'data1', value: OTHER_CLICK }]);
    expect(candidates(`data1=anything&data3=${CLICK}`, 'data1')).toEqual([{ slot: 'data1', value: 'anything' }, { slot: 'data3', value: CLICK }]);
    expect(candidates(`data1=${CLICK.slice(1)}&data2=${CLICK}x`)).toEqual([]);
  });

  test('a merged sub id gives its click id back', () => {
    expect(candidates(`data3=my_own_${CLICK}&data2=x_${OTHER_CLICK}`)).toEqual([{ slot: 'data3', value: CLICK }, { slot: 'data2', value: OTHER_CLICK }]);
  });

  test('a macro that was not expanded is no part of a sub id', () => expect(candidates('data3=own_{data3}')).toEqual([]));
});

describe('order id missing', () => {
  test('the click stands in, alone or merged, whatever else a later report changes', () => {
    for (const query of [`data3=${CLICK}&status=P&sum=1&currency=USD`, `data3=own_${CLICK}&status=A&sum=2&currency=USD`, `data1=${CLICK}&orderid={orderid}`]) {
      expect(read('kma', query)).toMatchObject({ orderId: null, weakKey: `click:${CLICK}` });
    }
    expect(read('kma', `data3=${CLICK}&status=P`).flags).toEqual(['weakKey']);
  });

  test('else a hash of the sorted parameters, the same as query, form or JSON', () => {
    const hash = read('kma', 'status=P&sum=5&currency=USD').weakKey;
    expect(read('kma', 'currency=USD&sum=5&status=P').weakKey).toBe(hash);
    expect(read('kma', { body: 'currency=USD&sum=5&status=P' }).weakKey).toBe(hash);
    expect(read('kma', { body: '{"currency":"USD","sum":5,"status":"P"}' }).weakKey).toBe(hash);
    expect(read('kma', 'currency=USD&sum=6&status=P').weakKey).not.toBe(hash);
  });

  test.each([['orderid=1', false], ['data3=x', false], ['status=what', false], ['sum=0', false], ['ip=1.2.3.4&date_unix=1795338000', true], ['', true], ['sum=abc&status=', true]])(
    '%s is empty: %s', (query, empty) => expect(read('kma', query).empty).toBe(empty));
});

describe('money', () => {
  const money = (query: string, defaultCurrency?: string | null) => {
    const { amount, currency, currencyAssumed, flags } = read('kma', { query: `orderid=1&status=A&${query}`, settings: { defaultCurrency } });
    return [amount, currency, currencyAssumed, flags];
  };
  test.each([
    ['sum=1200&currency=usd', null, ['1200', 'USD', false, []]],
    ['sum=1+200,50&currency=RUB', null, ['1200.50', 'RUB', false, []]],
    ['sum=1,200&currency=RUB', null, [null, 'RUB', false, ['amount_ambiguous']]],
    ['sum=12abc&currency=RUB', null, [null, 'RUB', false, ['amount_unreadable']]],
    ['sum=NaN&currency=RUB', null, [null, 'RUB', false, ['amount_unreadable']]],
    ['sum=null', 'RUB', [null, null, false, []]],
    ['sum=', 'RUB', [null, null, false, []]],
    ['sum=-5', 'rub', ['-5', 'RUB', true, []]],
    ['sum=5', null, ['5', null, false, ['currency_missing']]],
    ['sum=5&currency=QQQ', null, ['5', null, false, ['currency_missing', 'currency_unknown']]],
    ['sum=5&currency={currency}', 'RUB', ['5', 'RUB', true, ['macro_unexpanded']]],
    ['sum=5', 'roubles', ['5', null, false, ['currency_missing', 'default_currency_invalid']]],
  ])('%s with the default %s', (query, fallback, expected) => expect(money(query, fallback)).toEqual(expected));
});

describe('time', () => {
  const time = (query: string, timeZone?: string) => {
    const { occurredAt, occurredAtReported, flags } = read('kma', { query: `orderid=1&status=A&${query}`, settings: { timeZone } });
    return [occurredAt, occurredAtReported, flags];
  };
  const arrival = new Date(ARRIVAL).toISOString();
  test.each([
    ['date_unix=1684692689', undefined, ['2023-05-21T18:11:29.000Z', true, []]],
    ['date_unix=1684692689123', undefined, ['2023-05-21T18:11:29.123Z', true, []]],
    ['date_unix=1684692689.5&date=01.01.2020 10:00', undefined, ['2023-05-21T18:11:29.500Z', true, []]],
    ['date_unix=168469&date=2023-05-21 21:11:29', undefined, ['2023-05-21T18:11:29.000Z', true, ['date_unreadable']]],
    ['date=21.05.2023+21:11:29', undefined, ['2023-05-21T18:11:29.000Z', true, []]],
    ['date=21.05.2023 21:11', undefined, ['2023-05-21T18:11:00.000Z', true, []]],
    ['date=2023-05-21T21:11', 'Europe/Berlin', ['2023-05-21T19:11:00.000Z', true, []]],
    ['date=2023-05-21', 'UTC', ['2023-05-21T00:00:00.000Z', true, []]],
    ['date=2023-05-21T21:11:29.123456Z', undefined, ['2023-05-21T21:11:29.123Z', true, []]],
    ['date=2023-05-21T21:11:29%2B05:30', undefined, ['2023-05-21T15:41:29.000Z', true, []]],
    ['date=2023-05-21T21:11:29+05:30', undefined, ['2023-05-21T15:41:29.000Z', true, []]],
    ['date=2023-05-21 21:11:29-0300', undefined, ['2023-05-22T00:11:29.000Z', true, []]],
    ['date=2026-02-30 10:00:00', undefined, [arrival, false, ['date_unreadable']]],
    ['date=2026-03-29 02:30:00', 'Europe/Berlin', [arrival, false, ['date_unreadable']]],
    ['date=0000-00-00 00:00:00', undefined, [arrival, false, ['date_unreadable']]],
    ['date=05/21/2023', undefined, [arrival, false, ['date_unreadable']]],
    ['date=2023-05-21 21:11:29', 'Mars/Olympus', ['2023-05-21T18:11:29.000Z', true, ['time_zone_invalid']]],
    ['', undefined, [arrival, false, []]],
    ['date=null&date_unix=', undefined, [arrival, false, []]],
    [`date_unix=${ARRIVAL / 1000 + 900}`, undefined, ['2026-11-22T10:15:00.000Z', true, []]],
    [`date_unix=${ARRIVAL / 1000 + 901}`, undefined, [new Date(ARRIVAL + 901_000).toISOString(), true, ['date_in_future']]],
    ['date_unix=9999999999999', undefined, ['2286-11-20T17:46:39.999Z', true, ['date_in_future']]],
  ])('%s in %s', (query, zone, expected) => expect(time(query, zone)).toEqual(expected));
});

test.each([['countrycode=RUS', 'country_unreadable'], ['ip=1', 'ip_unreadable'], ['ip=1.2.3.4,5.6.7.8', 'ip_unreadable']])('%s is absent and flagged', (query, flag) =>
  expect(read('kma', `orderid=1&${query}`)).toMatchObject({ country: null, ip: null, flags: [flag] }));
