import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../destinations/hashing.ts';
import { linkedin } from '../../../destinations/linkedin/linkedin.ts';
import { versionWarning } from '../../../destinations/versions.ts';
import { bodyOf, click, event, OCCURRED_AT_MS, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const LI_FAT_ID = 'df5a1c04-3d3b-4a7e-9c1f-0b1d2e3f4a5b';
const clicked = (changes = {}) => click({ ids: { li_fat_id: LI_FAT_ID }, ip: '203.0.113.9', ...changes });
const one = (changes = {}) => event({ click: clicked(), ...changes });
const build = (sent = one(), settings = {}, ctx = {}) => linkedin.build([sent], settingsOf('linkedin', settings) as never, { nowMs: OCCURRED_AT_MS, ...ctx });
const element = (sent = one(), settings = {}) => bodyOf(build(sent, settings));
const missing = (sent = one(), settings = {}) => linkedin.missing(sent, settingsOf('linkedin', settings) as never);
const warnings = (sent = one()) => {
  const heard: string[] = [];
  build(sent, {}, { warn: (sentence: string) => heard.push(sentence) });
  return heard;
};

describe('what LinkedIn is sent', () => {
  it('a Purchase, to the letter', () => {
    const { body, ...rest } = build();
    expect(rest).toEqual({
      method: 'POST',
      url: 'https://api.linkedin.com/rest/conversionEvents',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        authorization: 'Bearer li-token',
        'linkedin-version': '202607',
        'x-restli-protocol-version': '2.0.0',
      },
      sent: [{ eventId: 'evt-1', conversion: 'urn:lla:llaPartnerConversion:104012', conversionHappenedAt: String(OCCURRED_AT_MS), li_fat_id: LI_FAT_ID }],
    });
    expect(body).toBe(
      `{"conversion":"urn:lla:llaPartnerConversion:104012","conversionHappenedAt":${OCCURRED_AT_MS},` +
        '"conversionValue":{"currencyCode":"EUR","amount":"10.10"},"eventId":"evt-1",' +
        `"user":{"userIds":[{"idType":"LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID","idValue":"${LI_FAT_ID}"},` +
        '{"idType":"PLAINTEXT_IP_ADDRESS","idValue":"203.0.113.9"}],"externalIds":["aB3dEfGhIjKlMnOpQrStUv"]}}',
    );
  });
  it('no eventId where the event has none, rather than an empty one', () => {
    const request = build(one({ eventId: '' }));
    expect(bodyOf(request)).not.toHaveProperty('eventId');
    expect(request.sent[0]).not.toHaveProperty('eventId');
  });
  it('company, title and lead also from the event\'s own keys, which win', () => {
    const user = { firstName: 'Jo', lastName: 'Doe' };
    const custom = { companyName: 'Doe Ltd', title: 'CEO', lead: 'urn:li:leadGenFormResponse:abc' };
    const sent = one({ user, custom, click: clicked({ ids: { li_fat_id: 'Ab/c+9=', title: 'CTO' } }) });
    expect(element(sent).user).toMatchObject({ userInfo: { companyName: 'Doe Ltd', title: 'CEO' }, lead: custom.lead });
    expect(element(sent).user.userIds[0].idValue).toBe('Ab/c+9=');
    expect(warnings(sent)).toEqual([]);
    expect(warnings(one({ custom: { title: {}, conversionValue: 'x' } }))).toEqual([
      'conversionValue is left out: LinkedIn wants its currencyCode and amount.', 'title is left out: it has not the form that LinkedIn wants.',
    ]);
  });
  it('several events as elements of a batch, in order', () => {
    const request = linkedin.build([one(), one({ eventId: 'evt-2' })], settingsOf('linkedin') as never, { nowMs: 0 });
    expect(request.headers).toMatchObject({ 'x-restli-method': 'BATCH_CREATE' });
    expect(bodyOf(request).elements.map((each: { eventId: string }) => each.eventId)).toEqual(['evt-1', 'evt-2']);
    expect(request.sent).toHaveLength(2);
  });
  it('the rule of the event, by the mapped name or ours, else the one that serves every event', () => {
    const conversions = 'Lead=1,Sale=urn:lla:llaPartnerConversion:2';
    const ruleOf = (changes: object) => element(one(changes), { conversions }).conversion;
    expect(ruleOf({ event: 'Lead', name: 'Lead' })).toBe('urn:lla:llaPartnerConversion:1');
    expect(ruleOf({ event: 'Lead', name: 'Sale' })).toBe('urn:lla:llaPartnerConversion:2');
    expect(ruleOf({})).toBe('urn:lla:llaPartnerConversion:104012');
  });
  it('everything that LinkedIn takes of a person: the e-mail hashed, the rest in clear, no phone number', () => {
    const user = { email: ' Jo@Example.com', phone: '+393331234567', firstName: ' Jo ', lastName: "O'Doe", country: 'Italy', externalId: 'buyer-1', ip: '203.0.113.9' };
    const ids = { ACXIOM_ID: 'ax', ORACLE_MOAT_ID: 'om', GOOGLE_AID: '38400000-8cf0-11bd-b23e-10b96e40000d', lead: 'urn:li:leadGenFormResponse:abc', companyName: 'Doe Ltd', title: 'CEO' };
    expect(element(event({ user, click: click({ clickId: '', ids, ip: null, userAgent: null }) })).user).toEqual({
      userIds: [
        { idType: 'SHA256_EMAIL', idValue: sha256('jo@example.com') },
        { idType: 'ACXIOM_ID', idValue: 'ax' },
        { idType: 'ORACLE_MOAT_ID', idValue: 'om' },
        { idType: 'GOOGLE_AID', idValue: '38400000-8cf0-11bd-b23e-10b96e40000d' },
        { idType: 'PLAINTEXT_IP_ADDRESS', idValue: '203.0.113.9' },
      ],
      userInfo: { firstName: 'Jo', lastName: "O'Doe", title: 'CEO', companyName: 'Doe Ltd', countryCode: 'IT' },
      externalIds: ['buyer-1'],
      lead: 'urn:li:leadGenFormResponse:abc',
    });
  });
  it('an empty list of ids where only the names are known', () => {
    expect(element(unknownVisitor({ user: { firstName: 'Jo', lastName: 'Doe' } })).user).toEqual({ userIds: [], userInfo: { firstName: 'Jo', lastName: 'Doe' } });
  });
  it('no half of a name, no hashed name, no IPv6 address and no id of zeros, each with a sentence', () => {
    const half = unknownVisitor({ user: { email: 'a@b.co', firstName: 'Jo' } });
    expect(element(half).user).not.toHaveProperty('userInfo');
    expect(warnings(half)).toEqual([expect.stringContaining('both the first and the last name')]);
    const hashed = unknownVisitor({ user: { email: 'a@b.co', firstName: sha256('jo'), lastName: sha256('doe') } });
    expect(element(hashed).user).not.toHaveProperty('userInfo');
    const broken = one({ click: clicked({ ip: '2001:db8::1', ids: { li_fat_id: '{li_fat_id}', GOOGLE_AID: '00000000-0000-0000-0000-000000000000' } }) });
    expect(element(broken).user.userIds).toEqual([]);
    expect(warnings(broken)).toEqual([expect.stringMatching(/^ip/), expect.stringMatching(/^li_fat_id/), expect.stringMatching(/^GOOGLE_AID/)]);
  });
  it('the amount as text with its digits kept, zero too, and nothing without a currency', () => {
    expect(element(one({ value: '0' })).conversionValue).toEqual({ currencyCode: 'EUR', amount: '0' });
    expect(element(one({ value: '12.50', currency: 'usd' })).conversionValue).toEqual({ currencyCode: 'USD', amount: '12.50' });
    expect(element(one({ currency: null }))).not.toHaveProperty('conversionValue');
  });
  it('no key of the event that LinkedIn does not know', () => {
    const sent = one({ custom: { conversionValue: { currencyCode: 'GBP', amount: '1' }, order: 'x' } });
    expect(element(sent).conversionValue).toEqual({ currencyCode: 'GBP', amount: '1' });
    expect(element(sent)).not.toHaveProperty('order');
    expect(warnings(sent)).toEqual([expect.stringContaining('order')]);
  });
  it('its time in whole milliseconds, cut', () => {
    expect(element(one({ occurredAtMs: 1_795_168_800_999.9 })).conversionHappenedAt).toBe(1_795_168_800_999);
  });
  it('the fresh token, where there is one', () => {
    expect(build(one(), {}, { accessToken: 'fresh' }).headers).toMatchObject({ authorization: 'Bearer fresh' });
  });
  it('settings that are not there or no settings yet break nothing', () => {
    expect(bodyOf(linkedin.build([one()], { conversionId: 'CONVERSION_ID' } as never, { nowMs: 0 })).conversion).toBe('urn:lla:llaPartnerConversion:CONVERSION_ID');
    expect(() => linkedin.build([one()], {} as never, { nowMs: 0 })).not.toThrow();
  });
});

describe('why an event cannot go to LinkedIn', () => {
  it.each([
    ['nothing known of the visitor', unknownVisitor(), /could not find the visitor/],
    ['a first name and a country alone', unknownVisitor({ user: { firstName: 'Jo', country: 'IT' } }), /could not find the visitor/],
    ['our own click id alone', event({ click: click({ ids: {}, ip: null }) }), /could not find the visitor/],
    ['a phone number alone', unknownVisitor({ user: { phone: '+393331234567' } }), /could not find the visitor/],
    ['refused use of user data', one({ click: clicked({ consent: { adUserData: false } }) }), /refused/],
    ['refused storage', one({ click: clicked({ consent: { adStorage: false } }) }), /refused/],
  ])('%s', (_, sent, why) => {
    expect(missing(sent)).toMatch(why);
  });
  it('no conversion rule for this event', () => {
    const byEvent = { conversionId: '', conversions: 'Purchase=2' };
    expect(missing(one({ event: 'Lead', name: 'Lead' }), byEvent)).toMatch(/No conversion rule .* for Lead/);
    expect(missing(one(), byEvent)).toBeNull();
  });
  it.each([
    ['li_fat_id', one()],
    ['an e-mail address', unknownVisitor({ user: { email: 'a@b.co' } })],
    ['an IPv4 address', unknownVisitor({ user: { ip: '203.0.113.9' } })],
    ['a first and a last name', unknownVisitor({ user: { firstName: 'Jo', lastName: 'Doe' } })],
    ["the network's id of the buyer", unknownVisitor({ user: { externalId: 'buyer-1' } })],
    ['no value', one({ value: null })],
  ])('but %s is enough', (_, sent) => {
    expect(missing(sent)).toBeNull();
  });
});

describe('settings of LinkedIn', () => {
  it('take a rule as its number or its URN', () => {
    expect(settingsOf('linkedin', { conversionId: 'urn:lla:llaPartnerConversion:7' })).toMatchObject({ conversionId: '7' });
  });
  it.each([
    ['no rule at all', { conversionId: '' }],
    ['a rule that is none', { conversionId: 'urn:lla:llaConversionRule:7' }],
    ['a rule of an event that is none', { conversions: 'Lead=abc' }],
    ['half of what renews a token', { refreshToken: 'r' }],
    ['a version that is no month', { apiVersion: '202613' }],
  ])('refuse %s', (_, changes) => {
    expect(() => settingsOf('linkedin', changes)).toThrow();
  });
  it('warn 90 days before a version ends, and after it', () => {
    const warned = (version: string, now: string) => versionWarning(linkedin, version, Date.parse(now));
    expect(warned('202601', '2026-10-16')).toBeNull();
    expect(warned('202601', '2026-10-18')).toContain('ends on 2027-01-15: set apiVersion to 202607');
    expect(warned('202511', '2026-11-24')).toContain('ended on 2026-11-16');
  });
});
