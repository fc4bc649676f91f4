import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Http } from '../../activities/http.ts';
import { createActivities } from '../../activities/create.ts';
import { destinationFacts } from '../../activities/destination-facts.ts';
import { outboundEvent } from '../../activities/outbound-event.ts';
import { targetOf } from '../../destinations/targets.ts';
import { webhook } from '../../destinations/webhook/webhook.ts';
import type { Conversion, Delivery } from '../../domain/conversion.ts';
import { checkDestination } from '../../setup/destination-check.ts';
import { openSecrets } from '../../setup/destinations.ts';
import { startActivities } from './harness.ts';

/** Corrections that wait, come too late, or are not wanted any more; and tokens that two deliveries renew at once. */

const HOUR = 3_600_000;
const ids = { gclid: 'Cj0SampleGclid', msclkid: '0123456789abcdef0123456789abcdef', ga_client_id: '1098115397.1763458000' };

let world: Awaited<ReturnType<typeof startActivities>>;
beforeAll(async () => void (world = await startActivities({ platforms: ['google-ads', 'ga4', 'microsoft-offline', 'webhook'], click: { ids } })));
afterAll(() => world.close());
beforeEach(() => world.reset());

async function takenBack(platform: string) {
  const approved = await world.report('status=A&sum=10&currency=USD');
  expect(await world.deliver(approved, platform)).toMatchObject({ state: 'delivered' });
  return world.report('status=D&sum=10&currency=USD');
}

const set = (conversionId: string, which: Record<string, unknown>, fields: Record<string, unknown>) => world.store.db.collection<{ _id: string }>('conversions').updateOne(
  { _id: conversionId }, { $set: Object.fromEntries(Object.entries(fields).map(([name, value]) => [`deliveries.$[d].${name}`, value])) },
  { arrayFilters: [which] },
);

test('a correction that waits for its day is not overdue when the record is read again meanwhile', async () => {
  const rejected = await takenBack('google-ads');
  expect(await world.deliver(rejected, 'google-ads', 'retract')).toMatchObject({ waits: 'too_early' });
  await world.report('status=D&sum=10&currency=USD');
  expect((await world.delivery(rejected, 'google-ads', 'retract')).actsByMs).toBeGreaterThan(world.now() + 23 * HOUR);
});

test('a correction that waits for its original is due after it, not before', async () => {
  const approved = await world.report('status=A&sum=10&currency=USD');
  const { key } = await world.delivery(approved, 'google-ads');
  const openUntilMs = world.now() + HOUR;
  await set(approved.id, { 'd.key': key }, { state: 'accepted', attempts: 1, receipt: 'r', actsByMs: openUntilMs });
  const rejected = await world.report('status=D&sum=10&currency=USD');
  expect((await world.delivery(rejected, 'google-ads')).actsByMs).toBe(openUntilMs);
  expect((await world.delivery(rejected, 'google-ads', 'retract')).actsByMs).toBeGreaterThan(openUntilMs);
});

test('a correction whose day comes after the deadline expires at once, with the reason', async () => {
  const rejected = await takenBack('google-ads');
  await set(rejected.id, { 'd.platform': 'google-ads', 'd.kind': 'retract' }, { deadlineAtMs: world.now() + HOUR });
  expect(await world.deliver(rejected, 'google-ads', 'retract')).toMatchObject({ state: 'expired', note: expect.stringMatching(/takes a correction from/) });
});

test('a correction may be sent no longer than the platform takes a change of its age', async () => {
  const rejected = await takenBack('ga4');
  const { deadlineAtMs, occurredAtMs } = await world.delivery(rejected, 'ga4', 'retract');
  expect(deadlineAtMs).toBe(occurredAtMs + 72 * HOUR);
});

test('a correction that was planned before corrections were switched off is not sent', async () => {
  const before = (await world.destination('webhook')).settings;
  await world.setDestination('webhook', { settings: { ...before, corrections: true } });
  const rejected = await takenBack('webhook');
  await world.setDestination('webhook', { settings: { ...before, corrections: false } });
  expect(await world.deliver(rejected, 'webhook', 'retract')).toMatchObject({ state: 'skipped' });
  expect(await world.sandbox.requests('webhook' as never)).toHaveLength(1);
  await world.setDestination('webhook', { settings: before });
});

const isToken = ({ url }: { url: string }): boolean => url.includes('/oauth2/v2.0/token');

test('deliveries that need a token at once exchange the refresh token once', async () => {
  let exchanges = 0;
  const counting: Http = { ...world.engine.deps.http, send: async (request) => {
    if (isToken(request)) {
      exchanges++;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    return world.engine.deps.http.send(request);
  } };
  world.useHttp(counting);
  const pending = await world.report('status=P');
  const approved = await world.report('status=A&sum=10&currency=USD');
  const told = await Promise.all([world.deliver(pending, 'microsoft-offline', 'event', 'Lead'), world.deliver(approved, 'microsoft-offline', 'event', 'Purchase')]);
  expect(told).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }]);
  expect(exchanges).toBe(1);
});

test('a refresh token that another worker renewed meanwhile is no reason to pause the destination', async () => {
  const pending = await world.report('status=P');
  const approved = await world.report('status=A&sum=10&currency=USD');
  const { deps } = world.engine;
  const other = createActivities(deps);
  const key = (await world.delivery(pending, 'microsoft-offline', 'event', 'Lead')).key;
  let raced = false;
  world.useHttp({
    ...deps.http,
    send: async (request) => {
      if (isToken(request) && !raced) {
        raced = true;
        expect(await other.deliveries.deliver({ conversionId: pending.id, deliveryKey: key })).toMatchObject({ state: 'delivered' });
        return { status: 400, headers: {}, body: '{"error":"invalid_grant","error_description":"The token was used already."}' };
      }
      return deps.http.send(request);
    },
  });
  expect(await world.deliver(approved, 'microsoft-offline', 'event', 'Purchase')).toMatchObject({ state: 'delivered' });
  expect(await world.destination('microsoft-offline')).toMatchObject({ state: 'active' });
});

test('what a webhook repeats of the buyer does not get into the reason of a delivery', async () => {
  const approved = await world.report('status=A&sum=10&currency=USD&email=Jane.Doe@Example.com');
  await world.store.db.collection<{ _id: string }>('conversions').updateOne({ _id: approved.id }, { $set: { 'user.email': 'Jane.Doe@Example.com', ip: '203.0.113.99' } });
  world.useHttp({ ...world.engine.deps.http, send: async () => ({ status: 400, headers: {}, body: 'no such user jane.doe@example.com (Jane.Doe@Example.com, jane.doe%40example.com) at 203.0.113.99' }) });
  const told = await world.deliver(approved, 'webhook');
  expect(told).toMatchObject({ state: 'failed' });
  expect(JSON.stringify([told, (await world.delivery(approved, 'webhook')).reason])).not.toMatch(/jane|203\.0\.113\.99/i);
});

test('the check of a destination keeps a refresh token that the platform rotated, and repeats no access token', async () => {
  const doc = await world.destination('microsoft-offline');
  const result = await checkDestination(world.engine.setup, doc, async (request) => isToken(request)
    ? { status: 200, headers: {}, body: '{"access_token":"access-7777","refresh_token":"rotated-8888","expires_in":3600}' }
    : { status: 500, headers: {}, body: 'failed for access-7777 and rotated-8888' });
  expect(result.message).not.toMatch(/7777|8888/);
  const after = await world.destination('microsoft-offline');
  expect(openSecrets(world.engine.setup, after)).toMatchObject({ refreshToken: 'rotated-8888' });
  expect(after.version).toBe(doc.version);
});

test('the event of the policy for rejections has no original: it is none of its corrections', () => {
  const base = { user: {}, deliveries: [{ key: 'k', sent: { clickId: 'c' } }] } as unknown as Conversion;
  expect(outboundEvent(base, { kind: 'custom', corrects: 'k' } as Delivery, null).original).toBeNull();
  expect(outboundEvent(base, { kind: 'retract', corrects: 'k' } as Delivery, null).original).toMatchObject({ identifiers: { clickId: 'c' } });
});

test('an event named like something that every object has goes out under its own name, to the target of all events', async () => {
  const { name } = destinationFacts(await world.destination('webhook'), webhook).outbound('constructor', {} as Conversion) as { name: string };
  expect(name).toBe('constructor');
  expect(targetOf({ name: 'constructor', event: 'toString' }, { Lead: '1' }, '2')).toBe('2');
});
