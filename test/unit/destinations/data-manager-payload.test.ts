import { describe, expect, it } from 'vitest';
import type { OutboundEvent, SentFacts } from '../../../destinations/contract.ts';
import { googleDataManager } from '../../../destinations/google-data-manager/google-data-manager.ts';
import { sha256 } from '../../../destinations/hashing.ts';
import { bodyOf, click, event, OCCURRED_AT_MS, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const settings = (changes = {}) => settingsOf('google-data-manager', changes) as never;
const ctx = { nowMs: OCCURRED_AT_MS, accessToken: 'ya29' };
const fromGoogle = (changes = {}) => click({ ids: { gclid: 'Cj0KCQ-aBc' }, ...changes });
const build = (one = event({ click: fromGoogle() }), changes = {}) => googleDataManager.build([one], settings(changes), ctx);
const sentEvent = (one?: OutboundEvent, changes = {}) => bodyOf(build(one, changes)).events[0];
const missing = (one = event({ click: fromGoogle() }), changes = {}) => googleDataManager.missing(one, settings(changes));

describe('what Google Data Manager is sent', () => {
  it('a Purchase, to the letter', () => {
    const { body, ...rest } = build();
    expect(rest).toEqual({
      method: 'POST',
      url: 'https://datamanager.googleapis.com/v1/events:ingest',
      headers: { 'content-type': 'application/json', accept: 'application/json', authorization: 'Bearer ya29' },
      sent: [{ transactionId: '77001', conversionActionId: '222', eventTimestamp: '2026-11-20T10:00:00.750Z', gclid: 'Cj0KCQ-aBc' }],
      secrets: ['ya29'],
    });
    expect(body).toBe(
      '{"destinations":[{"operatingAccount":{"accountType":"GOOGLE_ADS","accountId":"1234567890"},"productDestinationId":"222"}],' +
        '"events":[{"transactionId":"77001","eventTimestamp":"2026-11-20T10:00:00.750Z","eventSource":"WEB",' +
        '"adIdentifiers":{"gclid":"Cj0KCQ-aBc"},"conversionValue":10.1,"currency":"EUR"}]}',
    );
  });
  it('a Lead with the buyer, hashed in HEX, and neither value nor currency', () => {
    const user = { email: 'Cloudy.SanFrancisco+shopping@gmail.com', phone: '333 123 4567', firstName: ' Jo', lastName: 'Doe', postalCode: '18038' };
    const lead = event({ event: 'Lead', name: 'Lead', value: null, currency: null, click: fromGoogle({ consent: { adUserData: true, adPersonalization: false } }), user });
    expect(bodyOf(build(lead, { loginCustomerId: '999-888-7777', quotaProject: 'p1' }))).toEqual({
      destinations: [
        {
          operatingAccount: { accountType: 'GOOGLE_ADS', accountId: '1234567890' },
          loginAccount: { accountType: 'GOOGLE_ADS', accountId: '9998887777' },
          productDestinationId: '111',
        },
      ],
      events: [
        {
          transactionId: '77001',
          eventTimestamp: '2026-11-20T10:00:00.750Z',
          eventSource: 'WEB',
          adIdentifiers: { gclid: 'Cj0KCQ-aBc' },
          userData: {
            userIdentifiers: [
              { emailAddress: sha256('cloudysanfrancisco@gmail.com') },
              { phoneNumber: sha256('+393331234567') },
              { address: { givenName: sha256('jo'), familyName: sha256('doe'), regionCode: 'IT', postalCode: '18038' } },
            ],
          },
          consent: { adUserData: 'CONSENT_GRANTED', adPersonalization: 'CONSENT_DENIED' },
        },
      ],
      encoding: 'HEX',
    });
    expect(build(lead, { quotaProject: 'p1' }).headers).toMatchObject({ 'x-goog-user-project': 'p1' });
  });
  it.each([
    [{ gclid: 'g', gbraid: 'b', wbraid: 'w' }, { gclid: 'g' }],
    [{ gbraid: 'b', wbraid: 'w' }, { gbraid: 'b' }],
    [{ wbraid: 'w' }, { wbraid: 'w' }],
  ])('of %j only %j', (ids, one) => {
    expect(sentEvent(event({ click: fromGoogle({ ids }) })).adIdentifiers).toEqual(one);
  });
  it('no user data where the visitor refused it or the settings say so, and the refusal itself', () => {
    const user = { email: 'a@b.co' };
    const refused = sentEvent(event({ click: fromGoogle({ consent: { adUserData: false } }), user }));
    expect(refused).not.toHaveProperty('userData');
    expect(refused.consent).toEqual({ adUserData: 'CONSENT_DENIED' });
    expect(sentEvent(event({ click: fromGoogle(), user }), { sendUserData: 'false' })).not.toHaveProperty('userData');
  });
  it('consent that the settings vouch for, where the click says nothing', () => {
    expect(sentEvent(undefined, { consentWhenUnknown: 'granted' }).consent).toEqual({ adUserData: 'CONSENT_GRANTED', adPersonalization: 'CONSENT_GRANTED' });
  });
  it('a custom event to its own conversion action', () => {
    const changes = { conversionActions: 'Deal won=5' };
    expect(bodyOf(build(event({ name: 'Deal won', event: 'DealWon', click: fromGoogle() }), changes)).destinations[0].productDestinationId).toBe('5');
  });
});

describe('a correction at Google', () => {
  const original: SentFacts = {
    transactionId: '77001',
    eventId: 'evt-1',
    occurredAtMs: OCCURRED_AT_MS,
    value: '10.10',
    currency: 'EUR',
    identifiers: { transactionId: '77001', conversionActionId: '222', eventTimestamp: '2026-11-20T10:00:00.750Z', gclid: 'Really-Sent' },
  };
  const correct = (changes: Partial<OutboundEvent>) => googleDataManager.reversal?.build(event({ occurredAtMs: OCCURRED_AT_MS + 5000, original, ...changes }), settings(), ctx);

  it('retracts by value 0 on the identifiers that were really sent', () => {
    const request = correct({ kind: 'retract', value: null, currency: null, transactionId: 'other', click: null });
    expect(bodyOf(request as never)).toEqual({
      destinations: [{ operatingAccount: { accountType: 'GOOGLE_ADS', accountId: '1234567890' }, productDestinationId: '222' }],
      events: [
        {
          transactionId: '77001',
          eventTimestamp: '2026-11-20T10:00:00.750Z',
          eventSource: 'WEB',
          adIdentifiers: { gclid: 'Really-Sent' },
          conversionValue: 0,
          currency: 'EUR',
        },
      ],
    });
    expect(request?.sent).toEqual([original.identifiers]);
  });
  it('restates with the new value and currency', () => {
    expect(bodyOf(correct({ kind: 'restate', value: '25.50', currency: 'usd' }) as never).events[0]).toMatchObject({ transactionId: '77001', conversionValue: 25.5, currency: 'USD' });
  });
  it('goes to the conversion action of the original, even after the settings changed', () => {
    const request = googleDataManager.reversal?.build(event({ kind: 'retract', original }), settings({ conversionActions: 'Purchase=333' }), ctx);
    expect(bodyOf(request as never).destinations[0].productDestinationId).toBe('222');
  });
  it('restores by restating, waits for nothing, and ends after 54 days', () => {
    expect(googleDataManager.reversal).toMatchObject({ kinds: ['retract', 'restate'], restoresByRestating: true, deadlineMs: 54 * 86_400_000 });
  });
});

describe('why an event cannot go to Google', () => {
  it.each([
    ['an event without a conversion action', event({ event: 'Signup', name: 'Signup', click: fromGoogle() }), /No conversion action is set for Signup/],
    ['a value without a currency', event({ currency: null, click: fromGoogle() }), /no currency/],
    ['a click that did not come from Google', event(), /no gclid, gbraid or wbraid/],
    ['nothing known', unknownVisitor(), /no gclid, gbraid or wbraid/],
    ['a name and address alone', unknownVisitor({ country: 'IT', user: { firstName: 'Jo', lastName: 'Doe', postalCode: '1' } }), /no gclid/],
    ['an e-mail address that may not be used', event({ click: click({ consent: { adUserData: false } }), user: { email: 'a@b.co' } }), /no gclid/],
  ])('%s', (_, one, why) => {
    expect(missing(one)).toMatch(why);
  });
  it.each([
    ['a gclid', event({ click: fromGoogle() })],
    ['a Purchase without a value', event({ value: null, currency: null, click: fromGoogle() })],
    ['an e-mail address without a click', unknownVisitor({ user: { email: 'a@b.co' } })],
  ])('but %s is enough', (_, one) => {
    expect(missing(one)).toBeNull();
  });
});

describe('the questions to Google', () => {
  it('asks what became of a request by its id, first after 30 minutes', () => {
    expect(googleDataManager.result?.firstPollMs).toBe(1_800_000);
    expect(googleDataManager.result?.build('id/1', settings(), ctx)).toMatchObject({
      method: 'GET',
      url: 'https://datamanager.googleapis.com/v1/requestStatus:retrieve?requestId=id%2F1',
      headers: { authorization: 'Bearer ya29' },
      body: null,
    });
  });
  it('checks every conversion action with a request that is validated and forgotten', () => {
    const body = bodyOf(googleDataManager.check?.(settings(), ctx) as never);
    expect(body.validateOnly).toBe(true);
    expect(body.destinations.map((one: { productDestinationId: string }) => one.productDestinationId)).toEqual(['111', '222']);
    expect(body.events).toEqual([{ transactionId: 'tributary-check', eventTimestamp: '2026-11-20T10:00:00.750Z', eventSource: 'WEB', adIdentifiers: { gclid: 'tributary-check' } }]);
  });
});
