import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../destinations/hashing.ts';
import { minorUnits } from '../../../destinations/openai/minor-units.ts';
import { openai } from '../../../destinations/openai/openai.ts';
import { toJson } from '../../../destinations/json-body.ts';
import { bodyOf, click, event, OCCURRED_AT_MS, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const clicked = (changes = {}) => click({ ids: { oppref: 'opp_AbC.1' }, ...changes });
const one = (changes = {}) => event({ name: 'order_created', click: clicked(), ...changes });
const build = (sent = one(), ctx = {}) => openai.build([sent], settingsOf('openai') as never, { nowMs: OCCURRED_AT_MS, ...ctx });
const sentEvent = (sent = one()) => bodyOf(build(sent)).events[0];
const missing = (sent = one()) => openai.missing(sent, settingsOf('openai') as never);
const warnings = (sent = one()) => {
  const heard: string[] = [];
  build(sent, { warn: (sentence: string) => heard.push(sentence) });
  return heard;
};

describe('what OpenAI is sent', () => {
  it('a Purchase, to the letter', () => {
    const { body, ...rest } = build();
    expect(rest).toEqual({
      method: 'POST',
      url: 'https://bzr.openai.com/v1/events?pid=RrQuX1y2z3A4b5C6d7E8f9',
      headers: { 'content-type': 'application/json', accept: 'application/json', authorization: 'Bearer sk-svcacct-key' },
      sent: [{ id: 'evt-1', type: 'order_created', timestampMs: String(OCCURRED_AT_MS), oppref: 'opp_AbC.1' }],
    });
    expect(body).toBe(
      `{"validate_only":false,"events":[{"id":"evt-1","type":"order_created","timestamp_ms":${OCCURRED_AT_MS},"oppref":"opp_AbC.1",` +
        '"source_url":"https://shop.example/offer","action_source":"web",' +
        `"user":{"external_ids_sha256":["${sha256('aB3dEfGhIjKlMnOpQrStUv')}"],"countries":["IT"],"ip_address":"2001:db8::1","user_agent":"Mozilla/5.0 (iPhone)"},` +
        '"data":{"type":"contents","amount":1010,"currency":"EUR"}}]}',
    );
  });
  it.each([
    ['lead_created', 'lead_created', undefined, 'customer_action'],
    ['subscription_created', 'subscription_created', undefined, 'plan_enrollment'],
    ['page_viewed', 'page_viewed', undefined, 'contents'],
    ['LeadRejected', 'custom', 'LeadRejected', 'custom'],
  ])('%s as the type %s, custom name %s, data of the shape %s', (name, type, custom, data) => {
    expect(sentEvent(one({ name }))).toMatchObject({ type, data: { type: data } });
    expect(sentEvent(one({ name })).custom_event_name).toBe(custom);
  });
  it('every event of ours for which OpenAI has a name under that name', () => {
    expect(openai.events).toEqual({
      PageView: 'page_viewed', ViewContent: 'contents_viewed', AddToCart: 'items_added', InitiateCheckout: 'checkout_started', Lead: 'lead_created',
      CompleteRegistration: 'registration_completed', Purchase: 'order_created', Subscribe: 'subscription_created', StartTrial: 'trial_started', Schedule: 'appointment_scheduled',
    });
  });
  it('everything that OpenAI takes of a person, normalised its way', () => {
    const user = {
      email: [' Jo.Doe+x@Gmail.com', 'b@b.co', 'c@b.co', 'd@b.co'], phone: '333 123 4567', firstName: 'José Maria', lastName: "O'Connor", externalId: ' Buyer-1 ',
      region: 'Liguria', postalCode: '18 038', city: 'San Remo', country: 'Italy', gender: 'f',
    };
    const ids = { obref: '123e4567-e89b-42d3-a456-426614174000', android_advertising_id: '38400000-8cf0-11bd-b23e-10b96e40000d' };
    expect(sentEvent(one({ user, click: click({ clickId: '', ids }) })).user).toEqual({
      obref: '123e4567-e89b-42d3-a456-426614174000',
      emails_sha256: [sha256('jo.doe+x@gmail.com'), sha256('b@b.co'), sha256('c@b.co')],
      phone_numbers_sha256: [sha256('393331234567')],
      external_ids_sha256: [sha256('Buyer-1')],
      first_names_sha256: [sha256('josémaria')],
      last_names_sha256: [sha256('oconnor')],
      regions: ['Liguria'],
      postal_codes: ['18 038'],
      cities: ['San Remo'],
      countries: ['IT'],
      android_advertising_id: '38400000-8cf0-11bd-b23e-10b96e40000d',
      ip_address: '2001:db8::1',
      user_agent: 'Mozilla/5.0 (iPhone)',
    });
  });
  it('no field that OpenAI would refuse the event for, each with a sentence', () => {
    const user = { email: 'nobody', phone: 'none', postalCode: 'a_b', city: sha256('rome'), region: 'x'.repeat(129) };
    const sent = unknownVisitor({ name: 'lead_created', user, click: click({ ids: { android_advertising_id: '00000000-0000-0000-0000-000000000000' }, clickId: '', ip: null, userAgent: null, country: null }) });
    expect(sentEvent(sent)).not.toHaveProperty('user');
    expect(warnings(sent).map((sentence) => sentence.split(' ')[0]).toSorted()).toEqual(['android_advertising_id', 'city', 'email', 'phone', 'postalCode', 'region']);
  });
  it('contents with amounts in the smallest unit, and no contents with a lead', () => {
    const item = { id: 'sku', name: 'Shoe', category: null, brand: 'B', quantity: '2', price: '10.50', deliveryCategory: null };
    expect(sentEvent(one({ contents: [item] })).data.contents).toEqual([{ id: 'sku', name: 'Shoe', content_type: 'product', quantity: 2, amount: 1050, currency: 'EUR' }]);
    expect(sentEvent(one({ contents: [{ ...item, category: 'plan', quantity: '1.5', price: null }] })).data.contents).toEqual([{ id: 'sku', name: 'Shoe', content_type: 'plan' }]);
    expect(sentEvent(one({ name: 'lead_created', contents: [item] })).data).toEqual({ type: 'customer_action', amount: 1010, currency: 'EUR' });
    expect(warnings(one({ name: 'lead_created', contents: [item] }))).toEqual([expect.stringContaining('data.contents')]);
  });
  it.each([['10.10', 'EUR', '1010'], ['0', 'USD', '0'], ['500', 'JPY', '500'], ['1.234', 'KWD', '1234'], ['1.005', 'USD', '101'], ['0.1', 'USD', '10'], ['99999999999999.99', 'USD', '9999999999999999']])(
    '%s %s as %s of the smallest unit',
    (amount, currency, units) => {
      expect(toJson(minorUnits('amount', amount, currency))).toBe(units);
    },
  );
  it('says when an amount is finer than the smallest unit', () => {
    expect(warnings(one({ value: '1.005', currency: 'USD' }))).toEqual([expect.stringContaining('amount is rounded')]);
    expect(warnings(one({ value: '1.50', currency: 'USD' }))).toEqual([]);
  });
  it('custom keys over what is derived, those that OpenAI knows for this shape, any with a custom event', () => {
    const custom = { amount: 5, plan_id: 'pro', note: 'x', type: 'other' };
    expect(sentEvent(one({ custom })).data).toEqual({ type: 'contents', amount: 5, currency: 'EUR' });
    expect(sentEvent(one({ name: 'trial_started', custom })).data).toEqual({ type: 'plan_enrollment', amount: 5, currency: 'EUR', plan_id: 'pro' });
    expect(sentEvent(one({ name: 'LeadRejected', custom })).data).toEqual({ type: 'custom', amount: 5, currency: 'EUR', plan_id: 'pro', note: 'x' });
    expect(warnings(one({ custom }))).toHaveLength(3);
  });
  it.each([
    ['website', 'web'], ['app', 'mobile_app'], ['email', 'email'], ['phone_call', 'phone_call'], ['physical_store', 'physical_store'],
    ['chat', 'other'], ['system_generated', 'other'], ['business_messaging', 'other'], ['other', 'other'], [null, 'web'],
  ] as const)('the action source %s as %s', (actionSource, word) => {
    expect(sentEvent(one({ actionSource })).action_source).toBe(word);
  });
  it('other where the page is not known, since web needs one; mobile_app with an event of an app', () => {
    const noPage = one({ click: clicked({ pageUrl: null, landingUrl: null }) });
    expect(sentEvent(noPage)).toMatchObject({ action_source: 'other' });
    expect(sentEvent(noPage)).not.toHaveProperty('source_url');
    expect(warnings({ ...noPage, actionSource: 'website' })).toEqual([expect.stringContaining('web needs the page')]);
    expect(sentEvent(one({ name: 'app_installed' })).action_source).toBe('mobile_app');
  });
  it('opt_out where the visitor asked for limited data use or refused personalised ads', () => {
    for (const consent of [{ limitedDataUse: true }, { adPersonalization: false }]) expect(sentEvent(one({ click: clicked({ consent }) })).opt_out).toBe(true);
    expect(sentEvent(one({ click: clicked({ consent: { adPersonalization: true, limitedDataUse: false } }) }))).not.toHaveProperty('opt_out');
  });
  it('its time in whole milliseconds, cut', () => {
    expect(sentEvent(one({ occurredAtMs: 1_795_168_800_999.9 })).timestamp_ms).toBe(1_795_168_800_999);
    expect([openai.ageMaxMs, openai.aheadMaxMs]).toEqual([7 * 86_400_000, 600_000]);
  });
  it('many events in one request, in order, and only looked at where that is asked', () => {
    const request = openai.build([one(), one({ eventId: 'evt-2' })], settingsOf('openai') as never, { nowMs: 0, validateOnly: true });
    expect(bodyOf(request)).toMatchObject({ validate_only: true, events: [{ id: 'evt-1' }, { id: 'evt-2' }] });
    expect(request.sent).toHaveLength(2);
  });
  it('settings that are not there yet break nothing', () => {
    expect(() => openai.build([one()], {} as never, { nowMs: 0 })).not.toThrow();
  });
});

describe('why an event cannot go to OpenAI', () => {
  it.each([
    ['nothing known of the visitor', unknownVisitor({ name: 'lead_created' }), /could not find the visitor/],
    ['an address and a country alone', unknownVisitor({ name: 'lead_created', user: { ip: '203.0.113.9', country: 'IT' } }), /could not find the visitor/],
    ['our own click id alone', one({ click: click({ ids: {}, ip: null }) }), /could not find the visitor/],
    ['a phone number without a digit', unknownVisitor({ name: 'lead_created', user: { phone: 'none' } }), /could not find the visitor/],
    ['a click id that is a macro', one({ click: click({ ids: { oppref: '{{oppref}}' }, ip: null }) }), /could not find the visitor/],
    ['no id', one({ eventId: '' }), /needs an id/],
    ['refused use of user data', one({ click: clicked({ consent: { adUserData: false } }) }), /refused/],
    ['refused storage', one({ click: clicked({ consent: { adStorage: false } }) }), /refused/],
    ['a custom name with a space', one({ name: 'Deal won' }), /custom name/],
    ['a custom name that is too long', one({ name: 'x'.repeat(65) }), /custom name/],
    ['a custom name that ends in a hyphen', one({ name: 'deal-' }), /custom name/],
    ['a standard name in other letters', one({ name: 'Order_Created' }), /custom name/],
    ['the name custom', one({ name: 'custom' }), /custom name/],
  ])('%s', (_, sent, why) => {
    expect(missing(sent)).toMatch(why);
  });
  it.each([
    ['oppref', one()],
    ['address and browser', one({ click: click({ ids: {} }) })],
    ['an e-mail address', unknownVisitor({ name: 'lead_created', user: { email: 'a@b.co' } })],
    ['a phone number', unknownVisitor({ name: 'lead_created', user: { phone: '+393331234567' } })],
    ['a short phone number', unknownVisitor({ name: 'lead_created', user: { phone: '12345' } })],
    ['both names and a city', unknownVisitor({ name: 'lead_created', user: { firstName: 'Jo', lastName: 'Doe', city: 'Rome' } })],
    ["the network's id of the buyer", unknownVisitor({ name: 'lead_created', user: { externalId: 'b1' } })],
    ['no value', one({ value: null })],
    ['a custom name', one({ name: 'Deal_won-2' })],
  ])('but %s is enough', (_, sent) => {
    expect(missing(sent)).toBeNull();
  });
});
