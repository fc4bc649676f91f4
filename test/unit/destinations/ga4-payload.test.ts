import { describe, expect, it } from 'vitest';
import type { ContentItem, OutboundEvent } from '../../../destinations/contract.ts';
import { ga4 } from '../../../destinations/ga4/ga4.ts';
import { clientId, sessionId } from '../../../destinations/ga4/user-data.ts';
import { sha256 } from '../../../destinations/hashing.ts';
import { bodyOf, click, event, OCCURRED_AT_MS, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const HOUR = 3_600_000;
const ids = { ga_client_id: 'GA1.1.1098115397.1763458000', ga_session_id: '1763458123' };
const purchase = (changes: Partial<OutboundEvent> = {}) => event({ name: 'purchase', click: click({ ids }), ...changes });
const lead = (changes: Partial<OutboundEvent> = {}) => purchase({ event: 'Lead', name: 'generate_lead', orderId: null, value: null, currency: null, ...changes });
const item: ContentItem = { id: 'sku-1', name: 'Cream', category: 'Beauty', brand: 'Acme', quantity: '2', price: '0', deliveryCategory: 'in_store' };

const settings = (changes = {}) => settingsOf('ga4', changes) as never;
const built = (events: OutboundEvent[], changes = {}) => {
  const warnings: string[] = [];
  const request = ga4.build(events, settings(changes), { nowMs: OCCURRED_AT_MS, warn: (sentence) => void warnings.push(sentence) });
  return { request, body: bodyOf(request), params: bodyOf(request).events[0].params, warnings };
};
const missing = (one: OutboundEvent) => ga4.missing(one, settings());

describe('what Google Analytics is sent', () => {
  it('a purchase, to the letter', () => {
    const { request } = built([purchase()]);
    const { body, ...rest } = request;
    expect(rest).toEqual({
      method: 'POST',
      url: 'https://www.google-analytics.com/mp/collect?measurement_id=G-AB12CD34EF&api_secret=ga-secret',
      headers: { 'content-type': 'application/json' },
      sent: [{ name: 'purchase', timestampMicros: '1795168800750000', clientId: '1098115397.1763458000', sessionId: '1763458123', transactionId: '77001' }],
    });
    expect(body).toBe(
      '{"client_id":"1098115397.1763458000","timestamp_micros":1795168800750000,"ip_override":"2001:db8::1",' +
        '"events":[{"name":"purchase","params":{"transaction_id":"77001","currency":"EUR","value":10.1,"session_id":"1763458123",' +
        '"engagement_time_msec":1,"page_location":"https://shop.example/offer","page_referrer":"https://m.facebook.com/"}}]}',
    );
  });
  it('the servers of the European Union where the settings say so', () => {
    expect(built([purchase()], { region: 'eu' }).request.url).toMatch(/^https:\/\/region1\.google-analytics\.com\/mp\/collect\?/);
  });
  it('contents as items, amounts as numbers, a price of zero too', () => {
    expect(built([purchase({ contents: [item] })]).params.items).toEqual([
      { item_id: 'sku-1', item_name: 'Cream', item_brand: 'Acme', item_category: 'Beauty', price: 0, quantity: 2 },
    ]);
    expect(built([purchase({ contents: [{ ...item, id: null, name: null }] })]).params).not.toHaveProperty('items');
    expect(built([purchase({ value: '0' })]).params).toMatchObject({ value: 0, currency: 'EUR' });
  });
  it('a lead without a transaction id where no order is known, with one where it is', () => {
    expect(built([lead({ transactionId: 'w-Lead-1' })]).params).not.toHaveProperty('transaction_id');
    expect(built([lead({ orderId: '77001', transactionId: '77001-Lead-1' })]).params).toMatchObject({ transaction_id: '77001-Lead-1' });
  });
  it('what the report says of the buyer, names, e-mail address and phone hashed, places in clear', () => {
    const user = { email: ' Jo.Doe+x@Gmail.com', phone: '333 123 4567', firstName: 'Jo2', lastName: "O'Doe", city: 'San Remo', region: 'Liguria', postalCode: ' 18038. ' };
    expect(built([purchase({ user })]).body.user_data).toEqual({
      sha256_email_address: [sha256('jodoe@gmail.com')],
      sha256_phone_number: [sha256('+393331234567')],
      address: [{ sha256_first_name: sha256('jo'), sha256_last_name: sha256('odoe'), city: 'san remo', region: 'liguria', postal_code: '18038', country: 'IT' }],
    });
  });
  it('no address that is only a country, and no user data at all where none is known', () => {
    expect(built([purchase({ user: { email: 'a@b.co' } })]).body.user_data).toEqual({ sha256_email_address: [sha256('a@b.co')] });
    expect(built([purchase()]).body).not.toHaveProperty('user_data');
  });
  it('refused use of user data as a signal, without the user data', () => {
    const { body } = built([purchase({ user: { email: 'a@b.co' }, click: click({ ids, consent: { adUserData: false, adPersonalization: false } }) })]);
    expect(body.consent).toEqual({ ad_user_data: 'DENIED', ad_personalization: 'DENIED' });
    expect(body).not.toHaveProperty('user_data');
    expect(built([purchase({ click: click({ ids, consent: { adUserData: true } }) })]).body.consent).toEqual({ ad_user_data: 'GRANTED' });
    expect(built([purchase()]).body).not.toHaveProperty('consent');
  });
  it('own keys: client id, session and user id', () => {
    const { body, params } = built([purchase({ click: click({ ids: { ...ids, client_id: '5.6', session_id: '77', user_id: 'u-1' } }) })]);
    expect(body).toMatchObject({ client_id: '5.6', user_id: 'u-1' });
    expect(params.session_id).toBe('77');
  });
  it('own parameters over the derived ones', () => {
    expect(built([purchase({ custom: { coupon: 'X', value: 5 } })]).params).toMatchObject({ coupon: 'X', value: 5, currency: 'EUR' });
  });
  it('nothing that would be dropped without a word: long texts, wrong names, lists, more than 25 parameters', () => {
    const custom = { long: 'x'.repeat(101), 'bad name': 1, ga_x: 1, list: [1] };
    const { params, warnings } = built([purchase({ custom, click: click({ ids, pageUrl: `https://shop.example/?${'q'.repeat(100)}` }) })]);
    for (const key of [...Object.keys(custom), 'page_location']) expect(params).not.toHaveProperty(key);
    expect(warnings).toHaveLength(5);
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`p${n}`, n]));
    expect(Object.keys(built([purchase({ custom: many })]).params)).toHaveLength(25);
    expect(Object.keys(built([purchase({ custom: { ok: 'x'.repeat(100) } })]).params)).toContain('ok');
  });
});

describe('what cannot be meant', () => {
  it('objects, and items that are no list, are left out aloud', () => {
    const { params, warnings } = built([lead({ custom: { nested: { a: 1 }, items: 'x', flag: true } })]);
    expect(params).toMatchObject({ flag: true });
    for (const key of ['nested', 'items']) expect(params).not.toHaveProperty(key);
    expect(warnings).toHaveLength(2);
  });
  it('an id that a script wrote for none is none', () => {
    for (const nothing of ['null', 'undefined', 'NaN']) {
      expect(clientId(nothing)).toBeNull();
      expect(built([purchase({ click: click({ ids: { ...ids, user_id: nothing } }) })]).body).not.toHaveProperty('user_id');
    }
  });
  it('half a character pair in a setting breaks no address', () => {
    expect(built([purchase()], { apiSecret: 'a\ud800b' }).request.url).toContain('api_secret=a%EF%BF%BDb');
  });
});

describe('a request of several events', () => {
  it('holds those of one browser at one time, each with its own parameters', () => {
    const { body, request } = built([purchase(), lead()]);
    expect(body.events.map((one: { name: string }) => one.name)).toEqual(['purchase', 'generate_lead']);
    expect(request.sent).toHaveLength(2);
    expect(ga4.together?.(purchase(), settings())).toBe(ga4.together?.(lead(), settings()));
  });
  it.each([
    ['another browser', purchase({ click: click({ ids: { ga_client_id: '1.2' } }) })],
    ['another time', purchase({ occurredAtMs: OCCURRED_AT_MS + 1 })],
    ['another consent', purchase({ click: click({ ids, consent: { adUserData: true } }) })],
    ['another buyer', purchase({ user: { email: 'a@b.co' } })],
  ])('but not %s', (_, other) => {
    expect(ga4.together?.(other, settings())).not.toBe(ga4.together?.(purchase(), settings()));
  });
});

describe('ids of Google Analytics', () => {
  it.each([
    ['GA1.1.1098115397.1763458000', '1098115397.1763458000'],
    ['GA1.2-2.1098115397.1763458000', '1098115397.1763458000'],
    ['1098115397.1763458000', '1098115397.1763458000'],
    ['5e1f6b1a-uuid', '5e1f6b1a-uuid'],
    ['GA1.1.', null],
    ['{client_id}', null],
  ])('client id %s is %s', (text, id) => {
    expect(clientId(text)).toBe(id);
  });
  it.each([
    ['1763458123', '1763458123'],
    ['GS1.1.1763458123.3.1.1763458200.0.0.0', '1763458123'],
    ['GS2.1.s1763458123$o3$g1$t1763458200', '1763458123'],
    ['GS2.1.x', null],
    ['abc', null],
  ])('session %s is %s', (text, id) => {
    expect(sessionId(text)).toBe(id);
  });
});

describe('why an event cannot go to Google Analytics', () => {
  it.each([
    ['no client id', purchase({ click: click({ ids: {} }) }), /client id/],
    ['no click', unknownVisitor({ name: 'purchase', user: { email: 'a@b.co' } }), /client id/],
    ['refused storage', purchase({ click: click({ ids, consent: { adStorage: false } }) }), /refused storage/],
    ['a purchase without a value', purchase({ value: null }), /purchase needs a value/],
    ['a purchase without a currency', purchase({ currency: null }), /purchase needs a value with a currency/],
    ['a purchase without a transaction id', purchase({ transactionId: '' }), /transaction id/],
    ['a transaction id that is too long', purchase({ transactionId: 'x'.repeat(101) }), /up to 100/],
    ['a name with a space', purchase({ name: 'Deal won' }), /event name/],
    ['a name of 41 letters', purchase({ name: 'x'.repeat(41) }), /event name/],
    ['a reserved name', purchase({ name: 'session_start' }), /event name/],
    ['a reserved prefix', purchase({ name: 'ga_x' }), /event name/],
  ])('%s', (_, one, why) => {
    expect(missing(one)).toMatch(why);
  });
  it.each([
    ['a purchase', purchase()],
    ['a purchase of items without a value', purchase({ value: null, contents: [item] })],
    ['a lead without a value', lead()],
    ['a custom name of 40 letters', purchase({ name: 'x'.repeat(40) })],
    ['refused user data', purchase({ click: click({ ids, consent: { adUserData: false } }) })],
  ])('but %s can', (_, one) => {
    expect(missing(one)).toBeNull();
  });
  it('events are taken for 72 hours', () => {
    expect(ga4.ageMaxMs).toBe(72 * HOUR);
  });
  it('an order id of up to 100 characters is a transaction id', () => {
    expect([ga4.acceptsTransactionId?.('7'), ga4.acceptsTransactionId?.('x'.repeat(100)), ga4.acceptsTransactionId?.('x'.repeat(101)), ga4.acceptsTransactionId?.(' ')]).toEqual([true, true, false, false]);
  });
});

describe('taking back at Google Analytics', () => {
  const sent = (one: OutboundEvent) => {
    const { transactionId, eventId, occurredAtMs, value, currency } = one;
    return { transactionId, eventId, occurredAtMs, value, currency, identifiers: built([one]).request.sent[0]! };
  };
  const retract = (one: OutboundEvent, changes: Partial<OutboundEvent> = {}) => ({ ...one, kind: 'retract' as const, occurredAtMs: OCCURRED_AT_MS + HOUR, original: sent(one), ...changes });
  const reversed = (one: OutboundEvent) => bodyOf(ga4.reversal!.build(one, settings(), { nowMs: OCCURRED_AT_MS }));

  it('a purchase by a full refund of its transaction id, at the time of the change', () => {
    expect(reversed(retract(purchase({ contents: [item] }), { transactionId: 'other', click: null }))).toEqual({
      client_id: '1098115397.1763458000',
      timestamp_micros: (OCCURRED_AT_MS + HOUR) * 1000,
      events: [{ name: 'refund', params: { transaction_id: '77001', currency: 'EUR', value: 10.1, session_id: '1763458123', engagement_time_msec: 1 } }],
    });
  });
  it.each([['generate_lead', 'disqualify_lead'], ['qualify_lead', 'disqualify_lead'], ['close_convert_lead', 'close_unconvert_lead']])('%s by %s', (name, by) => {
    expect(reversed(retract(lead({ name }))).events[0].name).toBe(by);
  });
  it('always later than what it takes back', () => {
    for (const occurredAtMs of [OCCURRED_AT_MS, OCCURRED_AT_MS - HOUR])
      expect(reversed(retract(purchase(), { occurredAtMs })).timestamp_micros).toBe(OCCURRED_AT_MS * 1000 + 1);
  });
  it('no other event, nor one of an unknown browser', () => {
    const why = (one: OutboundEvent) => ga4.reversal?.missing?.(one, settings());
    expect(why(retract(purchase()))).toBeNull();
    expect(why(retract(lead({ name: 'sign_up' })))).toMatch(/no event that takes sign_up back/);
    expect(why(retract(purchase(), { original: { ...sent(purchase()), identifiers: { name: 'purchase' } } }))).toMatch(/client id/);
    expect(why(retract(purchase(), { original: { ...sent(purchase()), identifiers: { name: 'purchase', clientId: '1.2' } } }))).toMatch(/transaction id/);
  });
  it('only as a whole', () => {
    expect(ga4.reversal?.kinds).toEqual(['retract']);
  });
});
