import { describe, expect, it } from 'vitest';
import type { OutboundEvent } from '../../../destinations/contract.ts';
import { sha256 } from '../../../destinations/hashing.ts';
import { microsoftOffline } from '../../../destinations/microsoft-offline/microsoft-offline.ts';
import { bodyOf, click, event, OCCURRED_AT_MS, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const DAY = 86_400_000;
const msclkid = 'dd4afcccb1c94a4cad9544dd7e5006ab';
const known = (changes: Partial<OutboundEvent> = {}) => event({ click: click({ ids: { msclkid } }), ...changes });

const settings = (changes = {}) => settingsOf('microsoft-offline', changes) as never;
const built = (events: OutboundEvent[], changes = {}) => {
  const warnings: string[] = [];
  const request = microsoftOffline.build(events, settings(changes), { nowMs: OCCURRED_AT_MS, accessToken: 'at-1', warn: (sentence) => void warnings.push(sentence) });
  return { request, conversions: bodyOf(request).OfflineConversions, warnings };
};
const missing = (one: OutboundEvent, changes = {}) => microsoftOffline.missing(one, settings(changes));
const headers = {
  'content-type': 'application/json', accept: 'application/json', authorization: 'Bearer at-1',
  DeveloperToken: 'dev-token', CustomerId: '251234', CustomerAccountId: '151234567',
};

describe('what offline conversions of Microsoft are', () => {
  it('a Purchase, to the letter', () => {
    expect(built([known()]).request).toEqual({
      method: 'POST',
      url: 'https://campaign.api.bingads.microsoft.com/CampaignManagement/v13/OfflineConversions/Apply',
      headers,
      body:
        `{"OfflineConversions":[{"ConversionName":"Affiliate sale","ConversionTime":"2026-11-20T10:00:00Z","MicrosoftClickId":"${msclkid}",` +
        '"ConversionValue":10.1,"ConversionCurrencyCode":"EUR"}]}',
      sent: [{ conversionName: 'Affiliate sale', conversionTime: '2026-11-20T10:00:00Z', msclkid }],
    });
  });
  it('e-mail address and phone number hashed, and kept back where the settings say so', () => {
    const one = unknownVisitor({ user: { email: 'Jo.hn+x@Contoso.com', phone: '+14255551234' } });
    expect(built([one]).conversions[0]).toMatchObject({
      HashedEmailAddress: 'ec81f3ac7b2b19675bab9d54cf416f9f18cff87c97da5cca82c0f0891bc40602',
      HashedPhoneNumber: 'c59475d96e9f01d7d18d06cfad84dd02333207f02c0c2c5663ef2782cda0390e',
    });
    expect(built([one]).request.sent[0]).toEqual({ conversionName: 'Affiliate sale', conversionTime: '2026-11-20T10:00:00Z' });
    expect(built([known({ user: { email: 'a@b.co' } })], { sendUserData: 'false' }).conversions[0]).not.toHaveProperty('HashedEmailAddress');
  });
  it('the goal named for the event, else the one that serves every event', () => {
    const names = (changes: object) => built([known({ event: 'Lead', name: 'Lead' }), known(), known({ event: 'Subscribe', name: 'Subscribe' })], changes).conversions.map(({ ConversionName }: { ConversionName: string }) => ConversionName);
    expect(names({ conversionName: 'Any' })).toEqual(['Affiliate lead', 'Affiliate sale', 'Any']);
    expect(names({ conversionName: 'Any', conversionNames: undefined })).toEqual(['Any', 'Any', 'Any']);
  });
  it('a value of zero, no value, and no negative one', () => {
    expect(built([known({ value: '0' })]).conversions[0]).toMatchObject({ ConversionValue: 0, ConversionCurrencyCode: 'EUR' });
    expect(built([known({ value: null })]).conversions[0]).not.toHaveProperty('ConversionCurrencyCode');
    const { conversions, warnings } = built([known({ value: '-5' })]);
    expect(conversions[0]).not.toHaveProperty('ConversionValue');
    expect(warnings).toEqual(['The value -5 is left out: Microsoft takes no negative one.']);
  });
  it('own keys as they are', () => {
    expect(built([known({ custom: { ExternalAttributionCredit: 0.5 } })]).conversions[0]).toMatchObject({ ExternalAttributionCredit: 0.5 });
  });
  it('many in one request, in order', () => {
    const { conversions, request } = built([known(), known({ occurredAtMs: OCCURRED_AT_MS + 1000 })]);
    expect(conversions.map(({ ConversionTime }: { ConversionTime: string }) => ConversionTime)).toEqual(['2026-11-20T10:00:00Z', '2026-11-20T10:00:01Z']);
    expect(request.sent).toHaveLength(2);
  });
  it('can be laid out with settings that are not complete', () => {
    const { OfflineConversions } = bodyOf(microsoftOffline.build([known()], { customerId: 'CUSTOMER_ID' } as never, { nowMs: 0 }));
    expect(OfflineConversions[0].ConversionName).toBe('Purchase');
    expect(microsoftOffline.missing(known(), { customerId: 'CUSTOMER_ID' } as never)).toBeNull();
  });
});

describe('why an event is no offline conversion', () => {
  it.each([
    ['refused use of user data', known({ click: click({ ids: { msclkid }, consent: { adUserData: false } }) }), {}, /refused/],
    ['refused storage', known({ click: click({ ids: { msclkid }, consent: { adStorage: false } }) }), {}, /refused/],
    ['no goal for the event', known({ event: 'Subscribe', name: 'Subscribe' }), {}, /No conversion goal is set for Subscribe/],
    ['nothing known of the click', unknownVisitor(), {}, /could not find/],
    ['an e-mail address that may not be sent', unknownVisitor({ user: { email: 'a@b.co' } }), { sendUserData: false }, /could not find/],
  ])('%s', (_, one, changes, why) => {
    expect(missing(one, changes)).toMatch(why);
  });
  it.each([
    ['a click id', known()],
    ['an e-mail address', unknownVisitor({ user: { email: 'a@b.co' } })],
    ['no value', known({ value: null })],
  ])('but %s is no hindrance', (_, one) => {
    expect(missing(one)).toBeNull();
  });
  it('conversions are taken for 90 days, and none from the future', () => {
    expect([microsoftOffline.ageMaxMs, microsoftOffline.aheadMaxMs]).toEqual([90 * DAY, 0]);
  });
  it('settings name a goal', () => {
    expect(() => settings({ conversionNames: undefined })).toThrow(/at least one conversion goal/);
    expect(() => settings({ conversionNames: '' })).toThrow(/at least one conversion goal/);
  });
});

describe('corrections of offline conversions', () => {
  const sentFacts = (one: OutboundEvent) => {
    const { transactionId, eventId, occurredAtMs, value, currency } = one;
    return { transactionId, eventId, occurredAtMs, value, currency, identifiers: built([one]).request.sent[0]! };
  };
  const correction = (kind: 'retract' | 'restate', changes: Partial<OutboundEvent> = {}, one = known()) =>
    ({ ...one, kind, occurredAtMs: OCCURRED_AT_MS + DAY, original: sentFacts(one), ...changes });
  const request = (one: OutboundEvent) => microsoftOffline.reversal!.build(one, settings(), { nowMs: OCCURRED_AT_MS, accessToken: 'at-1' });
  const adjustment = (one: OutboundEvent) => bodyOf(request(one)).OfflineConversionAdjustments[0];

  it('a retraction, to the letter, by what was really sent', () => {
    expect(request(correction('retract', { name: 'Other', click: null }))).toEqual({
      method: 'POST',
      url: 'https://campaign.api.bingads.microsoft.com/CampaignManagement/v13/OfflineConversionAdjustments/Apply',
      headers,
      body:
        `{"OfflineConversionAdjustments":[{"ConversionName":"Affiliate sale","ConversionTime":"2026-11-20T10:00:00Z","MicrosoftClickId":"${msclkid}",` +
        '"AdjustmentType":"Retract","AdjustmentTime":"2026-11-21T10:00:00Z"}]}',
      sent: [{ conversionName: 'Affiliate sale', conversionTime: '2026-11-20T10:00:00Z', adjustmentTime: '2026-11-21T10:00:00Z', msclkid }],
    });
  });
  it('a restatement with the new value', () => {
    expect(adjustment(correction('restate', { value: '0', currency: 'usd' }))).toMatchObject({ AdjustmentType: 'Restate', AdjustmentValue: 0, AdjustmentCurrencyCode: 'USD' });
  });
  it('always a second later than the conversion at least', () => {
    for (const occurredAtMs of [OCCURRED_AT_MS, OCCURRED_AT_MS + 100, OCCURRED_AT_MS - DAY])
      expect(adjustment(correction('retract', { occurredAtMs })).AdjustmentTime).toBe('2026-11-20T10:00:01Z');
  });
  it('by the hashes again where the conversion went out without a click id', () => {
    const { MicrosoftClickId, HashedEmailAddress } = adjustment(correction('retract', { click: click({ ids: { msclkid } }) }, unknownVisitor({ user: { email: 'a@b.co' } })));
    expect([MicrosoftClickId, HashedEmailAddress]).toEqual([undefined, sha256('a@b.co')]);
  });
  it('none without a value to restate, or of a click that is not known', () => {
    const why = (one: OutboundEvent) => microsoftOffline.reversal?.missing?.(one, settings());
    expect(why(correction('retract'))).toBeNull();
    expect(why(correction('restate'))).toBeNull();
    expect(why(correction('restate', { value: null }))).toMatch(/new value/);
    expect(why(correction('retract', { user: {} }, unknownVisitor()))).toMatch(/not known/);
  });
  it('both ways, for 90 days', () => {
    expect(microsoftOffline.reversal).toMatchObject({ kinds: ['retract', 'restate'], deadlineMs: 90 * DAY });
  });
});
