import { beforeEach, describe, expect, test } from 'vitest';
import { resealAll } from '../../setup/credentials.ts';
import { checkDestination } from '../../setup/destination-check.ts';
import { addDestination, findDestination, listDestinations, openSecrets, pauseDestination, resumeDestination, setDestination } from '../../setup/destinations.ts';
import { createProperty } from '../../setup/properties.ts';
import { pauseDestination as pauseInStore } from '../../store/destinations.ts';
import { newKeyText, parseKeys } from '../../store/secrets.ts';
import { platformAnswering, unasked, useSetup } from './session.ts';

const deps = useSetup();
const PIXEL = { name: 'Main pixel', platform: 'meta' };
const settings = { pixelId: '123456789012345' };
const secrets = { accessToken: 'EAAB-very-secret' };
const metaError = { error: { message: 'Malformed access token EAAB-very-secret', type: 'OAuthException', code: 190, fbtrace_id: 'x' } };

let site: string;
let count = 0;
beforeEach(async () => {
  site = (await createProperty(deps, { name: `Site ${(count += 1)}` }))._id;
});
const refusedByPlatform = async () => {
  const { _id, version } = await findDestination(deps, site, PIXEL.name);
  await pauseInStore(deps.db, _id, version, { code: '190', reason: 'The token expired.', by: 'delivery', at: new Date(0) });
};

describe('a destination', () => {
  test('keeps its secrets apart and sealed', async () => {
    const added = await addDestination(deps, site, PIXEL, { settings, secrets });
    expect(added).toMatchObject({ state: 'active', version: 1, settings: { ...settings }, policy: { onRejection: 'ignore', unknownOutcome: 'hold' } });
    expect(JSON.stringify(await listDestinations(deps, site))).not.toContain('very-secret');
    expect(added.settings).not.toHaveProperty('accessToken');
    expect(openSecrets(deps, added)).toEqual(secrets);
  });

  test('is refused where a setting is missing, unknown, misplaced or wrong, or the name or platform is', async () => {
    const add = (input: object, target = PIXEL) => addDestination(deps, site, target, input);
    await expect(add({ settings })).rejects.toMatchObject({ code: 'setting_missing', message: expect.stringContaining('accessToken') });
    await expect(add({ settings: { ...settings, colour: 'red' }, secrets })).rejects.toMatchObject({ code: 'setting_unknown' });
    await expect(add({ settings: { ...settings, ...secrets } })).rejects.toMatchObject({ code: 'setting_is_secret', message: expect.not.stringContaining('EAAB') });
    await expect(add({ secrets: { ...settings, ...secrets } })).rejects.toMatchObject({ code: 'setting_not_secret' });
    await expect(add({ settings: { pixelId: 'abc' }, secrets })).rejects.toMatchObject({ code: 'setting_invalid' });
    await expect(add({ settings, secrets, mapping: { Lead: { nme: 'x' } } })).rejects.toMatchObject({ code: 'setting_invalid' });
    await expect(add({ settings, secrets, policy: { unknownOutcome: 'maybe' } })).rejects.toMatchObject({ code: 'setting_invalid' });
    await expect(add({}, { name: 'x', platform: 'myspace' })).rejects.toMatchObject({ code: 'platform_unknown', message: expect.stringContaining('meta') });
    expect(await listDestinations(deps, site)).toEqual([]);
    await add({ settings, secrets });
    await expect(add({ settings, secrets })).rejects.toMatchObject({ code: 'name_taken' });
    await expect(findDestination(deps, site, 'nothing')).rejects.toMatchObject({ code: 'destination_not_found' });
  });

  test('changes what is stated, raises its version, and does neither where nothing changes', async () => {
    await addDestination(deps, site, PIXEL, { settings, secrets, mapping: { PageView: { send: false } } });
    expect(await setDestination(deps, site, PIXEL.name, { settings, secrets, policy: { onRejection: 'ignore' } }, unasked)).toMatchObject({ changed: false, destination: { version: 1 } });
    const input = { settings: { testEventCode: 'TEST1' }, mapping: { PageView: null, Lead: { name: 'Contact' } }, policy: { unknownOutcome: 'resend' as const } };
    expect(await setDestination(deps, site, PIXEL.name, input, unasked)).toMatchObject({ changed: true, resumed: false });
    expect(await findDestination(deps, site, PIXEL.name)).toMatchObject({
      version: 2, settings: { ...settings, testEventCode: 'TEST1' }, mapping: { Lead: { name: 'Contact' } }, policy: { onRejection: 'ignore', unknownOutcome: 'resend' },
    });
    await setDestination(deps, site, PIXEL.name, { settings: { testEventCode: null } }, unasked);
    const stored = await findDestination(deps, site, PIXEL.name);
    expect(stored.settings).not.toHaveProperty('testEventCode');
    expect(openSecrets(deps, stored)).toEqual(secrets);
  });

  test('paused by an operator stays paused until somebody resumes it, whatever settings come', async () => {
    await addDestination(deps, site, PIXEL, { settings, secrets });
    expect(await pauseDestination(deps, site, PIXEL.name, 'Moving.')).toMatchObject({ state: 'paused', paused: { reason: 'Moving.', by: 'operator' } });
    await expect(pauseDestination(deps, site, PIXEL.name, 'Again.')).rejects.toMatchObject({ code: 'destination_paused' });
    expect(await setDestination(deps, site, PIXEL.name, { secrets: { accessToken: 'other' } }, unasked)).toMatchObject({ changed: true, resumed: false, check: null });
    expect(await resumeDestination(deps, site, PIXEL.name)).toMatchObject({ state: 'active', paused: null });
    await expect(resumeDestination(deps, site, PIXEL.name)).rejects.toMatchObject({ code: 'destination_active' });
  });

  test('paused by a delivery is active again once new settings pass the check', async () => {
    await addDestination(deps, site, PIXEL, { settings, secrets });
    await refusedByPlatform();
    const refusing = platformAnswering(401, metaError);
    const first = await setDestination(deps, site, PIXEL.name, { settings: { testEventCode: 'TEST1' } }, refusing.send);
    expect(first).toMatchObject({ changed: true, resumed: false, check: { state: 'failed' } });
    expect(await findDestination(deps, site, PIXEL.name)).toMatchObject({ state: 'paused', version: 2 });
    const silent = () => Promise.reject(Object.assign(new Error('No whole answer within 10 ms.'), { code: 'timeout' }));
    expect(await setDestination(deps, site, PIXEL.name, { settings: { testEventCode: 'TEST2' } }, silent)).toMatchObject({ changed: true, resumed: false, check: { state: 'unanswered', code: 'timeout' } });
    expect(await findDestination(deps, site, PIXEL.name)).toMatchObject({ state: 'paused', version: 3 });
    const accepting = platformAnswering(200, { id: settings.pixelId, name: 'Pixel', events_received: 1 });
    const second = await setDestination(deps, site, PIXEL.name, { secrets: { accessToken: 'EAAB-new' } }, accepting.send);
    expect(second).toMatchObject({ changed: true, resumed: true, check: { state: 'passed' } });
    expect(accepting.requests).toHaveLength(1);
    expect(await findDestination(deps, site, PIXEL.name)).toMatchObject({ state: 'active', paused: null, version: 4 });
  });
});

describe('the check', () => {
  test('repeats no secret that the platform quotes, and survives a network that fails', async () => {
    const added = await addDestination(deps, site, PIXEL, { settings, secrets });
    const refused = await checkDestination(deps, added, platformAnswering(401, metaError).send);
    expect(refused.state).toBe('failed');
    expect(JSON.stringify(refused)).not.toContain('very-secret');
    const unreachable = await checkDestination(deps, added, async () => {
      throw Object.assign(new Error('No whole answer within 10 ms for EAAB-very-secret.'), { code: 'timeout' });
    });
    expect(unreachable).toMatchObject({ state: 'unanswered', code: 'timeout', message: expect.not.stringContaining('very-secret') });
  });
});

test('after rotation every secret is under the new key and the old key may go', async () => {
  const added = await addDestination(deps, site, PIXEL, { settings, secrets });
  const newKey = newKeyText('k2');
  const both = { first: 'k2', byId: new Map([...parseKeys(newKey).byId, ...deps.keys.byId]) };
  expect(await resealAll({ db: deps.db, keys: both })).toMatchObject({ missed: 0 });
  expect(await resealAll({ db: deps.db, keys: both })).toMatchObject({ resealed: 0, missed: 0 });
  const stored = await findDestination(deps, site, PIXEL.name);
  expect(openSecrets({ keys: parseKeys(newKey) }, stored)).toEqual(secrets);
  expect(stored).toMatchObject({ version: added.version, updatedAt: added.updatedAt });
});
