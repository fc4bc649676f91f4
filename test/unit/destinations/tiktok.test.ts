import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../destinations/hashing.ts';
import { byCode } from '../../../destinations/tiktok/errors.ts';
import { tiktok } from '../../../destinations/tiktok/tiktok.ts';
import { answer, bodyOf, click, event, OCCURRED_AT_MS, request, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const fromTiktok = (changes = {}) =>
  click({ ids: { ttclid: 'E.C.P.aBc', ttp: '2Abc' }, landingUrl: 'https://shop.example/l?ttclid=URL', referrer: 'https://www.tiktok.com/', ...changes });
const build = (one = event({ click: fromTiktok() }), settings = {}) => tiktok.build([one], settingsOf('tiktok', settings) as never, { nowMs: OCCURRED_AT_MS });
const userIn = (one = event({ click: fromTiktok() })) => bodyOf(build(one)).data[0].user;
const missing = (one = event({ click: fromTiktok() })) => tiktok.missing(one, settingsOf('tiktok') as never);

describe('what TikTok is sent', () => {
  it('a Purchase, to the letter', () => {
    const { body, ...rest } = build();
    expect(rest).toEqual({
      method: 'POST',
      url: 'https://business-api.tiktok.com/open_api/v1.3/event/track/',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'access-token': 'tt-token' },
      sent: [{ eventId: 'evt-1', eventTime: '1795168800', ttclid: 'E.C.P.aBc', orderId: '77001' }],
    });
    expect(body).toBe(
      '{"event_source":"web","event_source_id":"C4A1B2C3D4E5F6G7H8I9","partner_name":"tributary","data":[{' +
        '"event":"Purchase","event_time":1795168800,"event_id":"evt-1",' +
        `"user":{"external_id":"${sha256('ab3defghijklmnopqrstuv')}","ttclid":"E.C.P.aBc","ttp":"2Abc",` +
        '"ip":"2001:db8::1","user_agent":"Mozilla/5.0 (iPhone)","country":"it"},' +
        '"properties":{"value":10.1,"currency":"EUR","order_id":"77001","content_type":"product","content_ids":["12"]},' +
        '"page":{"url":"https://shop.example/offer","referrer":"https://www.tiktok.com/"}}]}',
    );
  });
  it('what the report says of the buyer: the phone with its plus, hashed', () => {
    const user = { email: 'Jo@Example.com ', phone: '333 123 4567', firstName: 'Jo Ann', lastName: "O'Doe", postalCode: '18-038', city: 'San Remo', region: 'Liguria' };
    expect(userIn(unknownVisitor({ country: 'IT', user }))).toEqual({
      email: sha256('jo@example.com'),
      phone: sha256('+393331234567'),
      first_name: sha256('joann'),
      last_name: sha256('odoe'),
      zip_code: sha256('18038'),
      city: 'sanremo',
      state: 'liguria',
      country: 'it',
    });
  });
  it('a US state as its code, several addresses as a list, the language as it came', () => {
    const user = { region: 'California', country: 'US', email: ['a@b.co', 'C@d.co'] };
    expect(userIn(event({ click: fromTiktok({ locale: 'en-US', country: null }), country: null, user }))).toMatchObject({
      state: 'ca', country: 'us', locale: 'en-US', email: [sha256('a@b.co'), sha256('c@d.co')],
    });
  });
  it('what was bought: ids as text, amounts and counts as numbers', () => {
    const item = { id: '12', name: 'Shoe', category: 'Shoes', brand: 'B', quantity: '2', price: '5.00', deliveryCategory: null };
    expect(bodyOf(build(event({ click: fromTiktok(), contents: [item, { ...item, id: '13', quantity: null, price: '0' }] }))).data[0].properties).toEqual({
      value: 10.1,
      currency: 'EUR',
      order_id: '77001',
      content_type: 'product',
      contents: [
        { content_id: '12', content_name: 'Shoe', content_category: 'Shoes', brand: 'B', price: 5, quantity: 2 },
        { content_id: '13', content_name: 'Shoe', content_category: 'Shoes', brand: 'B', price: 0 },
      ],
      num_items: 3,
    });
  });
  it('own keys in its properties, before what is derived', () => {
    expect(bodyOf(build(event({ click: fromTiktok(), custom: { query: 'shoes', currency: 'USD' } }))).data[0].properties).toMatchObject({ query: 'shoes', currency: 'USD' });
    // A content id that is a number is refused by TikTok.
    const custom = { content_ids: [7, 'b'], contents: [{ content_id: 8, price: 1 }, { price: 2 }, 'odd'] };
    expect(bodyOf(build(event({ click: fromTiktok(), custom }))).data[0].properties).toMatchObject({
      content_ids: ['7', 'b'], contents: [{ content_id: '8', price: 1 }, { price: 2 }, 'odd'],
    });
  });
  it('a value without a currency not at all, and a value of zero', () => {
    expect(bodyOf(build(event({ click: fromTiktok(), currency: null }))).data[0].properties).not.toHaveProperty('value');
    expect(bodyOf(build(event({ click: fromTiktok(), value: '0' }))).data[0].properties.value).toBe(0);
  });
  it.each([
    [null, 'web', 7], ['website', 'web', 7], ['email', 'web', 7], ['app', 'app', 7], ['physical_store', 'offline', 28], ['phone_call', 'offline', 28], ['system_generated', 'crm', 28],
  ] as const)('what happened in %s as %s, for %i days, with its like only', (actionSource, source, days) => {
    const one = event({ click: fromTiktok(), actionSource });
    expect(bodyOf(build(one)).event_source).toBe(source);
    expect(tiktok.together?.(one, {} as never)).toBe(source);
    expect(tiktok.ageMaxMsOf?.(one)).toBe(days * 86_400_000);
  });
  it('a lead of a TikTok form by its id', () => {
    expect(bodyOf(build(event({ click: fromTiktok({ ids: { lead_id: '7', lead_event_source: 'HubSpot' } }) }))).data[0].lead).toEqual({ lead_id: '7', lead_event_source: 'HubSpot' });
    expect(bodyOf(build()).data[0]).not.toHaveProperty('lead');
  });
  it('the second of the event, cut and not rounded', () => {
    expect(bodyOf(build(event({ click: fromTiktok(), occurredAtMs: 1_795_168_800_999 }))).data[0].event_time).toBe(1_795_168_800);
  });
  it('many events in one request, in order', () => {
    const request = tiktok.build([event(), event({ eventId: 'evt-2' })], settingsOf('tiktok') as never, { nowMs: 0 });
    expect(bodyOf(request).data.map((one: { event_id: string }) => one.event_id)).toEqual(['evt-1', 'evt-2']);
    expect(request.sent).toHaveLength(2);
  });
  it('ttclid as the tag kept it, else from the landing page', () => {
    expect(userIn(event({ click: fromTiktok({ ids: {} }) })).ttclid).toBe('URL');
    expect(userIn(event({ click: fromTiktok({ ids: {}, landingUrl: 'not a url', pageUrl: null }) }))).not.toHaveProperty('ttclid');
  });
  it('test code, limited data use, and no offer id where it is turned off', () => {
    const body = bodyOf(build(event({ click: fromTiktok({ consent: { limitedDataUse: true } }) }), { testEventCode: 'TEST1', sendOfferId: 'no' }));
    expect(body.test_event_code).toBe('TEST1');
    expect(body.data[0].limited_data_use).toBe(true);
    expect(body.data[0].properties).not.toHaveProperty('content_ids');
  });
  it('no properties where there is nothing to say', () => {
    expect(bodyOf(build(event({ name: 'Lead', value: null, currency: null, orderId: null, offerId: null }))).data[0]).not.toHaveProperty('properties');
  });
});

describe('why an event cannot go to TikTok', () => {
  it.each([
    ['a name that is too long', event({ name: 'x'.repeat(51) }), /event name/],
    ['refused consent', event({ click: fromTiktok({ consent: { adStorage: false } }) }), /refused/],
    ['nothing known of the visitor', unknownVisitor(), /could not find the visitor/],
    ['an address alone', unknownVisitor({ user: { ip: '203.0.113.9' } }), /could not find the visitor/],
  ])('%s', (_, one, why) => {
    expect(missing(one)).toMatch(why);
  });
  it.each([
    ['ttclid', event({ click: fromTiktok({ ip: null }) })],
    ['a Purchase without a value', event({ value: null, click: fromTiktok() })],
    ['the id of a lead', event({ click: click({ ids: { lead_id: '7' }, ip: null }) })],
    ["a buyer's id that is not ours", unknownVisitor({ user: { externalId: 'u1' } })],
    ['address and browser', event({ click: click({ ids: {} }) })],
    ['an e-mail address without a click', unknownVisitor({ user: { email: 'a@b.co' } })],
  ])('but %s is enough', (_, one) => {
    expect(missing(one)).toBeNull();
  });
});

const classify = (body: unknown, status = 200, headers = {}) => tiktok.classify(answer(body, status, headers), request())[0];

/** code, kind: one row for each row of the table. */
const rows: [number, string][] = [
  [40000, 'rejected'],
  [40001, 'misconfigured'],
  [40002, 'rejected'],
  [40006, 'rejected'],
  [40007, 'rejected'],
  [40009, 'rejected'],
  [40010, 'rejected'],
  [40011, 'rejected'],
  [40016, 'retry'],
  [40050, 'delivered'],
  [40051, 'rejected'],
  [40100, 'retry'],
  [40101, 'unauthorised'],
  [40102, 'unauthorised'],
  [40104, 'unauthorised'],
  [40105, 'unauthorised'],
  [40106, 'unauthorised'],
  [40110, 'unauthorised'],
  [40125, 'misconfigured'],
  [40132, 'retry'],
  [40133, 'retry'],
  [40202, 'retry'],
  [40300, 'misconfigured'],
  [40301, 'misconfigured'],
  [40700, 'rejected'],
  [41000, 'misconfigured'],
  [50000, 'retry'],
  [50002, 'retry'],
  [51305, 'retry'],
  [60001, 'retry'],
];

describe('what TikTok answers', () => {
  it.each(rows)('code %i is %s, whatever the HTTP status', (code, kind) => {
    for (const status of [200, 400, 500]) expect(classify({ code, message: 'words', request_id: 'r1' }, status)).toMatchObject({ kind });
  });
  it('each row of the table is tested', () => {
    expect(Object.keys(byCode)).toEqual(rows.map(([code]) => String(code)));
  });
  it('code 0 is delivered, a partial success with a warning, a duplicate as such', () => {
    expect(classify({ code: 0, message: 'OK', request_id: 'r1', data: {} })).toEqual({ kind: 'delivered' });
    expect(classify({ code: 20001, message: 'Partial', request_id: 'r1' })).toEqual({ kind: 'delivered', warnings: ['TikTok took the request in part: Partial | request_id r1'] });
    expect(classify({ code: 40050, message: 'dup' })).toMatchObject({ kind: 'delivered', duplicate: true });
  });
  it('of a batch the events that it names are refused; the others stand or are sent again', () => {
    const classifyAll = (body: unknown) => tiktok.classify(answer(body), request({ sent: [{}, {}] })).map(({ kind }) => kind);
    expect(classifyAll({ code: 20001, message: 'data.1.event_time: too old' })).toEqual(['delivered', 'rejected']);
    expect(classifyAll({ code: 20001, message: 'Partial' })).toEqual(['delivered', 'delivered']);
    expect(classifyAll({ code: 40002, message: 'data.0.properties: Not a valid string' })).toEqual(['rejected', 'retry']);
    expect(classifyAll({ code: 40002, message: 'wrong' })).toEqual(['retry', 'retry']);
    expect(classifyAll({ code: 40105, message: 'data' })).toEqual(['unauthorised', 'unauthorised']);
  });
  it('code 0 with an HTTP failure is no success', () => {
    expect(classify({ code: 0 }, 503)).toMatchObject({ kind: 'retry', retryAfterMs: 300_000 });
  });
  it('its words and request id are kept', () => {
    expect(classify({ code: 40105, message: 'Access token is incorrect', request_id: 'r1' })).toEqual({
      kind: 'unauthorised',
      refreshable: false,
      code: '40105',
      message: 'the access token is wrong or was revoked: Access token is incorrect | request_id r1',
    });
  });
  it.each([
    [40999, 200, 'rejected'],
    [40999, 500, 'retry'],
    [59999, 200, 'retry'],
    [7, 200, 'retry'],
    [40999, 429, 'retry'],
    [40999, 401, 'unauthorised'],
  ])('the unknown code %i with HTTP %i is %s', (code, status, kind) => {
    expect(classify({ code }, status)).toMatchObject({ kind });
  });
  it.each([
    [500, '', 'retry'],
    [503, 'unavailable', 'retry'],
    [404, '404 page not found', 'misconfigured'],
    [404, '<html></html>', 'retry'],
    [200, '<html></html>', 'retry'],
    [200, '{}', 'retry'],
    [200, '{"code":" "}', 'retry'],
    [200, '{"code":"0x0"}', 'retry'],
    [200, '{"code":"toString"}', 'retry'],
    [400, '{"code":"constructor"}', 'rejected'],
  ])('HTTP %i with "%s" is %s', (status, body, kind) => {
    expect(classify(body, status)).toMatchObject({ kind });
  });
  it('an HTTP 5xx is tried again after five minutes, or when Retry-After says', () => {
    expect(classify('', 500)).toMatchObject({ retryAfterMs: 300_000 });
    expect(classify('', 500, { 'retry-after': '7' })).toMatchObject({ retryAfterMs: 7000 });
  });
});

describe('the check of TikTok', () => {
  it('sends a request without any event', () => {
    expect(bodyOf(tiktok.check?.(settingsOf('tiktok') as never, { nowMs: 0 }) as never).data).toEqual([]);
  });
  const checked = (body: unknown, status = 200) => tiktok.classifyCheck?.(answer(body, status), request({ sent: [] }));
  it('passes where TikTok took the token and missed an event, and says what it could not see', () => {
    expect(checked({ code: 40002, message: 'data: empty' })).toMatchObject({ kind: 'delivered', warnings: [expect.stringContaining('pixel code')] });
    expect(checked({ code: 0 })).toEqual({ kind: 'delivered' });
  });
  it('fails where the token is refused or nothing answers', () => {
    expect(checked({ code: 40105 })).toMatchObject({ kind: 'unauthorised' });
    expect(checked({ code: 40001 })).toMatchObject({ kind: 'misconfigured' });
    expect(checked('nope', 400)).toMatchObject({ kind: 'rejected' });
  });
});
