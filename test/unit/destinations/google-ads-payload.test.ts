import { describe, expect, it } from 'vitest';
import type { BuildContext, OutboundEvent, SentFacts } from '../../../destinations/contract.ts';
import { googleAds } from '../../../destinations/google-ads/google-ads.ts';
import { sha256 } from '../../../destinations/hashing.ts';
import { bodyOf, click, event, OCCURRED_AT_MS, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const HOUR = 3_600_000;
const settings = (changes = {}) => settingsOf('google-ads', changes) as never;
const ctx: BuildContext = { nowMs: OCCURRED_AT_MS, accessToken: 'ya29' };
const fromGoogle = (changes = {}) => click({ ids: { gclid: 'Cj0KCQ-aBc' }, ...changes });
const build = (one = event({ click: fromGoogle() }), changes = {}) => googleAds.build([one], settings(changes), ctx);
const conversion = (one?: OutboundEvent, changes = {}) => bodyOf(build(one, changes)).conversions[0];
const missing = (one: OutboundEvent, changes = {}) => googleAds.missing(one, settings(changes));

describe('what the Google Ads API is sent', () => {
  it('a Purchase, to the letter', () => {
    const { body, ...rest } = build();
    expect(rest).toEqual({
      method: 'POST',
      url: 'https://googleads.googleapis.com/v26/customers/1234567890:uploadClickConversions',
      headers: { 'content-type': 'application/json', accept: 'application/json', authorization: 'Bearer ya29', 'developer-token': 'dev-token' },
      sent: [{ conversionAction: 'customers/1234567890/conversionActions/222', conversionDateTime: '2026-11-20 10:00:00+00:00', orderId: '77001', gclid: 'Cj0KCQ-aBc' }],
      secrets: ['ya29'],
    });
    expect(body).toBe(
      '{"conversions":[{"conversionAction":"customers/1234567890/conversionActions/222","conversionDateTime":"2026-11-20 10:00:00+00:00",' +
        '"gclid":"Cj0KCQ-aBc","conversionValue":10.1,"currencyCode":"EUR","orderId":"77001"}],"partialFailure":true}',
    );
  });
  it('through a manager account', () => {
    expect(build(undefined, { loginCustomerId: '999-888-7777' }).headers).toMatchObject({ 'login-customer-id': '9998887777' });
  });
  it.each([
    ['Europe/Rome', OCCURRED_AT_MS, '2026-11-20 11:00:00+01:00'],
    ['Europe/Rome', Date.parse('2026-07-01T10:00:00.999Z'), '2026-07-01 12:00:00+02:00'],
    ['America/New_York', OCCURRED_AT_MS, '2026-11-20 05:00:00-05:00'],
    ['Asia/Kolkata', Date.parse('2026-11-20T20:00:00Z'), '2026-11-21 01:30:00+05:30'],
  ])('its time in %s, cut to the second', (timeZone, occurredAtMs, text) => {
    expect(conversion(event({ click: fromGoogle(), occurredAtMs }), { timeZone }).conversionDateTime).toBe(text);
  });
  it('its time in UTC where a preview names a zone that is none', () => {
    const odd = { ...(settings() as object), timeZone: 'TIME_ZONE' } as never;
    expect(bodyOf(googleAds.build([event({ click: fromGoogle() })], odd, ctx)).conversions[0].conversionDateTime).toBe('2026-11-20 10:00:00+00:00');
  });
  it.each([
    [{ gclid: 'g', gbraid: 'b', wbraid: 'w' }, { gclid: 'g' }],
    [{ gbraid: 'b', wbraid: 'w' }, { gbraid: 'b' }],
    [{ wbraid: 'w' }, { wbraid: 'w' }],
  ])('of %j only %j', (ids, one) => {
    const { gclid, gbraid, wbraid } = conversion(event({ click: fromGoogle({ ids }) }));
    expect(JSON.parse(JSON.stringify({ gclid, gbraid, wbraid }))).toEqual(one);
  });
  it('the buyer, hashed, at most five identifiers', () => {
    const user = { email: 'Cloudy.SanFrancisco+shopping@gmail.com', phone: '333 123 4567', firstName: 'Mrs. Jo', lastName: 'Doe', postalCode: '18038' };
    expect(conversion(event({ click: fromGoogle(), user })).userIdentifiers).toEqual([
      { hashedEmail: sha256('cloudysanfrancisco@gmail.com'), userIdentifierSource: 'FIRST_PARTY' },
      { hashedPhoneNumber: sha256('+393331234567'), userIdentifierSource: 'FIRST_PARTY' },
      { addressInfo: { hashedFirstName: sha256('jo'), hashedLastName: sha256('doe'), countryCode: 'IT', postalCode: '18038' }, userIdentifierSource: 'FIRST_PARTY' },
    ]);
    const email = Array.from({ length: 7 }, (_, n) => `a${n}@b.co`);
    expect(conversion(event({ click: fromGoogle(), user: { ...user, email } })).userIdentifiers).toHaveLength(5);
    expect(conversion(event({ click: fromGoogle(), user }), { sendUserData: 'no' })).not.toHaveProperty('userIdentifiers');
  });
  it('consent in its own words', () => {
    expect(conversion(event({ click: fromGoogle({ consent: { adUserData: true, adPersonalization: false } }) })).consent).toEqual({ adUserData: 'GRANTED', adPersonalization: 'DENIED' });
    expect(conversion(undefined, { consentWhenUnknown: 'granted' }).consent).toEqual({ adUserData: 'GRANTED', adPersonalization: 'GRANTED' });
  });
  it('nothing that only accounts on a list may send', () => {
    const { body } = build(event({ click: fromGoogle({ ip: '203.0.113.9' }) }));
    expect(body).not.toMatch(/conversionEnvironment|userIpAddress|sessionAttributes|203\.0\.113/);
  });
  it('what was bought', () => {
    const item = { id: 'p1', name: null, category: null, brand: null, quantity: '2', price: '5.00', deliveryCategory: null };
    expect(conversion(event({ click: fromGoogle(), contents: [item, { ...item, id: null }] })).cartData).toEqual({ items: [{ productId: 'p1', quantity: 2, unitPrice: 5 }] });
  });
  it('own keys: fields as they are, numbers as custom variables, nothing else', () => {
    const warned: string[] = [];
    const one = event({ click: fromGoogle(), custom: { conversionValue: 7, 'customers/1/conversionCustomVariables/8': 'a', '9': 2, tier: 'gold' } });
    const [body] = bodyOf(googleAds.build([one], settings(), { ...ctx, warn: (sentence) => warned.push(sentence) })).conversions;
    expect(body.conversionValue).toBe(7);
    expect(body.customVariables).toEqual([
      { conversionCustomVariable: 'customers/1234567890/conversionCustomVariables/9', value: '2' },
      { conversionCustomVariable: 'customers/1234567890/conversionCustomVariables/8', value: 'a' },
    ]);
    expect(body).not.toHaveProperty('tier');
    expect(warned).toEqual([expect.stringContaining('custom.tier')]);
  });
  it('a value of zero, none without a currency, and no empty order id', () => {
    expect(conversion(event({ click: fromGoogle(), value: '0' })).conversionValue).toBe(0);
    expect(conversion(event({ click: fromGoogle(), currency: null }))).not.toHaveProperty('conversionValue');
    expect(conversion(event({ click: fromGoogle(), transactionId: '' }))).not.toHaveProperty('orderId');
  });
  it('events of different conversion actions in one request', () => {
    const request = googleAds.build([event({ click: fromGoogle() }), event({ name: 'Lead', click: fromGoogle(), transactionId: '2' })], settings(), ctx);
    expect(bodyOf(request).conversions.map((one: { conversionAction: string }) => one.conversionAction.at(-1))).toEqual(['2', '1']);
    expect(request.sent).toHaveLength(2);
    expect(googleAds.together).toBeUndefined();
  });
  it('in a preview without a conversion action a placeholder', () => {
    const bare = { ...(settings() as object), conversionActions: undefined } as never;
    expect(googleAds.missing(event({ click: fromGoogle() }), bare)).toBeNull();
    const warnings: string[] = [];
    const request = googleAds.build([event({ click: fromGoogle() })], bare, { ...ctx, warn: (sentence) => warnings.push(sentence) });
    expect(bodyOf(request).conversions[0].conversionAction).toMatch(/CONVERSION_ACTION_ID$/);
    expect(warnings).toEqual(['settings.conversionActionId is missing: CONVERSION_ACTION_ID stands for it.']);
  });
});

describe('why an event cannot go to Google Ads', () => {
  it('a click id that a template did not fill in is none', () => {
    expect(missing(event({ click: fromGoogle({ ids: { gclid: '{gclid}' } }) }))).toMatch(/no gclid/);
    expect(conversion(event({ click: fromGoogle({ ids: { gclid: '{gclid}', gbraid: 'b' } }) }))).toMatchObject({ gbraid: 'b' });
  });
  it('order ids go out as they are, but for unfilled templates and e-mail addresses', () => {
    for (const id of ['1', '123', '1234', 'A/b "1"']) expect(googleAds.acceptsTransactionId?.(id)).toBe(true);
    for (const id of [' ', 'null', 'Undefined', 'transaction_id', 'jo@example.com']) expect(googleAds.acceptsTransactionId?.(id)).toBe(false);
  });
  it.each([
    ['an event without a conversion action', event({ event: 'Signup', name: 'Signup', click: fromGoogle() }), /No conversion action is set for Signup/],
    ['a click that did not come from Google', event(), /no gclid/],
    ['a name and address alone', unknownVisitor({ country: 'IT', user: { firstName: 'Jo', lastName: 'Doe', postalCode: '1' } }), /no gclid/],
    ['refused use of user data', event({ click: fromGoogle({ consent: { adUserData: false } }) }), /refused/],
    ['refused storage', event({ click: fromGoogle({ consent: { adStorage: false } }) }), /refused/],
  ])('%s', (_, one, why) => {
    expect(missing(one)).toMatch(why);
  });
  it('but an e-mail address or a wbraid is enough, and so is refused personalisation', () => {
    expect(missing(unknownVisitor({ user: { email: 'a@b.co' } }))).toBeNull();
    expect(missing(event({ click: fromGoogle({ ids: { wbraid: 'w' } }) }))).toBeNull();
    expect(missing(event({ click: fromGoogle({ consent: { adPersonalization: false } }) }))).toBeNull();
  });
});

describe('an adjustment at Google Ads', () => {
  const identifiers = { conversionAction: 'customers/1234567890/conversionActions/222', conversionDateTime: '2026-11-20 10:00:00+00:00', orderId: '77001', gclid: 'Really-Sent' };
  const original: SentFacts = { transactionId: '77001', eventId: 'evt-1', occurredAtMs: OCCURRED_AT_MS, value: '10.10', currency: 'EUR', identifiers };
  const correct = (changes: Partial<OutboundEvent>) => googleAds.reversal!.build(event({ occurredAtMs: OCCURRED_AT_MS + 25 * HOUR, original, click: null, ...changes }), settings(), ctx);
  const why = (changes: Partial<OutboundEvent>) => googleAds.reversal?.missing?.(event({ original, ...changes }), settings());
  const without = (...names: string[]): SentFacts => ({ ...original, identifiers: Object.fromEntries(Object.entries(identifiers).filter(([name]) => !names.includes(name))) });

  it('retracts by the order id that was sent, without a value', () => {
    const request = correct({ kind: 'retract', value: '5', transactionId: 'other' });
    expect(request.url).toBe('https://googleads.googleapis.com/v26/customers/1234567890:uploadConversionAdjustments');
    expect(bodyOf(request)).toEqual({
      conversionAdjustments: [{
        conversionAction: 'customers/1234567890/conversionActions/222',
        adjustmentType: 'RETRACTION',
        adjustmentDateTime: '2026-11-21 11:00:00+00:00',
        orderId: '77001',
      }],
      partialFailure: true,
    });
  });
  it('restates with the new value, in the currency of the original where none is named', () => {
    expect(bodyOf(correct({ kind: 'restate', value: '25.50', currency: null })).conversionAdjustments[0]).toMatchObject({
      adjustmentType: 'RESTATEMENT',
      restatementValue: { adjustedValue: 25.5, currencyCode: 'EUR' },
    });
  });
  it('names a conversion without an order id by its click and time, byte for byte', () => {
    const [adjustment] = bodyOf(correct({ kind: 'retract', original: without('orderId') })).conversionAdjustments;
    expect(adjustment.gclidDateTimePair).toEqual({ gclid: 'Really-Sent', conversionDateTime: '2026-11-20 10:00:00+00:00' });
    expect(adjustment).not.toHaveProperty('orderId');
  });
  it('is later than its conversion, in the seconds that Google sees', () => {
    expect(bodyOf(correct({ kind: 'retract', occurredAtMs: OCCURRED_AT_MS + 100 })).conversionAdjustments[0].adjustmentDateTime).toBe('2026-11-20 10:00:01+00:00');
    expect(bodyOf(correct({ kind: 'retract', occurredAtMs: OCCURRED_AT_MS - HOUR })).conversionAdjustments[0].adjustmentDateTime).toBe('2026-11-20 10:00:01+00:00');
  });
  it('goes to the conversion action of the original, even after the settings changed', () => {
    const request = googleAds.reversal!.build(event({ kind: 'retract', original }), settings({ conversionActions: 'Purchase=333' }), ctx);
    expect(bodyOf(request).conversionAdjustments[0].conversionAction).toBe(identifiers.conversionAction);
  });
  it('is not made of a wbraid, of what cannot be named, or without a value', () => {
    expect(why({ kind: 'retract', original: { ...original, identifiers: { ...identifiers, wbraid: 'w' } } })).toMatch(/wbraid/);
    expect(why({ kind: 'retract', original: without('orderId', 'gclid') })).toMatch(/order id or gclid/);
    expect(why({ kind: 'restate', value: null })).toMatch(/value and a currency/);
    expect(why({ kind: 'restate', value: '1', currency: null })).toBeNull();
    expect(why({ kind: 'retract', value: null })).toBeNull();
  });
  it('is taken from 24 hours to 54 days after, and is final', () => {
    expect(googleAds.reversal).toMatchObject({ kinds: ['retract', 'restate'], restoresByRestating: false, notBeforeMs: 24 * HOUR, deadlineMs: 54 * 24 * HOUR });
  });
});

describe('the check of Google Ads', () => {
  it('validates a sample for each conversion action and counts nothing', () => {
    const body = bodyOf(googleAds.check?.(settings({ conversionActionId: '9' }), ctx) as never);
    expect(body).toMatchObject({ validateOnly: true, partialFailure: true });
    expect(body.conversions.map((one: { conversionAction: string }) => one.conversionAction.split('/').at(-1))).toEqual(['111', '222', '9']);
  });
});
