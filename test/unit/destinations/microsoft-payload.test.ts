import { describe, expect, it } from 'vitest';
import type { ContentItem, OutboundEvent } from '../../../destinations/contract.ts';
import { sha256 } from '../../../destinations/hashing.ts';
import { microsoft } from '../../../destinations/microsoft/microsoft.ts';
import { bodyOf, click, event, OCCURRED_AT_MS, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const DAY = 86_400_000;
const msclkid = 'dd4afcccb1c94a4cad9544dd7e5006ab';
const known = (changes: Partial<OutboundEvent> = {}) => event({ click: click({ ids: { msclkid } }), ...changes });
const item: ContentItem = { id: 'sku-1', name: 'Cream', category: null, brand: null, quantity: '2', price: '25.10', deliveryCategory: null };

const settings = () => settingsOf('microsoft') as never;
const built = (events: OutboundEvent[]) => {
  const warnings: string[] = [];
  const request = microsoft.build(events, settings(), { nowMs: OCCURRED_AT_MS, warn: (sentence) => void warnings.push(sentence) });
  return { request, data: bodyOf(request).data, warnings };
};
const dataOf = (one: OutboundEvent) => built([one]).data[0];
const missing = (one: OutboundEvent) => microsoft.missing(one, settings());

describe('what the Conversions API of Microsoft is sent', () => {
  it('a Purchase, to the letter', () => {
    const { body, ...rest } = built([known()]).request;
    expect(rest).toEqual({
      method: 'POST',
      url: 'https://capi.uet.microsoft.com/v1/187012345/events',
      headers: { 'content-type': 'application/json', accept: 'application/json', authorization: 'Bearer uet-token' },
      sent: [{ eventId: 'evt-1', eventTime: '1795168800', msclkid, transactionId: '77001' }],
    });
    expect(body).toBe(
      '{"data":[{"eventType":"custom","eventId":"evt-1","eventName":"Purchase","eventTime":1795168800,"eventSourceUrl":"https://shop.example/offer",' +
        `"referrerUrl":"https://m.facebook.com/","userData":{"msclkid":"${msclkid}","externalId":"${sha256('aB3dEfGhIjKlMnOpQrStUv')}",` +
        '"clientIpAddress":"2001:db8::1","clientUserAgent":"Mozilla/5.0 (iPhone)"},"customData":{"value":10.1,"currency":"EUR","transactionId":"77001"}}],' +
        '"continueOnValidationError":true,"dataProvider":"tributary"}',
    );
  });
  it('e-mail address and phone number in the very form of the guide', () => {
    expect(dataOf(unknownVisitor({ user: { email: ' Jo.hn+news@Contoso.com ', phone: '+1 425 555 1234' } })).userData).toEqual({
      em: 'ec81f3ac7b2b19675bab9d54cf416f9f18cff87c97da5cca82c0f0891bc40602',
      ph: 'c59475d96e9f01d7d18d06cfad84dd02333207f02c0c2c5663ef2782cda0390e',
    });
  });
  it('a page load under its own type, without a name and without revenue', () => {
    const { data, warnings } = built([known({ event: 'PageView', name: 'pageLoad', transactionId: '' })]);
    expect(data[0]).toMatchObject({ eventType: 'pageLoad', eventSourceUrl: 'https://shop.example/offer' });
    expect(data[0]).not.toHaveProperty('eventName');
    expect(data[0]).not.toHaveProperty('customData');
    expect(warnings).toEqual(['value is left out: a page load carries none.']);
    expect(microsoft.events).toEqual({ PageView: 'pageLoad' });
  });
  it('consent to storage as G or D, and nothing where it is not known', () => {
    const consentOf = (adStorage?: boolean) => dataOf(known({ click: click({ ids: { msclkid }, consent: adStorage === undefined ? {} : { adStorage } }) })).adStorageConsent;
    expect([consentOf(true), consentOf(false), consentOf()]).toEqual(['G', 'D', undefined]);
  });
  it('contents as items; a quantity that is not whole costs itself', () => {
    expect(dataOf(known({ contents: [item] })).customData.items).toEqual([{ id: 'sku-1', quantity: 2, price: 25.1, name: 'Cream' }]);
    const { data, warnings } = built([known({ contents: [{ ...item, quantity: '1.5' }] })]);
    expect(data[0].customData.items).toEqual([{ id: 'sku-1', price: 25.1, name: 'Cream' }]);
    expect(warnings).toEqual(['quantity is left out: "1.5" is no whole number.']);
  });
  it('a value of zero, and own keys over the derived ones', () => {
    expect(dataOf(known({ value: '0', custom: { eventLabel: 'x', transactionId: 'mine' } })).customData).toEqual({ value: 0, currency: 'EUR', transactionId: 'mine', eventLabel: 'x' });
  });
  it('own identifiers in clear; a user id of the report hashed', () => {
    const own = { anonymousId: 'b171a9b06ce011ecafcd1b209be8601b', externalId: '111222', idfa: 'A-1', gaid: 'B-1', pageLoadId: 'bcf3000b-65fa-4cd2-808a-8a6cf2b1d0a5' };
    const data = dataOf(known({ click: click({ ids: own }) }));
    const { pageLoadId, ...ofUser } = own;
    expect(data.userData).toMatchObject(ofUser);
    expect(data.pageLoadId).toBe(pageLoadId);
    expect(dataOf(unknownVisitor({ user: { externalId: 'U 1' } })).userData).toEqual({ externalId: sha256('U 1') });
  });
  it('the click id without the prefix of its cookie, and none that is a macro', () => {
    expect(dataOf(known({ click: click({ ids: { msclkid: `_uet${msclkid}` } }) })).userData.msclkid).toBe(msclkid);
    expect(dataOf(known({ click: click({ ids: { msclkid: '{msclkid}' } }) })).userData).not.toHaveProperty('msclkid');
  });
  it('many events in one request, in order, times cut to the second', () => {
    const { data, request } = built([known(), known({ eventId: 'evt-2', occurredAtMs: OCCURRED_AT_MS + 249 })]);
    expect(data.map(({ eventId, eventTime }: { eventId: string; eventTime: number }) => [eventId, eventTime])).toEqual([['evt-1', 1795168800], ['evt-2', 1795168800]]);
    expect(request.sent).toHaveLength(2);
    expect(microsoft.batch).toEqual({ max: 1000, atomic: false });
  });
});

describe('why an event cannot go to the Conversions API of Microsoft', () => {
  it.each([
    ['refused use of user data', known({ click: click({ ids: { msclkid }, consent: { adUserData: false } }) }), /refused/],
    ['nothing known of the visitor', unknownVisitor(), /could not find/],
    ['an address and a browser alone', event({ click: click({ ids: {} }) }), /could not find/],
    ['a click id that is a macro', known({ click: click({ ids: { msclkid: '{msclkid}' } }) }), /could not find/],
    ['a page load of an unknown page', known({ name: 'pageLoad', click: click({ ids: { msclkid }, pageUrl: null, landingUrl: null }) }), /pageLoad needs/],
    ['no name', known({ name: ' ' }), /event name/],
  ])('%s', (_, one, why) => {
    expect(missing(one)).toMatch(why);
  });
  it.each([
    ['a click id', known()],
    ['refused storage, which is a signal', known({ click: click({ ids: { msclkid }, consent: { adStorage: false } }) })],
    ['an e-mail address', unknownVisitor({ user: { email: 'a@b.co' } })],
    ['a phone number', unknownVisitor({ user: { phone: '+393331234567' } })],
    ['a user id of the report', unknownVisitor({ user: { externalId: 'u1' } })],
    ['an anonymous id', event({ click: click({ ids: { anonymousId: 'v1' } }) })],
    ['no value', known({ value: null, currency: null })],
  ])('but %s is no hindrance', (_, one) => {
    expect(missing(one)).toBeNull();
  });
  it('events are taken for seven days', () => {
    expect(microsoft.ageMaxMs).toBe(7 * DAY);
  });
});
