import type { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { destinationByPlatform, destinations } from '../../../destinations/catalog.ts';
import type { SettingMeta } from '../../../destinations/contract.ts';
import { acceptsTransactionId } from '../../../destinations/google/transaction-id.ts';
import { rawSettings, settingsOf } from './settings-sample.ts';

const platforms = [...destinations.values()];

describe('the catalog', () => {
  it('knows each platform by its id, and no other', () => {
    expect([...destinations.keys()]).toEqual([...destinations.values()].map(({ platform }) => platform));
    expect([...destinations.keys()]).toEqual(expect.arrayContaining(['meta', 'google-ads', 'google-data-manager', 'tiktok']));
    expect(destinationByPlatform('tiktok')?.title).toBe('TikTok');
    expect(destinationByPlatform('myspace')).toBeUndefined();
  });
});

describe.each(platforms)('settings of $platform', ({ platform, settings }) => {
  it('have a label and help for each field, and mark every credential as secret', () => {
    const shape = (settings as unknown as z.ZodObject).shape;
    for (const [name, field] of Object.entries(shape)) {
      const meta = (field as z.ZodType).meta() as SettingMeta | undefined;
      expect(meta?.label, name).toBeTruthy();
      expect(meta?.help, name).toBeTruthy();
      expect(Boolean(meta?.secret), name).toBe(/token|secret|key/i.test(name));
    }
  });
  it('may be read again after they were stored', () => {
    const once = settingsOf(platform);
    expect(settings.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });
  it('refuse a name that is not one of theirs', () => {
    expect(settings.safeParse({ ...rawSettings[platform], pixelld: '1' }).success).toBe(false);
  });
});

describe('Meta', () => {
  it('uses the newest API version unless told otherwise, and knows the last day of the others', () => {
    expect(settingsOf('meta')).toMatchObject({ apiVersion: 'v26.0' });
    expect(destinationByPlatform('meta')?.versions?.find(({ version }) => version === 'v24.0')).toEqual({ version: 'v24.0', until: '2028-02-18' });
  });
  it('takes an empty optional setting for none', () => {
    expect(settingsOf('meta', { testEventCode: '', appSecret: ' ' })).toEqual({ ...settingsOf('meta') });
  });
});

describe('Google Data Manager', () => {
  it('reads conversion actions from text, and takes the record that they become', () => {
    expect(settingsOf('google-data-manager')).toMatchObject({ operatingAccountId: '1234567890', conversionActions: { Lead: '111', Purchase: '222' } });
    expect(settingsOf('google-data-manager', { conversionActions: { 'Deal won': '5' } })).toMatchObject({ conversionActions: { 'Deal won': '5' } });
  });
  it.each([
    ['no action', { conversionActions: '' }],
    ['an action without a number', { conversionActions: 'Lead' }],
    ['an action that is no number', { conversionActions: 'Lead=abc' }],
    ['an action for everything that is no number', { conversionActionId: 'abc' }],
    ['an account that is none', { operatingAccountId: '12' }],
    ['the name of the account in another API', { customerId: '1234567890' }],
    ['half of the OAuth credentials', { refreshToken: '' }],
    ['a key file that is none', { serviceAccountKey: '{"client_email":"a@b.c"}' }],
  ])('refuses %s', (_, changes) => {
    expect(destinationByPlatform('google-data-manager')?.settings.safeParse({ ...rawSettings['google-data-manager'], ...changes }).success).toBe(false);
  });
  it('takes one conversion action for everything, alone or beside the named ones', () => {
    expect(settingsOf('google-data-manager', { conversionActions: '', conversionActionId: '5' })).toMatchObject({ conversionActionId: '5' });
    expect(settingsOf('google-data-manager', { conversionActionId: '5' })).toMatchObject({ conversionActionId: '5', conversionActions: { Lead: '111' } });
  });
  it('takes a service account key instead of the OAuth fields', () => {
    const key = JSON.stringify({ client_email: 'a@b.iam.gserviceaccount.com', private_key: 'pem' });
    expect(settingsOf('google-data-manager', { clientId: '', clientSecret: '', refreshToken: '', serviceAccountKey: key })).toMatchObject({ serviceAccountKey: key });
  });
  it('takes switches as the words of a command line', () => {
    expect(settingsOf('google-data-manager', { sendUserData: 'false' })).toMatchObject({ sendUserData: false });
  });
  it.each(['1', 'x', '', '123', '1234', 'null', 'undefined', 'none', 'transactionId', 'transaction_id', 'jo@example.com'])('does not take %j for an order id', (id) => {
    expect(acceptsTransactionId(id)).toBe(false);
  });
  it.each(['77001', '12', 'A-1', '12345'])('takes %j for an order id', (id) => {
    expect(acceptsTransactionId(id)).toBe(true);
  });
});

describe('Google Ads', () => {
  it('writes times in UTC and uses the newest version unless told otherwise', () => {
    expect(settingsOf('google-ads')).toMatchObject({ customerId: '1234567890', timeZone: 'UTC', apiVersion: 'v26' });
    expect(destinationByPlatform('google-ads')?.versions?.[0]?.version).toBe('v26');
  });
  it.each([
    ['a time zone that is none', { timeZone: 'Rome' }],
    ['no developer token', { developerToken: '' }],
    ['no conversion action', { conversionActions: '' }],
    ['a version that is none', { apiVersion: '26' }],
  ])('refuses %s', (_, changes) => {
    expect(destinationByPlatform('google-ads')?.settings.safeParse({ ...rawSettings['google-ads'], ...changes }).success).toBe(false);
  });
});
