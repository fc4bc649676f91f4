import { beforeEach, describe, expect, test } from 'vitest';
import { planApply, type ApplyDeps, type Step } from '../../setup/apply.ts';
import { listDestinations, openSecrets, pauseDestination } from '../../setup/destinations.ts';
import { showProperty } from '../../setup/properties.ts';
import { unasked, useSetup } from './session.ts';

const setup = useSetup();
let name: string;
let count = 0;
let environment: Record<string, string>;
beforeEach(() => {
  name = `Site ${(count += 1)}`;
  environment = { META_TOKEN: 'EAAB-very-secret', KMA_SECRET: 'hush-hush' };
});

const fileOf = (site: string): string => `
properties:
  - name: ${site}
    integrations:
      - network: kma
        settings: {defaultCurrency: USD, clickIdSlot: data4, holdMs: 86400000}
        secret: {fromEnv: KMA_SECRET}
        rules:
          - when: {status: [approved], amountFrom: 10.50}
            event: Purchase
            value: payout
    destinations:
      - name: Main pixel
        platform: meta
        settings:
          pixelId: 0123456789012345678
        secrets:
          accessToken: {fromEnv: META_TOKEN}
        mapping:
          Lead: {name: Contact, send: true}
`;
const applyDeps = (): ApplyDeps => ({
  ...setup,
  send: unasked,
  readSecret: async (reference) => ('fromEnv' in reference ? (environment[reference.fromEnv] ?? '') : 'from a file'),
});
const plan = (text: string): Promise<Step[]> => planApply(applyDeps(), text);
const apply = async (text: string): Promise<Step[]> => {
  const steps = await plan(text);
  for (const step of steps) await step.run();
  return steps;
};
const actions = (steps: Step[]) => steps.map((step) => step.action);

describe('a setup file', () => {
  test('makes everything it states; a second run changes nothing', async () => {
    expect(actions(await apply(fileOf(name)))).toEqual(['create', 'create', 'create']);
    const first = await showProperty(setup, name);
    expect(first.integrations[0]).toMatchObject({
      network: 'kma', settings: { defaultCurrency: 'USD', clickIdSlot: 'data4', holdMs: 86_400_000, secretParameter: 'secret' },
      rules: [{ when: { status: ['approved'], amountFrom: '10.50' }, event: 'Purchase', value: 'payout', once: 'conversion' }],
    });
    // The number was written with a zero in front and with more digits than a float holds.
    expect(first.destinations[0]).toMatchObject({ platform: 'meta', settings: { pixelId: '0123456789012345678' }, mapping: { Lead: { name: 'Contact', send: true } } });
    expect(openSecrets(setup, first.destinations[0]!)).toEqual({ accessToken: 'EAAB-very-secret' });
    expect(actions(await apply(fileOf(name)))).toEqual(['keep', 'keep', 'keep']);
    expect(await showProperty(setup, name)).toEqual(first);
  });

  test('dry run shows the difference, no secret values, and writes nothing', async () => {
    const created = await plan(fileOf(name));
    expect(created.flatMap((step) => step.lines)).toEqual(expect.arrayContaining(['pixelId: 0123456789012345678', 'accessToken: set (secret)', 'defaultCurrency: USD']));
    await expect(showProperty(setup, name)).rejects.toMatchObject({ code: 'property_not_found' });

    await apply(fileOf(name));
    const before = await showProperty(setup, name);
    environment.META_TOKEN = 'EAAB-another-secret';
    const steps = await plan(fileOf(name).replace('defaultCurrency: USD', 'defaultCurrency: EUR'));
    expect(actions(steps)).toEqual(['keep', 'change', 'change']);
    expect(steps[1]!.lines).toEqual(['defaultCurrency: USD -> EUR', 'secret: unchanged (secret)']);
    expect(steps[2]!.lines).toEqual(['accessToken: changed (secret)']);
    expect(JSON.stringify(steps)).not.toMatch(/very-secret|another-secret|hush/);
    expect(await showProperty(setup, name)).toEqual(before);
  });

  test('leaves alone what it does not mention', async () => {
    await apply(fileOf(name));
    await pauseDestination(setup, name, 'Main pixel', 'Moving.');
    const before = await showProperty(setup, name);
    const less = `properties: [{name: ${name}, destinations: [{name: Main pixel, platform: meta}]}, {name: ${name} b}]`;
    expect(actions(await apply(less))).toEqual(['keep', 'keep', 'create']);
    expect(await showProperty(setup, name)).toEqual(before);
  });

  test('null takes a setting away', async () => {
    await apply(fileOf(name));
    await apply(fileOf(name).replace('defaultCurrency: USD', 'defaultCurrency: null').replace('secret: {fromEnv: KMA_SECRET}', 'secret: null'));
    expect((await showProperty(setup, name)).integrations[0]).toMatchObject({ secret: null, settings: { clickIdSlot: 'data4', holdMs: 86_400_000 } });
  });

  test.each<[string, (text: string) => string, string, string]>([
    ['a secret in clear', (text) => text.replace('{fromEnv: META_TOKEN}', 'EAAB-in-clear'), 'file_invalid', 'line 18'],
    ['a secret as a plain setting', (text) => text.replace('pixelId:', 'accessToken: EAAB-in-clear\n          pixelId:'), 'setting_is_secret', 'line 13'],
    ['a word too many', (text) => text.replace('network: kma', 'network: kma\n        colour: red'), 'file_invalid', 'line 6'],
    ['an unknown network', (text) => text.replace('network: kma', 'network: kmb'), 'network_unknown', 'line 5'],
    ['a wrong setting', (text) => text.replace('data4', 'data9'), 'setting_invalid', 'line 5'],
    ['broken YAML', (text) => `${text}\n  - [`, 'file_invalid', 'line'],
    ['no properties', () => 'property: []', 'file_invalid', 'line 1'],
    ['a destination twice', (text) => text + text.slice(text.indexOf('      - name: Main')), 'file_invalid', 'line 13'],
  ])('with %s changes nothing and says where', async (_what, broken, code, line) => {
    const error = await plan(broken(fileOf(name))).then(() => null, (reason: unknown) => reason as Error & { code: string });
    expect(error).toMatchObject({ code, message: expect.stringContaining(line) });
    expect(error?.message).not.toContain('EAAB');
    await expect(showProperty(setup, name)).rejects.toMatchObject({ code: 'property_not_found' });
  });

  test('does not move a destination to another platform', async () => {
    await apply(fileOf(name));
    await expect(plan(fileOf(name).replace('platform: meta', 'platform: tiktok'))).rejects.toMatchObject({ code: 'platform_fixed' });
    expect(await listDestinations(setup, name)).toHaveLength(1);
  });
});
