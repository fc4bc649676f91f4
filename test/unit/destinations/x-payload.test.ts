import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../destinations/hashing.ts';
import { x } from '../../../destinations/x/x.ts';
import { bodyOf, click, event, OCCURRED_AT_MS, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const clicked = (changes = {}) => click({ ids: { twclid: '23opevjt88psuo13lu8d020qkn' }, ...changes });
const one = (changes = {}) => event({ click: clicked(), ...changes });
const build = (sent = one(), settings = {}, warn?: (sentence: string) => void) =>
  x.build([sent], settingsOf('x', settings) as never, { nowMs: OCCURRED_AT_MS, ...(warn && { warn }) });
const conversion = (sent = one(), settings = {}) => bodyOf(build(sent, settings)).conversions[0];
const missing = (sent = one()) => x.missing(sent, settingsOf('x') as never);
const warnings = (sent = one()) => {
  const heard: string[] = [];
  build(sent, {}, (sentence) => heard.push(sentence));
  return heard;
};

describe('what X is sent', () => {
  it('a Purchase, to the letter', () => {
    const { body, ...rest } = build();
    expect(rest).toEqual({
      method: 'POST',
      url: 'https://ads-api.x.com/12/measurement/conversions/o8z6j',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'x-pixel-token': 'x-token' },
      sent: [{ conversionId: 'evt-1', conversionTime: '2026-11-20T10:00:00.750Z', eventId: 'o87ne', twclid: '23opevjt88psuo13lu8d020qkn' }],
      secrets: [],
    });
    expect(body).toBe(
      '{"conversions":[{"conversion_time":"2026-11-20T10:00:00.750Z","event_id":"o87ne",' +
        '"identifiers":[{"twclid":"23opevjt88psuo13lu8d020qkn"},{"ip_address":"2001:db8::1","user_agent":"Mozilla/5.0 (iPhone)"}],' +
        '"conversion_id":"evt-1","value":10.1,"price_currency":"EUR"}]}',
    );
  });
  it('each event under the id named for it, by our name or the mapped one, else in the long form', () => {
    expect(conversion(one({ event: 'Lead', name: 'Lead' })).event_id).toBe('tw-o8z6j-Lead');
    expect(conversion(one({ event: 'Purchase', name: 'Sale' })).event_id).toBe('o87ne');
    expect(conversion(one({ event: 'Lead', name: 'Sale' }), { eventIds: { Sale: 'osale' } }).event_id).toBe('osale');
    expect(conversion(one({ event: 'Lead', name: 'tw-o8z6j-abc' })).event_id).toBe('tw-o8z6j-abc');
  });
  it('e-mail and phone hashed, the phone with its plus; what is hashed already as it is, in lower case', () => {
    const user = { email: [' Jo.Doe+x@Gmail.com', 'A'.repeat(64)], phone: '333 123 4567' };
    expect(conversion(unknownVisitor({ country: 'it', user })).identifiers).toEqual([
      { hashed_email: sha256('jo.doe+x@gmail.com') },
      { hashed_email: 'a'.repeat(64) },
      { hashed_phone_number: sha256('+393331234567') },
    ]);
  });
  it('address and browser only beside another identifier', () => {
    const user = { ip: '203.0.113.9', userAgent: 'Reported' };
    expect(conversion(unknownVisitor({ user: { ...user, email: 'a@b.co' } })).identifiers.at(-1)).toEqual({ ip_address: '203.0.113.9', user_agent: 'Reported' });
    expect(conversion(unknownVisitor({ user })).identifiers).toEqual([]);
  });
  it('the number of items and the contents under its own names, each in its type', () => {
    const item = { id: 'sku', name: 'Shoe', category: 'Shoes', brand: 'B', quantity: '2', price: '10.50', deliveryCategory: null };
    const nothing = { id: null, name: null, category: null, brand: 'B', quantity: null, price: null, deliveryCategory: null };
    expect(conversion(one({ contents: [item, nothing] }))).toMatchObject({
      number_items: 3,
      contents: [{ content_id: 'sku', content_name: 'Shoe', content_type: 'Shoes', content_price: 10.5, num_items: 2 }],
    });
    expect(conversion(one({ contents: [item], numItems: '5' })).number_items).toBe(5);
  });
  it('zero as a value, but no count of zero or a half, which X refuses', () => {
    expect(conversion(one({ value: '0' })).value).toBe(0);
    for (const numItems of ['0', '1.5', '-1']) {
      expect(conversion(one({ numItems }))).not.toHaveProperty('number_items');
      expect(warnings(one({ numItems }))).toEqual([expect.stringContaining('number_items')]);
    }
  });
  it('custom keys over what is derived, but never over what identifies the conversion', () => {
    const custom = { description: 'a sale', value: 5, conversion_id: 'other', identifiers: [] };
    expect(conversion(one({ custom }))).toMatchObject({ description: 'a sale', value: 5, conversion_id: 'evt-1', identifiers: [{ twclid: expect.any(String) }, {}] });
  });
  it('no value without a currency, no broken click id and no broken price, each with a sentence', () => {
    const sent = one({ currency: null, user: { email: 'a@b.co' }, click: clicked({ ids: { twclid: '{twclid}' } }) });
    expect(conversion(sent)).not.toHaveProperty('value');
    expect(conversion(sent).identifiers[0]).toEqual({ hashed_email: sha256('a@b.co') });
    expect(warnings(sent)).toEqual([expect.stringContaining('twclid'), expect.stringContaining('currency')]);
    const item = { id: 'a', name: null, category: null, brand: null, quantity: null, price: 'ten', deliveryCategory: null };
    expect(warnings(one({ contents: [item] }))).toEqual([expect.stringContaining('content_price')]);
  });
  it('many conversions in one request, in order', () => {
    const request = x.build([one(), one({ eventId: 'evt-2' })], settingsOf('x') as never, { nowMs: 0 });
    expect(bodyOf(request).conversions.map((each: { conversion_id: string }) => each.conversion_id)).toEqual(['evt-1', 'evt-2']);
    expect(request.sent).toHaveLength(2);
  });
  it('no conversion_id where the event has no id, rather than an empty one', () => {
    const request = x.build([one({ eventId: '' })], { pixelId: 'PIXEL_ID', apiVersion: '12' } as never, { nowMs: 0 });
    expect(bodyOf(request).conversions[0]).not.toHaveProperty('conversion_id');
    expect(request.sent[0]).not.toHaveProperty('conversionId');
  });
  it('twclid as it came, whatever its letters', () => {
    const request = x.build([one({ click: clicked({ ids: { twclid: 'Ab/c+9=' } }) })], { pixelId: 'PIXEL_ID', apiVersion: '12' } as never, { nowMs: 0 });
    expect(bodyOf(request).conversions[0].identifiers).toContainEqual({ twclid: 'Ab/c+9=' });
  });
  it('settings that are not there or no settings yet break nothing', () => {
    expect(() => x.build([one()], { pixelId: 'PIXEL_ID', apiVersion: '12' } as never, { nowMs: 0 })).not.toThrow();
    expect(() => x.build([one()], { pixelId: '\ud800x', apiVersion: '12' } as never, { nowMs: 0 })).not.toThrow();
  });
});

describe('why an event cannot go to X', () => {
  it.each([
    ['nothing known of the visitor', unknownVisitor(), /could not find the visitor/],
    ['an address and a browser alone', event({ click: click({ ids: {} }) }), /not enough for X/],
    ['a click id that is a macro', one({ click: clicked({ ids: { twclid: '{twclid}' } }) }), /could not find the visitor/],
    ['a click id that says nothing', one({ click: clicked({ ids: { twclid: 'undefined' } }) }), /could not find the visitor/],
    ['refused use of user data', one({ click: clicked({ consent: { adUserData: false } }) }), /refused/],
    ['refused storage', one({ click: clicked({ consent: { adStorage: false } }) }), /refused/],
    ['a name that is none', one({ name: ' ' }), /event name/],
  ])('%s', (_, sent, why) => {
    expect(missing(sent)).toMatch(why);
  });
  it.each([
    ['twclid', one()],
    ['an e-mail address', unknownVisitor({ user: { email: 'a@b.co' } })],
    ['a phone number', unknownVisitor({ user: { phone: '+393331234567' } })],
    ['no value', one({ value: null })],
  ])('but %s is enough', (_, sent) => {
    expect(missing(sent)).toBeNull();
  });
});
