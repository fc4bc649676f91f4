import { beforeAll, describe, expect, test } from 'vitest';
import { addIntegration, listIntegrations, postbackUrl, setIntegration, type IntegrationInput } from '../../setup/integrations.ts';
import { createProperty, findProperty, listProperties, showProperty } from '../../setup/properties.ts';
import type { PropertyDoc } from '../../store/documents.ts';
import { integrationContext, open } from '../../store/secrets.ts';
import { useSetup } from './session.ts';

const deps = useSetup();
let property: PropertyDoc;
let count = 0;
const fresh = async (): Promise<PropertyDoc> => createProperty(deps, { name: `Site ${(count += 1)}` });
beforeAll(async () => {
  property = await fresh();
});

describe('properties', () => {
  test('get two different keys, and are found by id and by name', async () => {
    expect(property.tagKey).toMatch(/^[0-9A-Za-z]{12}$/);
    expect(property.postbackKey).toMatch(/^[0-9A-Za-z]{12}$/);
    expect(property.postbackKey).not.toBe(property.tagKey);
    expect(await findProperty(deps, property._id)).toEqual(property);
    expect(await findProperty(deps, property.name)).toEqual(property);
    expect(await listProperties(deps)).toContainEqual(property);
  });

  test('a taken name, an empty one and an unknown one are refused', async () => {
    await expect(createProperty(deps, { name: ` ${property.name} ` })).rejects.toMatchObject({ code: 'name_taken' });
    await expect(createProperty(deps, { name: ' ' })).rejects.toMatchObject({ code: 'name_invalid' });
    await expect(createProperty(deps, { name: 'a\nb' })).rejects.toMatchObject({ code: 'name_invalid' });
    await expect(findProperty(deps, 'nowhere')).rejects.toMatchObject({ code: 'property_not_found' });
  });
});

test('the postback URL has exactly the form of the integration guide', () => {
  expect(postbackUrl('https://t1.example/', { postbackKey: 'hBtoE3hN1234' }, 'kma')).toBe(
    'https://t1.example/hBtoE3hN1234/collect/kma?date={date}&date_unix={date_unix}&status={status}&zeustrack_status={zeustrack_status}'
    + '&affise_status={affise_status}&loyalead_status={loyalead_status}&ip={ip}&stream={stream}&sum={sum}&currency={currency}&data1={data1}'
    + '&data2={data2}&data3={data3}&data4={data4}&data5={data5}&orderid={orderid}&bannerid={bannerid}&campaignid={campaignid}&countrycode={countrycode}',
  );
});

test('the postback URL of a network without macros ends in its name', () => {
  expect(postbackUrl('https://t1.example', { postbackKey: 'hBtoE3hN1234' }, 'partnerize')).toBe('https://t1.example/hBtoE3hN1234/collect/partnerize');
});

describe('integrations', () => {
  test('keep their settings, normalised, and are installed once', async () => {
    const { _id, name } = await fresh();
    const added = await addIntegration(deps, name, 'kma', {
      settings: { clickIdSlot: 'data4', defaultCurrency: 'usd', timeZone: 'Europe/Kyiv', statusWords: { ' OK ': 'approved' }, ipList: '203.0.113.0/24, 2001:db8::1', holdMs: '1000' },
    });
    expect(added.settings).toEqual({
      clickIdSlot: 'data4', defaultCurrency: 'USD', timeZone: 'Europe/Kyiv', statusWords: { ok: 'approved' }, ipList: ['203.0.113.0/24', '2001:db8::1'], holdMs: 1000,
    });
    expect(await listIntegrations(deps, _id)).toEqual([added]);
    expect((await showProperty(deps, name)).integrations).toEqual([added]);
    await expect(addIntegration(deps, _id, 'kma', {})).rejects.toMatchObject({ code: 'integration_exists' });
    await expect(setIntegration(deps, _id, 'partnerize', {})).rejects.toMatchObject({ code: 'integration_not_found' });
  });

  test.each<[string, IntegrationInput, string]>([
    ['a slot the network does not have', { settings: { clickIdSlot: 'data9' } }, 'setting_invalid'],
    ['a currency that is none', { settings: { defaultCurrency: 'EURO' } }, 'setting_invalid'],
    ['a zone that is none', { settings: { timeZone: 'Mars/Base' } }, 'setting_invalid'],
    ['a status that is none', { settings: { statusWords: { ok: 'fine' } } }, 'setting_invalid'],
    ['an address that is none', { settings: { ipList: '203.0.113.300' } }, 'setting_invalid'],
    ['a bare number as an address', { settings: { ipList: '1' } }, 'setting_invalid'],
    ['a range that is none', { settings: { ipList: '203.0.113.0/40' } }, 'setting_invalid'],
    ['a negative wait', { settings: { lateClickWaitMs: '-1' } }, 'setting_invalid'],
    ['a secret in a parameter of the network', { secret: 's', settings: { secretParameter: 'status' } }, 'setting_invalid'],
    ['a secret parameter without a secret', { settings: { secretParameter: 'token' } }, 'setting_missing'],
    ['an empty secret', { secret: '' }, 'setting_invalid'],
    ['a setting that does not exist', { settings: { currency: 'USD' } }, 'setting_unknown'],
    ['no rules at all', { rules: [] }, 'setting_invalid'],
    ['a rule with a wrong status', { rules: [{ when: { status: ['unknown'] }, event: 'Lead' }] }, 'setting_invalid'],
    ['a rule with an amount that is no decimal', { rules: [{ when: { amountFrom: '1e3' }, event: 'Lead' }] }, 'setting_invalid'],
    ['a rule without an event', { rules: [{ when: {} }] }, 'setting_missing'],
    ['a rule with a word too many', { rules: [{ when: {}, event: 'Lead', cap: 1 }] }, 'setting_invalid'],
  ])('%s is refused', async (_what, input, code) => {
    await expect(addIntegration(deps, property.name, 'kma', input)).rejects.toMatchObject({ name: 'Error', code });
    expect(await listIntegrations(deps, property.name)).toEqual([]);
  });

  test('an unknown network is refused with the ones that exist', async () => {
    await expect(addIntegration(deps, property.name, 'kissmyads', {})).rejects.toMatchObject({ code: 'network_unknown', message: expect.stringContaining('kma') });
  });

  test('a rule is complete after it was read', async () => {
    const { name } = await fresh();
    const added = await addIntegration(deps, name, 'kma', { rules: [{ when: { status: ['hold'], country: ['de'] }, event: 'CompleteRegistration' }] });
    expect(added.rules).toEqual([{ when: { status: ['hold'], country: ['DE'] }, event: 'CompleteRegistration', value: 'none', once: 'conversion' }]);
    expect((await setIntegration(deps, name, 'kma', { rules: null })).integration.rules).toBeNull();
  });

  test('the secret is sealed, kept where it is the same, and goes together with its parameter', async () => {
    const { name } = await fresh();
    const added = await addIntegration(deps, name, 'kma', { secret: 'hush' });
    expect(added.settings.secretParameter).toBe('secret');
    expect(JSON.stringify(added)).not.toContain('hush');
    expect(open(deps.keys, added.secret!, integrationContext(added._id))).toBe('hush');
    expect(await setIntegration(deps, name, 'kma', { secret: 'hush' })).toMatchObject({ changed: false });
    expect(await setIntegration(deps, name, 'kma', { settings: { secretParameter: 'token' } })).toMatchObject({ changed: true, integration: { settings: { secretParameter: 'token' } } });
    const without = await setIntegration(deps, name, 'kma', { secret: null });
    expect(without.integration).toMatchObject({ secret: null, settings: {} });
    expect((await listIntegrations(deps, name))[0]).toMatchObject({ version: 3, secret: null });
  });
});
