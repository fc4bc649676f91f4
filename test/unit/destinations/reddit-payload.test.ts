import { describe, expect, it } from 'vitest';
import type { OutboundEvent } from '../../../destinations/contract.ts';
import { sha256 } from '../../../destinations/hashing.ts';
import { reddit } from '../../../destinations/reddit/reddit.ts';
import { STANDARD_EVENTS } from '../../../domain/event.ts';
import { bodyOf, click, event, OCCURRED_AT_MS, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const HOUR = 3_600_000;
const UUID = 'b8f7eb7d-b357-437b-8bd3-e1c8166c7132';
const red = (changes: Partial<OutboundEvent> = {}) =>
  event({ name: 'PURCHASE', click: click({ ids: { rdt_cid: '3184742045291813272', rdt_uuid: `1677712978045.${UUID}` } }), ...changes });
const warnings: string[] = [];
const build = (events = [red()], settings = {}) => {
  warnings.length = 0;
  return reddit.build(events, settingsOf('reddit', settings) as never, { nowMs: OCCURRED_AT_MS, warn: (sentence) => warnings.push(sentence) });
};
const sent = (one = red()) => bodyOf(build([one])).data.events[0];
const missing = (one: OutboundEvent) => reddit.missing(one, settingsOf('reddit') as never);
const item = { id: 'SKU', name: 'Tea', category: 'Drinks', brand: 'x', quantity: '2', price: '50.00', deliveryCategory: null };

describe('what Reddit is sent', () => {
  it('a PURCHASE, to the letter', () => {
    const { body, ...rest } = build();
    expect(rest).toEqual({
      method: 'POST',
      url: 'https://ads-api.reddit.com/api/v3/pixels/a2_abc123/conversion_events',
      headers: { 'content-type': 'application/json', accept: 'application/json', authorization: 'Bearer reddit-token' },
      sent: [{ eventId: 'evt-1', eventAt: '1795168800750', click_id: '3184742045291813272' }],
    });
    expect(body).toBe(
      '{"data":{"events":[{"event_at":1795168800750,"action_source":"WEBSITE","event_source_url":"https://shop.example/offer",' +
        '"type":{"tracking_type":"PURCHASE"},"click_id":"3184742045291813272",' +
        `"user":{"external_id":"${sha256('aB3dEfGhIjKlMnOpQrStUv')}","ip_address":"2001:db8::1","user_agent":"Mozilla/5.0 (iPhone)","uuid":"${UUID}"},` +
        '"metadata":{"conversion_id":"evt-1","value":10.1,"currency":"EUR"}}]}}',
    );
    expect(warnings).toEqual([]);
  });

  it('an e-mail address without dots and suffix at every domain, a phone number with its plus', () => {
    const user = { email: 'Al.ice+Apple@Example.Com', phone: '+1 (555) 444-1234 ext. 7', firstName: 'Jo' };
    expect(sent(unknownVisitor({ user })).user).toEqual({
      email: 'ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976',
      phone_number: 'e5b124c58580eb16bd959b8d0cac12b12c952e2ceae0203d416cff94f10b994a',
    });
  });

  it('the second part of the cookie, and no uuid that is none', () => {
    const uuid = (rdt_uuid: string) => sent(red({ click: click({ ids: { rdt_uuid } }) })).user.uuid;
    expect(uuid(UUID)).toBe(UUID);
    for (const wrong of ['1700000000.abcd-uuid', `x.${UUID}`, 'junk']) expect(uuid(wrong)).toBeUndefined();
    expect(warnings[0]).toMatch(/^rdt_uuid is left out/);
  });

  it('advertising ids in the case that Reddit wants', () => {
    const ids = { idfa: UUID, aaid: UUID.toUpperCase() };
    expect(sent(red({ click: click({ ids }) })).user).toMatchObject({ idfa: UUID.toUpperCase(), aaid: UUID });
    expect(sent(red({ click: click({ ids: { idfa: '00' } }) })).user).not.toHaveProperty('idfa');
  });

  it('products, their count and price as numbers; one without an id is left out', () => {
    expect(sent(red({ contents: [item, { ...item, id: null }, { ...item, id: '2', name: null, category: null, quantity: '1.5', price: '0' }], numItems: '3' })).metadata).toEqual({
      conversion_id: 'evt-1', value: 10.1, currency: 'EUR', item_count: 3,
      products: [{ id: 'SKU', name: 'Tea', category: 'Drinks', quantity: 2, item_price: 50 }, { id: '2', item_price: 0 }],
    });
    expect(warnings).toEqual(['A product is left out: Reddit takes none without an id.', 'quantity is left out: "1.5" is not such a number.']);
  });

  it('no count where a quantity cannot be read', () => {
    expect(sent(red({ contents: [{ ...item, quantity: 'two' }] })).metadata).toEqual({
      conversion_id: 'evt-1', value: 10.1, currency: 'EUR', products: [{ id: 'SKU', name: 'Tea', category: 'Drinks', item_price: 50 }],
    });
    expect(warnings).toHaveLength(1);
  });

  it('no value with a visit, no count with a lead, as Reddit takes none', () => {
    expect(sent(red({ name: 'VIEW_CONTENT', contents: [item] })).metadata).toEqual({
      conversion_id: 'evt-1', products: [{ id: 'SKU', name: 'Tea', category: 'Drinks', quantity: 2, item_price: 50 }],
    });
    expect(warnings).toEqual(['The value is left out: Reddit takes none with VIEW_CONTENT.']);
    expect(sent(red({ name: 'LEAD', value: '0', numItems: '2' })).metadata).toEqual({ conversion_id: 'evt-1', value: 0, currency: 'EUR' });
  });

  it('its own keys over what is derived', () => {
    expect(sent(red({ custom: { conversion_id: 'mine', more: 1 } })).metadata).toMatchObject({ conversion_id: 'mine', more: 1 });
  });

  it.each([
    [null, 'WEBSITE'], ['website', 'WEBSITE'], ['app', 'APP'], ['physical_store', 'PHYSICAL_STORE'], ['phone_call', 'OTHER'], ['email', 'OTHER'],
    ['chat', 'OTHER'], ['system_generated', 'OTHER'], ['business_messaging', 'OTHER'], ['other', 'OTHER'],
  ] as const)('action source %s as %s', (actionSource, word) => {
    const data = sent(red({ actionSource }));
    expect(data.action_source).toBe(word);
    expect('event_source_url' in data).toBe(word === 'WEBSITE');
  });

  it('an event of our own as CUSTOM under its name, each standard one under its tracking type', () => {
    expect(sent(red({ event: 'LeadRejected', name: 'LeadRejected' })).type).toEqual({ tracking_type: 'CUSTOM', custom_event_name: 'LeadRejected' });
    expect(sent(red({ event: 'Contact', name: 'CUSTOM' })).type).toEqual({ tracking_type: 'CUSTOM', custom_event_name: 'Contact' });
    for (const name of Object.values(reddit.events)) expect(sent(red({ name })).type).toEqual({ tracking_type: name });
    expect(STANDARD_EVENTS.filter((one) => reddit.events[one])).toHaveLength(8);
  });

  it('no conversion id where the event has none, neither empty nor kept', () => {
    const request = build([red({ eventId: '' })]);
    expect(bodyOf(request).data.events[0].metadata).toEqual({ value: 10.1, currency: 'EUR' });
    expect(request.sent[0]).not.toHaveProperty('eventId');
  });

  it('limited data use with country and state where they are known', () => {
    const limited = (changes: Partial<OutboundEvent>, country: string | null) =>
      sent(red({ country: null, click: click({ country, consent: { limitedDataUse: true } }), ...changes })).user.data_processing_options;
    expect(limited({ user: { country: 'us', region: 'California' } }, 'IT')).toEqual({ modes: ['LDU'], country: 'US', region: 'US-CA' });
    expect(limited({ user: { region: 'Liguria' } }, 'IT')).toEqual({ modes: ['LDU'], country: 'IT' });
    expect(limited({}, null)).toEqual({ modes: ['LDU'] });
    expect(sent().user).not.toHaveProperty('data_processing_options');
  });

  it('the time cut to whole milliseconds, the test id where it is set, many events in order', () => {
    const request = build([red({ occurredAtMs: OCCURRED_AT_MS + 0.9 }), red({ eventId: 'evt-2' })], { testId: 't2_test' });
    const { data } = bodyOf(request);
    expect(data.test_id).toBe('t2_test');
    expect(data.events.map((one: { metadata: { conversion_id: string } }) => one.metadata.conversion_id)).toEqual(['evt-1', 'evt-2']);
    expect(data.events[0].event_at).toBe(OCCURRED_AT_MS);
    expect(request.sent).toHaveLength(2);
  });
});

describe('why an event cannot go to Reddit', () => {
  it.each([
    ['refused use of user data', red({ click: click({ consent: { adUserData: false } }) }), /refused/],
    ['refused storage', red({ click: click({ consent: { adStorage: false } }) }), /refused/],
    ['nothing known of the visitor', unknownVisitor(), /could not find the visitor/],
    ['our own click id alone', red({ click: click({ ip: null, userAgent: null, ids: {} }) }), /could not find the visitor/],
    ['an address alone', unknownVisitor({ user: { ip: '203.0.113.9' } }), /could not find the visitor/],
    ['a name of 65 characters', red({ name: 'x'.repeat(65) }), /event name/],
  ])('%s', (_, one, why) => {
    expect(missing(one)).toMatch(why);
  });
  it.each([
    ['a click id', red({ click: click({ ip: null, userAgent: null, ids: { rdt_cid: '1' } }) })],
    ['the cookie', red({ click: click({ ip: null, userAgent: null, ids: { rdt_uuid: UUID } }) })],
    ['address and browser', red({ click: click({ ids: {} }) })],
    ['an e-mail address', unknownVisitor({ user: { email: 'a@b.co' } })],
    ["the network's id of the buyer", unknownVisitor({ user: { externalId: 'u-1' } })],
    ['a name of 64 characters', red({ name: 'x'.repeat(64) })],
    ['a purchase without a value', red({ value: null, currency: null })],
  ])('but %s is enough', (_, one) => {
    expect(missing(one)).toBeNull();
  });
  it('168 hours are too old, a millisecond less is not', () => {
    expect(reddit.ageMaxMs).toBe(168 * HOUR - 1);
  });
});
