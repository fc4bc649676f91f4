import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { destinations } from '../../destinations/catalog.ts';
import { sandboxDestinations } from '../../dev/sandbox/destinations.ts';
import { destinationContext, open } from '../../store/secrets.ts';
import { startActivities } from './harness.ts';

/**
 * Each adapter against a stand-in of its platform that somebody else wrote from the same documentation: what one of them
 * misread shows here.
 */

const DAY = 86_400_000;

/** What every ad platform puts on a landing page's address or into a cookie. */
const ids = {
  fbclid: 'IwAR0SampleFbclid', gclid: 'Cj0SampleGclid', ttclid: 'E.C.P.SampleTtclid', msclkid: '0123456789abcdef0123456789abcdef',
  ScCid: '3f2b1c9e-0a6b-4a55-9d7e-2b7c6f0c1d11', epik: 'dj0yJnU9SampleEpik', rdt_cid: '4962891204381234567', twclid: '2v3k9pq8r7s6t5u4v3w2x1y0z',
  li_fat_id: '0f8fad5b-d9cb-469f-a165-70867728950e', tblci: `GiB${'a1B2'.repeat(20)}`, obclid: 'v1-0123456789abcdef-00fedcba98765432', oppref: 'op_SampleRef',
  ga_client_id: '1098115397.1763458000', ga_session_id: '1763458000',
} as const;

let world: Awaited<ReturnType<typeof startActivities>>;
beforeAll(async () => void (world = await startActivities({ platforms: [...destinations.keys()], click: { ids } })));
afterAll(() => world.close());
beforeEach(() => world.reset());

const platforms = [...new Set(sandboxDestinations.map(({ platform }) => platform))];
const finished = (platform: string) => (destinations.get(platform)?.result ? 'accepted' : 'delivered');
const refused = async (platform: string) => (await world.sandbox.requests(platform as never)).filter(({ valid, status }) => valid === false || (status ?? 500) >= 400);

test('every platform of the catalog has a stand-in', () => {
  expect(platforms.toSorted()).toEqual([...destinations.keys()].toSorted());
});

describe.each(platforms)('%s', (platform) => {
  test('takes a Lead, then the Purchase of the same order, and counts both', async () => {
    const pending = await world.report('status=P&sum=1200&currency=USD');
    expect(await world.deliver(pending, platform)).toMatchObject({ state: finished(platform) });
    const approved = await world.report('status=A&sum=1200.50&currency=USD');
    expect(await world.deliver(approved, platform, 'event', 'Purchase')).toMatchObject({ state: finished(platform) });
    expect(await refused(platform)).toEqual([]);
    const accepted = await world.sandbox.accepted(platform as never);
    // A tracker holds one conversion for both and moves its status on.
    expect(accepted.filter(({ counted, adjusted }) => counted || adjusted)).toHaveLength(2);
    expect(accepted.at(-1)).toMatchObject({ value: 1200.5, currency: 'USD' });
  });

  test('counts an event once that is sent twice', async () => {
    const { dedupeWindowMs } = destinations.get(platform)!;
    const approved = await world.report('status=A&sum=10&currency=USD');
    await world.sandbox.fault({ platform: platform as never, answer: { reset: true }, afterAccept: true });
    expect(await world.deliver(approved, platform)).toMatchObject({ waits: expect.any(String) });
    await world.later(60_000);
    const again = await world.deliver(approved, platform);
    const counted = (await world.sandbox.accepted(platform as never)).filter((event) => event.counted);
    expect(counted).toHaveLength(1);
    // Where the platform knows no repeats, it is held back for a person.
    expect(again).toMatchObject({ state: dedupeWindowMs > 0 ? finished(platform) : 'failed' });
  });

  test('is asked whether the settings work, and nothing is counted', async () => {
    const { checkDestination } = await import('../../setup/destination-check.ts');
    const doc = await world.destination(platform);
    const result = await checkDestination(world.engine.setup, doc, (request) => world.engine.deps.http.send(request));
    expect(result).toMatchObject({ state: destinations.get(platform)!.check || destinations.get(platform)!.authorise ? 'passed' : 'unavailable' });
    expect(await world.sandbox.accepted(platform as never)).toEqual([]);
  });
});

describe.each(platforms.filter((platform) => destinations.get(platform)!.reversal))('%s, after a rejection', (platform) => {
  const { notBeforeMs = 0 } = destinations.get(platform)!.reversal!;

  test('takes back what it was told, once the platform may be told', async () => {
    const approved = await world.report('status=A&sum=10&currency=USD');
    await world.deliver(approved, platform);
    if (finished(platform) === 'accepted') {
      await world.later(DAY / 24);
      const { key } = await world.delivery(approved, platform);
      await new MockActivityEnvironment().run(world.activities().deliveries.pollDelivery, { conversionId: approved.id, deliveryKey: key });
    }
    const rejected = await world.report('status=D&sum=10&currency=USD');
    if (notBeforeMs > 0) {
      expect(await world.deliver(rejected, platform, 'retract')).toMatchObject({ waits: 'too_early' });
      await world.later(notBeforeMs);
    }
    expect(await world.deliver(rejected, platform, 'retract')).toMatchObject({ state: finished(platform) });
    expect(await refused(platform)).toEqual([]);
    // A receiver of webhooks gets a message of its own.
    expect((await world.sandbox.accepted(platform as never)).at(-1)).toMatchObject(platform === 'webhook' ? { event: 'conversion.retracted' } : { adjusted: true });
  });
});

test('a refresh token that the platform rotated is kept in place of the old one, under the same version of the settings', async () => {
  const before = await world.destination('microsoft-offline');
  const conversion = await world.report('status=P');
  expect(await world.deliver(conversion, 'microsoft-offline')).toMatchObject({ state: 'delivered' });
  const after = await world.destination('microsoft-offline');
  expect(after.version).toBe(before.version);
  const tokenIn = (doc: typeof before): string => JSON.parse(open(world.engine.keys, doc.secrets, destinationContext(doc._id))).refreshToken;
  expect(tokenIn(before)).toBe('sandbox-microsoft-refresh-token');
  expect(tokenIn(after)).toMatch(/.+/);
  expect(tokenIn(after)).not.toBe(tokenIn(before));
  // What was renewed is good for the next token.
  await world.later(2 * 3_600_000);
  const approved = await world.report('status=A&sum=10&currency=USD');
  expect(await world.deliver(approved, 'microsoft-offline', 'event', 'Purchase')).toMatchObject({ state: 'delivered' });
});

test('a wbraid conversion is not taken back at Google Ads, which cannot, and the delivery says so', async () => {
  world.useClick({ ids: { wbraid: 'CjSampleWbraid' } });
  await world.reset();
  const approved = await world.report('status=A&sum=10&currency=USD');
  expect(await world.deliver(approved, 'google-ads')).toMatchObject({ state: 'delivered' });
  const rejected = await world.report('status=D');
  await world.later(DAY);
  expect(await world.deliver(rejected, 'google-ads', 'retract')).toMatchObject({ state: 'skipped', note: expect.stringMatching(/wbraid/) });
  world.useClick({ ids });
});
