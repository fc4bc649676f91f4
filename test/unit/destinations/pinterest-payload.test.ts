import { describe, expect, it } from 'vitest';
import type { OutboundEvent } from '../../../destinations/contract.ts';
import { sha256 } from '../../../destinations/hashing.ts';
import { pinterest } from '../../../destinations/pinterest/pinterest.ts';
import { STANDARD_EVENTS } from '../../../domain/event.ts';
import { bodyOf, click, event, OCCURRED_AT_MS, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const DAY = 86_400_000;
const EPIK = 'dj0yJnU9b2JDcFFHekV4';
const pin = (changes: Partial<OutboundEvent> = {}) => event({ name: 'checkout', click: click({ ids: { epik: EPIK } }), ...changes });
const warnings: string[] = [];
const build = (events = [pin()], ctx = {}) => {
  warnings.length = 0;
  return pinterest.build(events, settingsOf('pinterest') as never, { nowMs: OCCURRED_AT_MS, warn: (sentence) => warnings.push(sentence), ...ctx });
};
const sent = (one = pin()) => bodyOf(build([one])).data[0];
const missing = (one: OutboundEvent) => pinterest.missing(one, settingsOf('pinterest') as never);

describe('what Pinterest is sent', () => {
  it('a checkout, to the letter', () => {
    const { body, ...rest } = build();
    expect(rest).toEqual({
      method: 'POST',
      url: 'https://api.pinterest.com/v5/ad_accounts/549755885175/events',
      headers: { 'content-type': 'application/json', accept: 'application/json', authorization: 'Bearer pina_token' },
      sent: [{ eventId: 'evt-1', eventTime: '1795168800', click_id: EPIK, orderId: '77001' }],
    });
    expect(body).toBe(
      '{"data":[{"event_name":"checkout","action_source":"web","event_time":1795168800,"event_id":"evt-1",' +
        '"event_source_url":"https://shop.example/offer",' +
        `"user_data":{"country":["${sha256('it')}"],"external_id":["${sha256('aB3dEfGhIjKlMnOpQrStUv')}"],` +
        `"client_ip_address":"2001:db8::1","client_user_agent":"Mozilla/5.0 (iPhone)","click_id":"${EPIK}"},` +
        '"custom_data":{"value":"10.10","currency":"EUR","order_id":"77001"}}]}',
    );
    expect(warnings).toEqual([]);
  });

  it('what is known of the buyer, normalised and hashed, in lists', () => {
    const user = {
      email: ' Jo.Doe+x@Gmail.com', phone: '+1 (800) 555-0100', firstName: ' Jo ', lastName: "O'Doe", gender: 'non-binary', dateOfBirth: '1990-02-28',
      city: 'San Francisco', region: 'California', postalCode: '94105-1234', country: 'USA',
    };
    expect(sent(unknownVisitor({ user })).user_data).toEqual({
      em: [sha256('jo.doe+x@gmail.com')],
      ph: [sha256('18005550100')],
      ge: [sha256('n')],
      db: [sha256('19900228')],
      fn: [sha256('jo')],
      ln: [sha256("o'doe")],
      ct: [sha256('sanfrancisco')],
      st: [sha256('ca')],
      zp: [sha256('94105')],
      country: [sha256('us')],
    });
  });

  it('a postal code with letters, a gender or a date that is none cost their field and are said', () => {
    const user = { email: 'a@b.co', postalCode: 'SW1A 1AA', gender: 'x', dateOfBirth: '1990-02-30' };
    expect(sent(unknownVisitor({ name: 'checkout', user })).user_data).toEqual({ em: [sha256('a@b.co')] });
    expect(warnings).toEqual(['gender', 'dateOfBirth', 'postalCode'].map((field) => expect.stringContaining(`${field} is left out`)));
  });

  it('an advertising id as its hash, a hash as it came, nothing else', () => {
    const maid = '8A2E4F6D-0852-4B2A-B9D5-79334DE14B16';
    const maids = (hashed_maids: string) => sent(pin({ click: click({ ids: { hashed_maids } }) })).user_data.hashed_maids;
    expect(maids(maid)).toEqual([sha256(maid.toLowerCase())]);
    expect(maids(sha256('x').toUpperCase())).toEqual([sha256('x')]);
    expect(maids('junk')).toBeUndefined();
    expect(sent(pin({ click: click({ ids: { partner_id: 'P-1' } }) })).user_data.partner_id).toBe('P-1');
  });

  it('prices as text, counts as numbers', () => {
    const item = { id: 'red-1', name: 'Shirt', category: 'shirts', brand: 'pin', quantity: '5', price: '1325.12', deliveryCategory: 'x' };
    expect(sent(pin({ contents: [item, { ...item, id: null, quantity: '1.5', price: 'x', name: null, category: null, brand: null }], numItems: '7' })).custom_data).toEqual({
      value: '10.10',
      currency: 'EUR',
      order_id: '77001',
      content_ids: ['red-1'],
      contents: [{ id: 'red-1', item_price: '1325.12', quantity: 5, item_name: 'Shirt', item_category: 'shirts', item_brand: 'pin' }],
      num_items: 7,
    });
    expect(warnings).toHaveLength(2);
  });

  it('no count where a quantity cannot be read', () => {
    const item = { id: '1', name: null, category: null, brand: null, quantity: 'two', price: null, deliveryCategory: null };
    expect(sent(pin({ contents: [item] })).custom_data).toEqual({ value: '10.10', currency: 'EUR', order_id: '77001', content_ids: ['1'], contents: [{ id: '1' }] });
    expect(warnings).toEqual(['quantity is left out: "two" is not a whole number.']);
  });

  it('the sum of the quantities where no count is stated, zero as a value, its own keys over all', () => {
    const item = { id: '1', name: null, category: null, brand: null, quantity: '2', price: null, deliveryCategory: null };
    expect(sent(pin({ value: '0', contents: [item, item], custom: { currency: 'USD', np: 'x' } })).custom_data).toMatchObject({ value: '0', currency: 'USD', num_items: 4, np: 'x' });
  });

  it.each([
    [null, 'web'], ['website', 'web'], ['app', 'app_ios'], ['physical_store', 'offline'], ['phone_call', 'offline'], ['email', 'offline'],
    ['chat', 'offline'], ['system_generated', 'offline'], ['business_messaging', 'offline'], ['other', 'offline'],
  ] as const)('action source %s as %s', (actionSource, word) => {
    expect(sent(pin({ actionSource })).action_source).toBe(word);
  });
  it('an app by its system, which only the user agent tells', () => {
    const source = (userAgent: string | null) => sent(pin({ actionSource: 'app', click: click({ userAgent }) })).action_source;
    expect(source('Dalvik/2.1 (Linux; Android 14)')).toBe('app_android');
    expect(source('App/1 CFNetwork/1410 Darwin/22')).toBe('app_ios');
    expect(source(null)).toBe('web');
    expect(warnings[0]).toMatch(/^action_source is web/);
  });

  it('an event of our own as custom, each standard one under the name that Pinterest knows', () => {
    expect(sent(pin({ name: 'LeadRejected' })).event_name).toBe('custom');
    expect(warnings).toHaveLength(1);
    for (const name of Object.values(pinterest.events)) expect(sent(pin({ name })).event_name).toBe(name);
    expect(STANDARD_EVENTS.filter((one) => !pinterest.events[one])).toEqual(['OutboundClick', 'FormSubmit']);
  });

  it('the flag for limited data processing, and the one for refused personalisation', () => {
    const limited = sent(pin({ click: click({ consent: { limitedDataUse: true } }) }));
    expect(limited.custom_data).toMatchObject({ opt_out_type: 'LDP' });
    expect(limited).not.toHaveProperty('opt_out');
    expect(sent(pin({ click: click({ consent: { adPersonalization: false } }) }))).toMatchObject({ opt_out: true });
    expect(sent().custom_data).not.toHaveProperty('opt_out_type');
  });

  it('many events in one request, in order; with test=true where nothing may count', () => {
    const request = build([pin(), pin({ eventId: 'evt-2' })], { validateOnly: true });
    expect(bodyOf(request).data.map((one: { event_id: string }) => one.event_id)).toEqual(['evt-1', 'evt-2']);
    expect(request.url).toBe('https://api.pinterest.com/v5/ad_accounts/549755885175/events?test=true');
  });
});

describe('why an event cannot go to Pinterest', () => {
  it.each([
    ['refused use of user data', pin({ click: click({ consent: { adUserData: false } }) }), /refused/],
    ['refused storage', pin({ click: click({ consent: { adStorage: false } }) }), /refused/],
    ['a click id alone', pin({ click: click({ ip: null, userAgent: null, ids: { epik: EPIK } }) }), /Pinterest would refuse/],
    ['a phone number alone', unknownVisitor({ user: { phone: '+393331234567' } }), /Pinterest would refuse/],
    ['an e-mail address that is none', unknownVisitor({ user: { email: 'nobody' } }), /Pinterest would refuse/],
    ['a name that is too long', pin({ name: 'x'.repeat(51) }), /event name/],
  ])('%s', (_, one, why) => {
    expect(missing(one)).toMatch(why);
  });
  it.each([
    ['address and browser', pin()],
    ['an e-mail address', unknownVisitor({ user: { email: 'a@b.co' } })],
    ['an advertising id', pin({ click: click({ ip: null, userAgent: null, ids: { hashed_maids: sha256('x') } }) })],
    ['a checkout without a value', pin({ value: null, currency: null })],
  ])('but %s is enough', (_, one) => {
    expect(missing(one)).toBeNull();
  });
  it('an event without an id, which Pinterest requires', () => {
    expect(missing(pin({ eventId: '' }))).toBe('Pinterest takes no event without an id (eventId).');
    expect(missing(pin())).toBeNull();
  });

  it('seven days are not too old', () => {
    expect(pinterest.ageMaxMs).toBe(7 * DAY);
  });
});
