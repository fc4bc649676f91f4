import { describe, expect, it } from 'vitest';
import type { OutboundEvent, SentFacts } from '../../../destinations/contract.ts';
import { googleDataManager } from '../../../destinations/google-data-manager/google-data-manager.ts';
import { sha256 } from '../../../destinations/hashing.ts';
import { bodyOf, click, event, OCCURRED_AT_MS, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const settings = (changes = {}) => settingsOf('google-data-manager', changes) as never;
const ctx = { nowMs: OCCURRED_AT_MS, accessToken: 'ya29' };
const fromGoogle = (changes = {}) => click({ ids: { gclid: 'Cj0KCQ-aBc' }, ip: null, userAgent: null, ...changes });
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
    expect(bodyOf(build(lead, { loginAccountId: '999-888-7777', quotaProject: 'p1' }))).toEqual({
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
  it('no user data where the settings say so', () => {
    expect(sentEvent(event({ click: fromGoogle({ ip: '203.0.113.9' }), user: { email: 'a@b.co' } }), { sendUserData: 'false' })).not.toHaveProperty('userData');
    expect(sentEvent(event({ click: fromGoogle({ ip: '203.0.113.9' }) }), { sendUserData: 'false' })).not.toHaveProperty('eventDeviceInfo');
  });
  it('the refusal of personalised ads as a signal', () => {
    expect(sentEvent(event({ click: fromGoogle({ consent: { adPersonalization: false } }) })).consent).toEqual({ adPersonalization: 'CONSENT_DENIED' });
  });
  it("the visitor's browser and address", () => {
    expect(sentEvent(event({ click: fromGoogle({ ip: '203.0.113.9', userAgent: 'Mozilla' }) })).eventDeviceInfo).toEqual({ userAgent: 'Mozilla', ipAddress: '203.0.113.9' });
  });
  it('what was bought: quantities as text, prices as numbers, and nothing without an id', () => {
    const warned: string[] = [];
    const item = { id: 'p1', name: 'Shoe', category: null, brand: null, quantity: '2', price: '5.00', deliveryCategory: null };
    const one = event({ click: fromGoogle(), contents: [item, { ...item, id: null }] });
    const request = googleDataManager.build([one], settings(), { ...ctx, warn: (sentence: string) => warned.push(sentence) });
    expect(bodyOf(request).events[0].cartData).toEqual({ items: [{ merchantProductId: 'p1', quantity: '2', unitPrice: 5 }] });
    expect(warned).toHaveLength(1);
    expect(sentEvent(event({ click: fromGoogle({ ids: { wbraid: 'w' } }), contents: [item] }))).not.toHaveProperty('cartData');
  });
  it('own keys: fields of Google as they are and before what is derived, others as custom variables', () => {
    expect(sentEvent(event({ click: fromGoogle(), custom: { conversionValue: 7, userProperties: { customerType: 'NEW' }, tier: 'gold', rank: 2 } }))).toMatchObject({
      conversionValue: 7,
      userProperties: { customerType: 'NEW' },
      customVariables: [{ variable: 'tier', value: 'gold' }, { variable: 'rank', value: '2' }],
    });
  });
  it.each([
    [null, 'WEB'], ['website', 'WEB'], ['app', 'APP'], ['physical_store', 'IN_STORE'], ['phone_call', 'PHONE'],
    ['chat', 'MESSAGE'], ['business_messaging', 'MESSAGE'], ['email', 'OTHER'], ['system_generated', 'OTHER'], ['other', 'OTHER'],
  ] as const)('what happened in %s as %s', (actionSource, source) => {
    expect(sentEvent(event({ click: fromGoogle(), actionSource })).eventSource).toBe(source);
  });
  it('names without Mr and Jr, of several addresses each, and at most ten identifiers', () => {
    const user = { firstName: 'Mr. Jo', lastName: "O'Doe Jr.", postalCode: ' 18038 ', country: 'Italy', email: Array.from({ length: 12 }, (_, n) => `a${n}@b.co`) };
    expect(sentEvent(event({ click: fromGoogle(), user: { ...user, email: 'a@b.co' } })).userData.userIdentifiers[1]).toEqual({
      address: { givenName: sha256('jo'), familyName: sha256("o'doe"), regionCode: 'IT', postalCode: '18038' },
    });
    expect(sentEvent(event({ click: fromGoogle(), user })).userData.userIdentifiers).toHaveLength(10);
  });
  it('a display click only where no other is known', () => {
    expect(sentEvent(event({ click: fromGoogle({ ids: { dclid: 'd' } }) })).adIdentifiers).toEqual({ dclid: 'd' });
    expect(sentEvent(event({ click: fromGoogle({ ids: { dclid: 'd', gclid: 'g', sessionAttributes: 'e30=' } }) })).adIdentifiers).toEqual({ gclid: 'g', sessionAttributes: 'e30=' });
  });
  it('events of one conversion action together, those of another one apart', () => {
    const together = (name: string) => googleDataManager.together?.(event({ name, event: name }), settings());
    expect([together('Lead'), together('Purchase')]).toEqual(['111', '222']);
    const request = googleDataManager.build([event({ click: fromGoogle() }), event({ click: fromGoogle(), transactionId: '77002' })], settings(), ctx);
    expect(bodyOf(request).destinations).toHaveLength(1);
    expect(bodyOf(request).events.map((one: { transactionId: string }) => one.transactionId)).toEqual(['77001', '77002']);
    expect(request.sent).toHaveLength(2);
    expect(googleDataManager.batch).toEqual({ max: 2000, atomic: true });
  });
  it('every event to the one conversion action, where it serves all', () => {
    const changes = { conversionActions: '', conversionActionId: '9' };
    expect(bodyOf(build(event({ name: 'Anything', click: fromGoogle() }), changes)).destinations[0].productDestinationId).toBe('9');
    expect(bodyOf(build(event({ click: fromGoogle() }), { conversionActionId: '9' })).destinations[0].productDestinationId).toBe('222');
  });
  it('a value without a currency not at all, and a value of zero', () => {
    expect(sentEvent(event({ click: fromGoogle(), currency: null }))).not.toHaveProperty('conversionValue');
    expect(sentEvent(event({ click: fromGoogle(), value: '0' })).conversionValue).toBe(0);
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
  it('is worth nothing after a retraction, whatever the own keys say, and has a value after a restatement', () => {
    const body = bodyOf(correct({ kind: 'retract', custom: { conversionValue: 9 } }) as never).events[0];
    expect(body.conversionValue).toBe(0);
    const why = (changes: Partial<OutboundEvent>) => googleDataManager.reversal?.missing?.(event({ original, kind: 'restate', ...changes }), settings());
    expect(why({ value: null })).toMatch(/value and a currency/);
    expect(why({ value: '5', currency: null })).toBeNull();
  });
  it('is not made of what was sent without a transaction id: it would count as a new conversion', () => {
    const nameless = { ...original, transactionId: '', identifiers: { conversionActionId: '222', gclid: 'Really-Sent' } };
    expect(googleDataManager.reversal?.missing?.(event({ kind: 'retract', original: nameless }), settings())).toMatch(/transaction id/);
    expect(googleDataManager.reversal?.missing?.(event({ kind: 'retract', original }), settings())).toBeNull();
  });
  it('restores by restating, waits for nothing, and ends after 54 days', () => {
    expect(googleDataManager.reversal).toMatchObject({ kinds: ['retract', 'restate'], restoresByRestating: true, deadlineMs: 54 * 86_400_000 });
  });
});

describe('what a preview says of Google', () => {
  const warningsOf = (one: OutboundEvent, changes = {}) => {
    const warnings: string[] = [];
    googleDataManager.build([one], { ...(settings() as object), ...changes } as never, { ...ctx, warn: (sentence) => warnings.push(sentence) });
    return warnings;
  };
  it('a placeholder stands for a missing conversion action', () => {
    expect(warningsOf(event({ click: fromGoogle() }), { conversionActions: undefined })).toEqual(['settings.conversionActionId is missing: CONVERSION_ACTION_ID stands for it.']);
  });
  it('an address that is none is left out', () => {
    expect(warningsOf(event({ click: fromGoogle({ ip: '999.1.1.1', userAgent: 'M' }) }))).toEqual(['ip is left out: it is no address of the public internet.']);
    expect(warningsOf(event({ click: fromGoogle({ ip: '203.0.113.9', userAgent: 'M' }) }))).toEqual([]);
  });
});

describe('why an event cannot go to Google', () => {
  it.each([
    ['an event without a conversion action', event({ event: 'Signup', name: 'Signup', click: fromGoogle() }), /No conversion action is set for Signup/],
    ['a click that did not come from Google', event(), /no gclid, gbraid or wbraid/],
    ['nothing known', unknownVisitor(), /no gclid, gbraid or wbraid/],
    ['a name and address alone', unknownVisitor({ country: 'IT', user: { firstName: 'Jo', lastName: 'Doe', postalCode: '1' } }), /no gclid/],
    ['refused use of user data', event({ click: fromGoogle({ consent: { adUserData: false } }) }), /refused/],
    ['refused storage', event({ click: fromGoogle({ consent: { adStorage: false } }) }), /refused/],
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
