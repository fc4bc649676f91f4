import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../destinations/hashing.ts';
import { meta } from '../../../destinations/meta/meta.ts';
import { bodyOf, click, CLICKED_AT_MS, event, LANDED_AT_MS, OCCURRED_AT_MS, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const DAY = 86_400_000;
const build = (one = event(), settings = {}) => meta.build([one], settingsOf('meta', settings) as never, { nowMs: OCCURRED_AT_MS });
const userData = (one = event()) => bodyOf(build(one)).data[0].user_data;
const missing = (one = event()) => meta.missing(one, settingsOf('meta') as never);

describe('what Meta is sent', () => {
  it('a Purchase, to the letter', () => {
    const { body, ...rest } = build();
    expect(rest).toEqual({
      method: 'POST',
      url: 'https://graph.facebook.com/v26.0/1234567890/events',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      sent: [{ eventId: 'evt-1', eventTime: '1795168800', fbc: `fb.1.${LANDED_AT_MS}.IwAR0aBc`, orderId: '77001' }],
      secrets: [],
    });
    expect(body).toBe(
      '{"data":[{"event_name":"Purchase","event_time":1795168800,"event_id":"evt-1","action_source":"website",' +
        '"event_source_url":"https://shop.example/offer","referrer_url":"https://m.facebook.com/",' +
        `"user_data":{"country":"${sha256('it')}","external_id":"${sha256('aB3dEfGhIjKlMnOpQrStUv')}",` +
        '"client_ip_address":"2001:db8::1","client_user_agent":"Mozilla/5.0 (iPhone)",' +
        `"fbc":"fb.1.${LANDED_AT_MS}.IwAR0aBc","fbp":"fb.1.1763458000000.1098115397"},` +
        '"custom_data":{"value":10.1,"currency":"EUR","order_id":"77001"}}],"partner_agent":"tributary","access_token":"EAAtoken"}',
    );
  });

  it('a Lead without value or order has no custom data, and no name of an offer ever', () => {
    const body = bodyOf(build(event({ event: 'Lead', name: 'Lead', value: null, currency: null, orderId: null })));
    expect(body.data[0]).not.toHaveProperty('custom_data');
    expect(JSON.stringify(bodyOf(build()))).not.toMatch(/content_name|content_ids/);
  });

  it('everything that the report says of the buyer, hashed', () => {
    const user = { email: ' Jo.Doe+x@Gmail.com', phone: '333 123 4567', firstName: 'Jo', lastName: "O'Doe", city: 'San Remo', region: 'Liguria', postalCode: '18 038' };
    expect(userData(unknownVisitor({ country: 'it', user }))).toEqual({
      em: sha256('jo.doe+x@gmail.com'),
      ph: sha256('393331234567'),
      fn: sha256('jo'),
      ln: sha256('odoe'),
      ct: sha256('sanremo'),
      st: sha256('liguria'),
      zp: sha256('18038'),
      country: sha256('it'),
    });
  });

  it('test code and app secret proof, where they are set', () => {
    const request = build(event(), { testEventCode: 'TEST123', appSecret: 'shh' });
    const proof = createHmac('sha256', 'shh').update('EAAtoken').digest('hex');
    expect(bodyOf(request)).toMatchObject({ test_event_code: 'TEST123', appsecret_proof: proof });
    expect(request.secrets).toEqual([proof]);
    expect(request.url).not.toContain('EAAtoken');
  });

  it('Limited Data Use where the visitor asked for it', () => {
    expect(bodyOf(build(event({ click: click({ consent: { limitedDataUse: true } }) }))).data[0]).toMatchObject({
      data_processing_options: ['LDU'],
      data_processing_options_country: 0,
      data_processing_options_state: 0,
    });
    expect(bodyOf(build()).data[0]).not.toHaveProperty('data_processing_options');
  });

  it('system_generated where the page or the browser is not known', () => {
    for (const one of [event({ click: click({ userAgent: null }) }), event({ click: click({ pageUrl: null, landingUrl: null }) }), unknownVisitor()])
      expect(bodyOf(build(one)).data[0].action_source).toBe('system_generated');
  });

  it('address and browser of the click, or both of the report, never one of each', () => {
    const user = { ip: '203.0.113.9', userAgent: 'Reported' };
    expect(userData(event({ user, click: click({ ip: null }) }))).not.toHaveProperty('client_ip_address');
    expect(userData(event({ user, click: click({ ip: null, userAgent: null }) }))).toMatchObject({ client_ip_address: '203.0.113.9', client_user_agent: 'Reported' });
    expect(userData(unknownVisitor({ user }))).toMatchObject({ client_ip_address: '203.0.113.9', client_user_agent: 'Reported' });
  });

  it('no field that Meta would refuse the event for: addresses, pages and cookies that are none are left out', () => {
    const broken = click({ ip: 'unknown', pageUrl: 'about:blank', landingUrl: '/l', referrer: 'android-app://x', ids: { fbp: 'junk' } });
    const [data] = bodyOf(build(event({ click: broken }))).data;
    for (const field of ['event_source_url', 'referrer_url']) expect(data).not.toHaveProperty(field);
    for (const field of ['client_ip_address', 'fbp']) expect(data.user_data).not.toHaveProperty(field);
  });

  it('contents, with what Meta has no word for left out and said', () => {
    const warnings: string[] = [];
    const item = { id: '7', name: 'Cream', category: 'c', brand: 'b', quantity: '2', price: '10.50', deliveryCategory: 'curbside' };
    const one = event({ contents: [item, { ...item, id: '8', quantity: null, price: '0', deliveryCategory: 'drone' }] });
    const { custom_data } = bodyOf(meta.build([one], settingsOf('meta') as never, { nowMs: 0, warn: (sentence) => warnings.push(sentence) })).data[0];
    expect(custom_data).toMatchObject({
      content_type: 'product', content_ids: ['7', '8'], num_items: 3,
      contents: [{ id: '7', quantity: 2, item_price: 10.5, delivery_category: 'curbside' }, { id: '8', item_price: 0 }],
    });
    expect(warnings).toEqual([expect.stringContaining('delivery_category')]);
  });

  it("keys of one's own in Meta's spelling, which win", () => {
    const { custom_data } = bodyOf(build(event({ numItems: '4', custom: { num_items: 9, status: 'new', value: null } }))).data[0];
    expect(custom_data).toEqual({ value: 10.1, currency: 'EUR', order_id: '77001', num_items: 9, status: 'new' });
  });

  it('several e-mail addresses as a list, a hash as it came, and never the hash of nothing', () => {
    const user = { email: ['a@b.co', sha256('c@d.co').toUpperCase(), ' ', sha256('')], gender: 'Female', dateOfBirth: '1990-02-28', region: 'California', country: 'United States', postalCode: '94043-1234' };
    expect(userData(unknownVisitor({ user }))).toMatchObject({
      em: [sha256('a@b.co'), sha256('c@d.co')], ge: sha256('f'), db: sha256('19900228'), st: sha256('ca'), country: sha256('us'), zp: sha256('94043'),
    });
  });

  it("where it happened, as it is said, but never a website's without page and browser", () => {
    const source = (one = event()) => bodyOf(build(one)).data[0].action_source;
    expect(source(event({ actionSource: 'physical_store' }))).toBe('physical_store');
    expect(source(event({ actionSource: 'website', click: click({ userAgent: null }) }))).toBe('system_generated');
    expect(meta.ageMaxMsOf?.(event({ actionSource: 'physical_store' }))).toBe(62 * DAY);
  });

  it('many events in one request, in order', () => {
    const request = meta.build([event(), event({ eventId: 'evt-2' })], settingsOf('meta') as never, { nowMs: 0 });
    expect(bodyOf(request).data.map((one: { event_id: string }) => one.event_id)).toEqual(['evt-1', 'evt-2']);
    expect(request.sent).toHaveLength(2);
  });
});

describe('fbc', () => {
  const fbcOf = (ids: Record<string, string>, changes = {}) => userData(event({ click: click({ ids, ...changes }) })).fbc;
  it('is the cookie as it came, appendix and all, before anything made of fbclid', () => {
    const fbc = `fb.1.${CLICKED_AT_MS}.IwAR_Case.AQYAAQAA`;
    expect(fbcOf({ fbc, fbclid: 'other' })).toBe(fbc);
  });
  it('is made with the time of the landing, or of the click where no landing is known', () => {
    expect(fbcOf({ fbclid: 'AbC' })).toBe(`fb.1.${LANDED_AT_MS}.AbC`);
    expect(fbcOf({ fbclid: 'AbC' }, { landedAtMs: 0 })).toBe(`fb.1.${CLICKED_AT_MS}.AbC`);
  });
  it('is dropped, and nothing else, where the click is older than 90 days or after the event', () => {
    expect(fbcOf({ fbclid: 'AbC' }, { landedAtMs: OCCURRED_AT_MS - 91 * DAY })).toBeUndefined();
    expect(fbcOf({ fbclid: 'AbC' }, { landedAtMs: OCCURRED_AT_MS + 1000 })).toBeUndefined();
    expect(fbcOf({ fbc: `fb.1.${OCCURRED_AT_MS - 91 * DAY}.old` })).toBeUndefined();
    expect(fbcOf({ fbclid: 'AbC' }, { landedAtMs: OCCURRED_AT_MS - 89 * DAY })).toBeDefined();
    expect(userData(event({ click: click({ landedAtMs: OCCURRED_AT_MS + 1000 }) }))).toMatchObject({ fbp: 'fb.1.1763458000000.1098115397' });
  });
  it('is dropped where it is no click id, such as a macro that nobody filled in', () => {
    for (const fbclid of ['{fbclid}', 'a b', '']) expect(fbcOf({ fbclid })).toBeUndefined();
  });
  it('keeps what stood percent-encoded in the address', () => {
    expect(fbcOf({ fbclid: 'Ab+C/d=' })).toBe(`fb.1.${LANDED_AT_MS}.Ab+C/d=`);
  });
  it('falls back to fbclid where the cookie is broken or too old', () => {
    expect(fbcOf({ fbc: 'junk', fbclid: 'AbC' })).toBe(`fb.1.${LANDED_AT_MS}.AbC`);
    expect(fbcOf({ fbc: `fb.1.${OCCURRED_AT_MS - 91 * DAY}.old`, fbclid: 'AbC' })).toBe(`fb.1.${LANDED_AT_MS}.AbC`);
  });
});

describe('why an event cannot go to Meta', () => {
  it.each([
    ['a Purchase without a value', event({ value: null }), /^Purchase needs a value/],
    ['a Purchase with a value without a currency', event({ currency: null }), /value with a currency/],
    ['a Purchase in a currency that is none', event({ currency: 'XXQ' }), /value with a currency/],
    ['a Purchase worth no number', event({ value: '12abc' }), /value with a currency/],
    ['a name that is too long', event({ name: 'x'.repeat(51) }), /event name/],
    ['refused use of user data', event({ click: click({ consent: { adUserData: false } }) }), /refused/],
    ['refused storage', event({ click: click({ consent: { adStorage: false } }) }), /refused/],
    ['nothing known of the visitor', unknownVisitor(), /could not find the visitor/],
    ['an address and a country alone', unknownVisitor({ user: { ip: '203.0.113.9', country: 'IT' } }), /could not find the visitor/],
    ['a click that knows nothing', event({ click: click({ ids: {}, ip: null, userAgent: null }) }), /could not find the visitor/],
    ['an e-mail address that is none', unknownVisitor({ user: { email: 'nobody' } }), /could not find the visitor/],
  ])('%s', (_, one, why) => {
    expect(missing(one)).toMatch(why);
  });
  it.each([
    ['an ordinary click', event()],
    ['address and browser', event({ click: click({ ids: {} }) })],
    ['an e-mail address without a click', unknownVisitor({ user: { email: 'a@b.co' } })],
    ['a phone number without a click', unknownVisitor({ user: { phone: '+393331234567' } })],
    ['a custom name', event({ name: 'LeadRejected', kind: 'custom', value: null, currency: null })],
    ['a Lead without value', event({ event: 'Lead', name: 'Lead', value: null, currency: null })],
    ['a name with a postal code', unknownVisitor({ user: { firstName: 'Jo', lastName: 'Doe', postalCode: '18038' } })],
    ['an id of Meta alone', unknownVisitor({ click: click({ clickId: '', ids: { lead_id: '123' }, ip: null, userAgent: null }) })],
    ['a Lead whose value has no currency', event({ event: 'Lead', name: 'Lead', currency: null })],
    ['given consent', event({ click: click({ consent: { adUserData: true, adStorage: true } }) })],
  ])('but %s is enough', (_, one) => {
    expect(missing(one)).toBeNull();
  });
});
