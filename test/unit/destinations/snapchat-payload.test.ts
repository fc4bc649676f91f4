import { describe, expect, it } from 'vitest';
import type { OutboundEvent } from '../../../destinations/contract.ts';
import { sha256 } from '../../../destinations/hashing.ts';
import { snapchat } from '../../../destinations/snapchat/snapchat.ts';
import { STANDARD_EVENTS } from '../../../domain/event.ts';
import { bodyOf, click, event, OCCURRED_AT_MS, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const DAY = 86_400_000;
const PIXEL = '1ec32188-754e-4be2-8e55-c949a984a39f';
const snap = (changes: Partial<OutboundEvent> = {}) =>
  event({ name: 'PURCHASE', click: click({ ids: { ScCid: 'Sc-Case_1', sc_cookie1: '5f1b2c3d' } }), ...changes });
const warnings: string[] = [];
const build = (events = [snap()], settings = {}, ctx = {}) => {
  warnings.length = 0;
  return snapchat.build(events, settingsOf('snapchat', settings) as never, { nowMs: OCCURRED_AT_MS, warn: (sentence) => warnings.push(sentence), ...ctx });
};
const sent = (one = snap()) => bodyOf(build([one])).data[0];
const missing = (one: OutboundEvent) => snapchat.missing(one, settingsOf('snapchat') as never);

describe('what Snapchat is sent', () => {
  it('a PURCHASE, to the letter', () => {
    const { body, ...rest } = build();
    expect(rest).toEqual({
      method: 'POST',
      url: `https://tr.snapchat.com/v3/${PIXEL}/events?access_token=snap.token`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      sent: [{ eventId: 'evt-1', eventTime: '1795168800', sc_click_id: 'Sc-Case_1', orderId: '77001' }],
      secrets: [],
    });
    expect(body).toBe(
      '{"data":[{"event_name":"PURCHASE","event_time":1795168800,"event_id":"evt-1","action_source":"WEB",' +
        '"event_source_url":"https://shop.example/offer",' +
        `"user_data":{"country":["${sha256('it')}"],"external_id":["${sha256('aB3dEfGhIjKlMnOpQrStUv')}"],` +
        '"client_ip_address":"2001:db8::1","client_user_agent":"Mozilla/5.0 (iPhone)","sc_click_id":"Sc-Case_1","sc_cookie1":"5f1b2c3d"},' +
        '"custom_data":{"value":10.1,"currency":"EUR","order_id":"77001"}}]}',
    );
    expect(warnings).toEqual([]);
  });

  it('what is known of the buyer, normalised and hashed, in lists', () => {
    const user = {
      email: [' Person@Example.com', 'jo.doe+x@gmail.com'], phone: '+44 844 412 4653', firstName: 'Raphaël', lastName: "O'Doe", gender: 'Female',
      city: 'Menlo Park', region: 'California', postalCode: '94025-1234', country: 'United States', dateOfBirth: '1997-12-26',
    };
    expect(sent(unknownVisitor({ name: 'SIGN_UP', user })).user_data).toEqual({
      em: [sha256('person@example.com'), sha256('jo.doe+x@gmail.com')],
      ph: ['dc008fda46e2e64002cf2f82a4906236282d431c4f75e5b60bfe79fc48546383'],
      fn: ['e74bb89e718fe1e19c422a48382870399f8bf7ca8dfa008739e75b0be76627b7'],
      ln: [sha256('odoe')],
      ge: [sha256('f')],
      ct: [sha256('menlopark')],
      st: [sha256('ca')],
      zp: [sha256('94025')],
      country: [sha256('us')],
    });
  });

  it.each([['0044 844 412 4653'], ['+44 (0)844 412 4653'], ['+448444124653 ext. 12']])('the phone number %s without what stands before its country code', (phone) => {
    expect(sent(unknownVisitor({ user: { phone } })).user_data).toEqual({ ph: [sha256('448444124653')] });
  });

  it('no hash of nothing, and a hash as it came in lower case', () => {
    const hash = sha256('a@b.co');
    expect(sent(unknownVisitor({ user: { email: hash.toUpperCase(), phone: '  ', firstName: sha256('') } })).user_data).toEqual({ em: [hash] });
  });

  it('other identifiers in clear under their own keys', () => {
    const ids = { madid: '8A2E4F6D-0852-4B2A-B9D5-79334DE14B16', idfv: 'V-1', lead_id: 'L-1' };
    expect(sent(snap({ click: click({ ids }) })).user_data).toMatchObject(ids);
  });

  it('contents with quantities and prices as text, their count, categories and brands', () => {
    const item = { id: '003', name: 'Tea', category: 'drinks', brand: 'fido', quantity: '2', price: '5.50', deliveryCategory: null };
    const { custom_data: data } = sent(snap({ contents: [item, { ...item, id: '004', brand: 'kitten', quantity: null, price: '0' }] }));
    expect(data).toMatchObject({
      content_ids: ['003', '004'],
      content_category: 'drinks',
      brands: ['fido', 'kitten'],
      contents: [{ id: '003', quantity: '2', item_price: '5.50', brand: 'fido' }, { id: '004', item_price: '0', brand: 'kitten' }],
      num_items: 3,
    });
    expect(JSON.stringify(data)).not.toContain('Tea');
  });

  it('a wrong count or price costs that field and is said', () => {
    const item = { id: '1', name: null, category: null, brand: null, quantity: '1', price: 'ten', deliveryCategory: null };
    expect(sent(snap({ contents: [item], numItems: '2.5' })).custom_data).toEqual({ value: 10.1, currency: 'EUR', order_id: '77001', content_ids: ['1'], contents: [{ id: '1', quantity: '1' }] });
    expect(warnings).toEqual(['item_price is left out: "ten" is not a number.', 'num_items is left out: "2.5" is not a whole number.']);
  });

  it('no count where a quantity cannot be read', () => {
    const item = { id: '1', name: null, category: null, brand: null, quantity: 'two', price: null, deliveryCategory: null };
    expect(sent(snap({ contents: [item] })).custom_data).toEqual({ value: 10.1, currency: 'EUR', order_id: '77001', content_ids: ['1'], contents: [{ id: '1' }] });
    expect(warnings).toEqual(['quantity is left out: "two" is not a number.']);
  });

  it('its own keys over what is derived, and zero as a value', () => {
    expect(sent(snap({ value: '0', custom: { order_id: 'mine', sign_up_method: 'mail' } })).custom_data).toEqual({ value: 0, currency: 'EUR', order_id: 'mine', sign_up_method: 'mail' });
  });

  it.each([
    [null, 'WEB'], ['website', 'WEB'], ['app', 'MOBILE_APP'], ['physical_store', 'OFFLINE'], ['phone_call', 'OFFLINE'], ['email', 'OFFLINE'],
    ['chat', 'OFFLINE'], ['system_generated', 'OFFLINE'], ['business_messaging', 'OFFLINE'], ['other', 'OFFLINE'],
  ] as const)('action source %s as %s', (actionSource, word) => {
    expect(sent(snap({ actionSource })).action_source).toBe(word);
  });

  it('an event that Snapchat has no name for in the first of its custom slots, one in a slot unchanged', () => {
    expect(sent(snap({ name: 'LeadRejected' })).event_name).toBe('CUSTOM_EVENT_1');
    expect(warnings[0]).toContain('"LeadRejected"');
    expect(sent(snap({ name: 'CUSTOM_EVENT_3' })).event_name).toBe('CUSTOM_EVENT_3');
    expect(warnings).toEqual([]);
  });

  it('each of our standard events under a name that Snapchat knows', () => {
    const names = Object.values(snapchat.events);
    for (const name of names) expect(sent(snap({ name })).event_name).toBe(name);
    expect(STANDARD_EVENTS.filter((one) => !snapchat.events[one])).toEqual(['OutboundClick', 'FormSubmit', 'Contact', 'SubmitApplication']);
  });

  it('Limited Data Use where the visitor asked for it', () => {
    expect(sent(snap({ click: click({ consent: { limitedDataUse: true } }) }))).toMatchObject({
      data_processing_options: ['LDU'], data_processing_options_country: 0, data_processing_options_state: 0,
    });
    expect(sent()).not.toHaveProperty('data_processing_options');
  });

  it('many events in one request, in order, and a token whose encoded form is cut from records too', () => {
    const request = build([snap(), snap({ eventId: 'evt-2' })], { accessToken: 'a+b/c' });
    expect(bodyOf(request).data.map((one: { event_id: string }) => one.event_id)).toEqual(['evt-1', 'evt-2']);
    expect(request.url).toContain('access_token=a%2Bb%2Fc');
    expect(request.secrets).toEqual(['a%2Bb%2Fc']);
  });

  it('no id where the event has none, neither empty nor kept', () => {
    const request = build([snap({ eventId: '' })]);
    expect(bodyOf(request).data[0]).not.toHaveProperty('event_id');
    expect(request.sent[0]).not.toHaveProperty('eventId');
  });

  it('half a surrogate pair in a pixel id or token does not stop it', () => {
    const odd = { apiVersion: 'v3', pixelId: 'a\ud800', accessToken: 't\udc00' };
    expect(snapchat.build([snap()], odd, { nowMs: OCCURRED_AT_MS }).url).toBe('https://tr.snapchat.com/v3/a%EF%BF%BD/events?access_token=t%EF%BF%BD');
  });

  it('to the test event tool where nothing may count', () => {
    expect(build([snap()], {}, { validateOnly: true }).url).toBe(`https://tr.snapchat.com/v3/${PIXEL}/events/validate?access_token=snap.token`);
  });
});

describe('why an event cannot go to Snapchat', () => {
  it.each([
    ['a PURCHASE without a value', snap({ value: null }), /^PURCHASE needs a value/],
    ['a value without a currency', snap({ currency: null }), /with a currency/],
    ['refused use of user data', snap({ click: click({ consent: { adUserData: false } }) }), /refused/],
    ['refused storage', snap({ click: click({ consent: { adStorage: false } }) }), /refused/],
    ['a click id alone', snap({ click: click({ ip: null, userAgent: null, ids: { ScCid: 'x' } }) }), /Snapchat would refuse/],
    ['an address alone', unknownVisitor({ user: { ip: '203.0.113.9' } }), /Snapchat would refuse/],
    ['no name', snap({ name: ' ' }), /event name/],
  ])('%s', (_, one, why) => {
    expect(missing(one)).toMatch(why);
  });
  it.each([
    ['address and browser', snap()],
    ['an e-mail address', unknownVisitor({ user: { email: 'a@b.co' } })],
    ['a phone number', unknownVisitor({ user: { phone: '+393331234567' } })],
    ['a mobile ad id', snap({ click: click({ ip: null, userAgent: null, ids: { madid: 'm' } }) })],
    ['a lead without value', snap({ name: 'SIGN_UP', value: null, currency: null })],
  ])('but %s is enough', (_, one) => {
    expect(missing(one)).toBeNull();
  });
  it('37 days are not too old, and incomplete settings break nothing', () => {
    expect(snapchat.ageMaxMs).toBe(37 * DAY);
    expect(snapchat.build([snap()], { pixelId: 'PIXEL_ID', accessToken: 'ACCESS_TOKEN', apiVersion: 'v3' }, { nowMs: 0 }).url).toContain('/PIXEL_ID/events?access_token=ACCESS_TOKEN');
  });
});
