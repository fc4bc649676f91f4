import { describe, expect, it } from 'vitest';
import { byStatus } from '../../../destinations/taboola/classify.ts';
import { taboola } from '../../../destinations/taboola/taboola.ts';
import { answer, bodyOf, click, event, OCCURRED_AT_MS, request, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const CLICK_ID = `GiC${'aZ-_'.repeat(16)}q`;
const clicked = (changes = {}) => event({ click: click({ ids: { tblci: CLICK_ID } }), ...changes });
const single = settingsOf('taboola') as never;
const bulk = settingsOf('taboola', { accountId: '1234567' }) as never;
const ctx = { nowMs: OCCURRED_AT_MS };
const queryOf = (one = clicked()) => new URL(taboola.build([one], single, ctx).url).searchParams;
const action = (one = clicked()) => bodyOf(taboola.build([one], bulk, ctx)).actions[0];
const missing = (one = clicked()) => taboola.missing(one, single);
const warningsOf = (one = clicked()) => {
  const heard: string[] = [];
  taboola.build([one], single, { ...ctx, warn: (sentence) => void heard.push(sentence) });
  return heard;
};
const item = { id: 'sku', name: null, category: null, brand: null, price: null, deliveryCategory: null };

describe('what Taboola is sent', () => {
  it('a Purchase, to the letter', () => {
    expect(taboola.build([clicked()], single, ctx)).toEqual({
      method: 'GET',
      url: `https://trc.taboola.com/actions-handler/log/3/s2s-action?click-id=${CLICK_ID}&name=Purchase&revenue=10.10&currency=EUR&orderid=77001`,
      headers: {},
      body: null,
      sent: [{ name: 'Purchase', clickId: CLICK_ID, orderId: '77001' }],
    });
  });
  it('with an account id many events in one body, each with its time in whole ms', () => {
    const second = clicked({ name: 'My lead', value: null, orderId: null, occurredAtMs: OCCURRED_AT_MS + 0.9 });
    expect(taboola.build([clicked(), second], bulk, ctx)).toEqual({
      method: 'POST',
      url: 'https://trc.taboola.com/1234567/log/3/bulk-s2s-action',
      headers: { 'content-type': 'application/json' },
      body:
        `{"actions":[{"click-id":"${CLICK_ID}","timestamp":1795168800750,"name":"Purchase","revenue":10.1,"currency":"EUR","orderid":"77001"},` +
        `{"click-id":"${CLICK_ID}","timestamp":1795168800750,"name":"My lead"}]}`,
      sent: [{ name: 'Purchase', clickId: CLICK_ID, orderId: '77001' }, { name: 'My lead', clickId: CLICK_ID }],
    });
  });
  it('every value percent-encoded, the name and the order id as they are', () => {
    const { url } = taboola.build([clicked({ name: 'Make Purchase&x=1', orderId: 'A/1 +é' })], single, ctx);
    expect(url).toContain('&name=Make%20Purchase%26x%3D1&');
    expect(url).toMatch(/&orderid=A%2F1%20%2B%C3%A9$/);
  });
  it('zero is an amount', () => {
    expect(queryOf(clicked({ value: '0' })).get('revenue')).toBe('0');
    expect(action(clicked({ value: '0' })).revenue).toBe(0);
  });
  it.each([['PLN'], ['CHF'], [null], ['XXX1']])('no amount in %s, which Taboola would take for the account\'s own currency', (currency) => {
    const one = clicked({ currency });
    expect(queryOf(one).has('revenue')).toBe(false);
    expect(queryOf(one).has('currency')).toBe(false);
    expect(warningsOf(one)).toEqual([expect.stringContaining('The value is left out')]);
  });
  it.each(['AUD', 'BRL', 'CAD', 'CNY', 'EUR', 'GBP', 'HKD', 'ILS', 'INR', 'JPY', 'KRW', 'MXN', 'NZD', 'RUB', 'SGD', 'THB', 'TRY', 'USD', 'ZAR'])('amounts in %s', (currency) => {
    expect(queryOf(clicked({ currency: currency.toLowerCase() })).get('currency')).toBe(currency);
  });
  it('the number of things, whole only', () => {
    const contents = [{ ...item, quantity: '2' }, { ...item, quantity: null }];
    expect(queryOf(clicked({ contents })).get('quantity')).toBe('3');
    expect(action(clicked({ contents, numItems: '5' })).quantity).toBe(5);
    expect(queryOf(clicked({ numItems: '1.5' })).has('quantity')).toBe(false);
    expect(warningsOf(clicked({ numItems: '1.5' }))).toEqual([expect.stringContaining('quantity')]);
  });
  it('keys of the event\'s own, over what is derived', () => {
    expect(queryOf(clicked({ custom: { orderid: 'own', extra: 7 } })).toString()).toContain('orderid=own&extra=7');
    expect(action(clicked({ custom: { orderid: 'own', extra: 7 } }))).toMatchObject({ orderid: 'own', extra: 7 });
  });
  it('the click id under either name, case kept', () => {
    expect(queryOf(event({ click: click({ ids: { 'click-id': CLICK_ID } }) })).get('click-id')).toBe(CLICK_ID);
    expect(queryOf(event({ click: click({ ids: { tblci: 'p'.repeat(66), 'click-id': CLICK_ID } }) })).get('click-id')).toBe(CLICK_ID);
  });
});

describe('which events may share a request', () => {
  it('none by the postback URL, all in the bulk form', () => {
    const others = [clicked(), clicked({ orderId: '2' }), clicked({ name: 'Lead' })];
    expect(new Set(others.map((one) => taboola.together!(one, single))).size).toBe(3);
    expect(new Set(others.map((one) => taboola.together!(one, bulk))).size).toBe(1);
    expect(taboola.batch).toEqual({ max: 1000, atomic: true });
  });
});

describe('why an event cannot go to Taboola', () => {
  it.each([
    ['no click', unknownVisitor(), /click id/],
    ['a click without Taboola\'s id', event(), /click id/],
    ['a click id of 65 characters', event({ click: click({ ids: { tblci: 'x'.repeat(65) } }) }), /66 characters/],
    ['a macro that nobody filled in', event({ click: click({ ids: { tblci: `{${'x'.repeat(70)}}` } }) }), /click id/],
    ['an empty name', clicked({ name: ' ' }), /event name/],
    ['refused use of user data', event({ click: click({ ids: { tblci: CLICK_ID }, consent: { adUserData: false } }) }), /refused/],
    ['refused storage', event({ click: click({ ids: { tblci: CLICK_ID }, consent: { adStorage: false } }) }), /refused/],
  ])('%s', (_, one, why) => {
    expect(missing(one)).toMatch(why);
  });
  it.each([
    ['a Purchase without a value', clicked({ value: null })],
    ['a click id of 66 characters', event({ click: click({ ids: { tblci: 'x'.repeat(66) } }) })],
    ['refused personalisation', event({ click: click({ ids: { tblci: CLICK_ID }, consent: { adPersonalization: false } }) })],
  ])('but %s can', (_, one) => {
    expect(missing(one)).toBeNull();
  });
});

describe('what Taboola answers', () => {
  const classify = (body: unknown, status: number, headers = {}) => taboola.classify(answer(body, status, headers), request())[0];
  it.each([200, 204])('HTTP %i is delivered', (status) => {
    expect(classify('', status)).toEqual({ kind: 'delivered' });
  });
  it.each(Object.keys(byStatus).map(Number))('HTTP %i refuses the event', (status) => {
    expect(classify('', status)).toMatchObject({ kind: 'rejected', code: `http_${status}` });
  });
  it.each([[500, 'retry'], [503, 'retry'], [429, 'retry'], [302, 'retry'], [404, 'misconfigured'], [403, 'misconfigured'], [401, 'unauthorised'], [422, 'rejected']])('HTTP %i is %s', (status, kind) => {
    expect(classify('', status)).toMatchObject({ kind });
  });
  it.each([200, 400, 502])('a web page with HTTP %i is tried again', (status) => {
    expect(classify('<html></html>', status)).toMatchObject({ kind: 'retry', code: `http_${status}_html` });
  });
  it('waits as long as it is asked to', () => {
    expect(classify('', 429, { 'retry-after': '7' })).toMatchObject({ retryAfterMs: 7000 });
  });
  it('one outcome for each event; nobody in a refused batch is shown to be at fault', () => {
    const three = request({ sent: [{}, {}, {}] });
    expect(taboola.classify(answer('', 204), three)).toEqual(Array(3).fill({ kind: 'delivered' }));
    expect(taboola.classify(answer('', 400), three).map(({ kind }) => kind)).toEqual(['retry', 'retry', 'retry']);
  });
});

describe('settings of Taboola', () => {
  it('take digits or nothing as account id', () => {
    expect(taboola.settings.safeParse({ accountId: 'acme' }).success).toBe(false);
    expect(taboola.settings.parse({ accountId: ' ' })).toEqual({});
  });

  it('may hold half of a character without a failure', () => {
    expect(() => taboola.build([event({ click: click() })], { accountId: '\ud800x' } as never, { nowMs: OCCURRED_AT_MS })).not.toThrow();
  });
});
