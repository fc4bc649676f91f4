import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Http } from '../../activities/http.ts';
import { startActivities, type Told } from './harness.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let world: Awaited<ReturnType<typeof startActivities>>;
beforeAll(async () => void (world = await startActivities()));
afterAll(() => world.close());
beforeEach(() => world.reset());

const pending = () => world.report('status=P');
const ingest = async () => (await world.sandbox.requests('google-data-manager')).filter(({ method }) => method === 'POST');

test('an attempt is recorded, and the delivery in flight, before the request leaves', async () => {
  const conversion = await pending();
  let before: unknown;
  world.useHttp({
    ...world.engine.deps.http,
    send: async (request) => {
      const [attempts, { attempts: count, inFlightSinceMs }] = await Promise.all([world.attempts(conversion, 'meta'), world.delivery(conversion, 'meta')]);
      before = { requests: await world.sandbox.requests('meta'), attempts, count, isInFlight: inFlightSinceMs !== null };
      return world.engine.deps.http.send(request);
    },
  });
  expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'delivered' });
  expect(before).toMatchObject({ requests: [], attempts: [{ number: 1, endedAt: null, outcome: null }], count: 1, isInFlight: true });
  expect(await world.attempts(conversion, 'meta')).toMatchObject([{ number: 1, endedAt: expect.any(Date), outcome: { kind: 'delivered' }, response: { status: 200 } }]);
  expect(await world.delivery(conversion, 'meta')).toMatchObject({ state: 'delivered', inFlightSinceMs: null, unknownSinceMs: null, flags: [] });
});

test('a second attempt waits while the first may still be under way, and sends nothing', async () => {
  const conversion = await pending();
  let arrived!: () => void;
  let release!: () => void;
  const underWay = new Promise<void>((resolve) => (arrived = resolve));
  const gate = new Promise<void>((resolve) => (release = resolve));
  world.useHttp({ ...world.engine.deps.http, send: async (request) => (arrived(), await gate, world.engine.deps.http.send(request)) });
  const first = world.deliver(conversion, 'meta');
  await underWay;
  const second = await world.deliver(conversion, 'meta');
  expect(second).toEqual({ waits: 'attempt_under_way', ms: expect.any(Number) });
  expect((second as { ms: number }).ms).toBeLessThanOrEqual(20_000);
  release();
  expect(await first).toMatchObject({ state: 'delivered' });
  expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'delivered' });
  expect(await world.sandbox.requests('meta')).toHaveLength(1);
  expect(await world.attempts(conversion, 'meta')).toHaveLength(1);
});

describe('after an attempt with unknown outcome', () => {
  /** The platform takes the event, and the connection breaks before it says so. */
  async function lostAnswer() {
    const conversion = await pending();
    await world.sandbox.fault({ platform: 'meta', answer: { reset: true }, afterAccept: true });
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ waits: expect.any(String) });
    expect(await world.sandbox.accepted('meta')).toHaveLength(1);
    expect((await world.delivery(conversion, 'meta')).unknownSinceMs).not.toBeNull();
    return conversion;
  }

  test('it is sent again with the same event id inside the dedupe window, flagged, and counts once', async () => {
    const conversion = await lostAnswer();
    await world.later(47 * HOUR);
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'delivered' });
    const accepted = await world.sandbox.accepted('meta');
    expect(accepted).toHaveLength(2);
    expect(new Set(accepted.map(({ eventId }) => eventId))).toEqual(new Set([conversion.deliveries.find((d) => d.platform === 'meta')!.eventId]));
    expect(accepted.filter(({ counted }) => counted)).toHaveLength(1);
    expect(await world.delivery(conversion, 'meta')).toMatchObject({ state: 'delivered', attempts: 2, flags: ['sent_again'] });
  });

  test('it is held back beyond the dedupe window, as failed, where the policy is to hold', async () => {
    const conversion = await lostAnswer();
    await world.later(49 * HOUR);
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'failed' });
    expect(await world.delivery(conversion, 'meta')).toMatchObject({ code: 'outcome_unknown', attempts: 1, flags: ['outcome_unknown'] });
    expect(await world.sandbox.requests('meta')).toHaveLength(1);
  });

  test('it is sent again beyond the dedupe window, flagged, where the policy is to resend', async () => {
    const conversion = await lostAnswer();
    await world.setDestination('meta', { 'policy.unknownOutcome': 'resend' });
    await world.later(49 * HOUR);
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'delivered' });
    expect(await world.delivery(conversion, 'meta')).toMatchObject({ attempts: 2, flags: ['sent_again'] });
    expect(await world.sandbox.requests('meta')).toHaveLength(2);
  });

  test('a process that died under its attempt leaves it so: the next one waits, then is flagged as sent again', async () => {
    const conversion = await pending();
    await world.store.db.collection<{ _id: string }>('conversions').updateOne(
      { _id: conversion.id }, { $set: { 'deliveries.$[d].inFlightSinceMs': world.now(), 'deliveries.$[d].attempts': 1 } }, { arrayFilters: [{ 'd.platform': 'meta' }] },
    );
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ waits: 'attempt_under_way' });
    await world.later(21_000);
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'delivered' });
    expect(await world.delivery(conversion, 'meta')).toMatchObject({ attempts: 2, flags: ['sent_again'] });
  });

  test('a request that timed out is one', async () => {
    const conversion = await pending();
    await world.sandbox.fault({ platform: 'meta', answer: { hang: true } });
    const http = world.http({ platformTimeoutMs: 200 });
    world.useHttp(http);
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ waits: 'timeout' });
    expect((await world.delivery(conversion, 'meta')).unknownSinceMs).not.toBeNull();
    expect(await world.attempts(conversion, 'meta')).toMatchObject([{ response: null, outcome: { kind: 'retry', code: 'timeout' } }]);
    await http.close();
  });

  test('a connection that was never made is none: the next attempt is not flagged', async () => {
    const conversion = await pending();
    const http = world.http({ sandboxOrigin: 'http://127.0.0.1:1' });
    world.useHttp(http);
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ waits: 'ECONNREFUSED' });
    expect((await world.delivery(conversion, 'meta')).unknownSinceMs).toBeNull();
    world.useHttp(world.engine.deps.http);
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'delivered' });
    expect(await world.delivery(conversion, 'meta')).toMatchObject({ attempts: 2, flags: [] });
    await http.close();
  });
});

describe('time', () => {
  test('an event that is too old for the platform expires without a request', async () => {
    const conversion = await pending();
    await world.later(8 * DAY);
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'expired' });
    expect(await world.delivery(conversion, 'meta')).toMatchObject({ code: 'too_old', attempts: 0 });
    expect(await world.sandbox.requests('meta')).toEqual([]);
    expect(await world.attempts(conversion, 'meta')).toEqual([]);
  });

  test('a wait that is longer than the time left expires at once, with the words of the platform', async () => {
    const conversion = await pending();
    await world.sandbox.fault({
      platform: 'meta',
      answer: { status: 429, headers: { 'retry-after': String(8 * 86_400) }, body: { error: { code: 4, message: 'Application request limit reached' } } },
    });
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'expired', note: expect.stringContaining('Application request limit reached') });
    expect(await world.delivery(conversion, 'meta')).toMatchObject({ code: '4', attempts: 1 });
  });

  test('a wait that the platform names is waited exactly', async () => {
    const conversion = await pending();
    await world.sandbox.fault({ platform: 'tiktok', answer: { status: 429, headers: { 'retry-after': '3600' }, body: '' } });
    expect(await world.deliver(conversion, 'tiktok')).toMatchObject({ ms: HOUR });
  });
});

describe('refused credentials', () => {
  const refused = { status: 401, body: { error: { code: 401, status: 'UNAUTHENTICATED', message: 'Request had invalid authentication credentials.' } } };
  const tokenRequests = async () => (await world.sandbox.requests('google-oauth')).length;

  test('an access token that is refused is replaced once, and the event goes out in the same attempt', async () => {
    const conversion = await pending();
    await world.sandbox.fault({ platform: 'google-data-manager', answer: refused });
    expect(await world.deliver(conversion, 'google-data-manager')).toMatchObject({ state: 'accepted' });
    expect(await tokenRequests()).toBe(2);
    expect((await ingest()).map(({ status }) => status)).toEqual([401, 200]);
    expect((await world.delivery(conversion, 'google-data-manager')).attempts).toBe(1);
    expect((await world.destination('google-data-manager')).state).toBe('active');
  });

  test('a fresh access token that is refused too pauses the destination and parks the event', async () => {
    const conversion = await pending();
    await world.sandbox.fault({ platform: 'google-data-manager', answer: refused, times: 5 });
    expect(await world.deliver(conversion, 'google-data-manager')).toMatchObject({ state: 'parked' });
    expect(await tokenRequests()).toBe(2);
    expect(await ingest()).toHaveLength(2);
    expect(await world.destination('google-data-manager')).toMatchObject({ state: 'paused', paused: { by: 'delivery' } });
  });

  test('a paused destination parks what comes without an attempt', async () => {
    const conversion = await pending();
    await world.setDestination('meta', { state: 'paused', paused: { code: '190', reason: 'the token was refused', by: 'delivery', at: new Date() } });
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'parked', note: expect.stringContaining('the token was refused') });
    expect(await world.delivery(conversion, 'meta')).toMatchObject({ code: '190', attempts: 0, endedAtMs: null });
    expect(await world.attempts(conversion, 'meta')).toEqual([]);
    expect(await world.sandbox.requests('meta')).toEqual([]);
  });

  test('several deliveries that are refused at once pause the destination once, with one alert', async () => {
    const conversion = await pending();
    await world.report('status=A&sum=5&currency=USD');
    await world.sandbox.fault({ platform: 'meta', answer: { code: '190' }, times: 2 });
    const now = await world.engine.conversion(conversion.id);
    const keys = now.deliveries.filter((d) => d.platform === 'meta').map((d) => d.key);
    expect(keys).toHaveLength(2);
    const { deliver } = world.activities().deliveries;
    const told = await Promise.all(keys.map((deliveryKey) => deliver({ conversionId: conversion.id, deliveryKey })));
    expect(told.map(({ state }) => state)).toEqual(['parked', 'parked']);
    expect(world.logged.filter((line) => line.includes('destination paused'))).toHaveLength(1);
  });

  test('a late refusal of old settings pauses nothing, and the event goes out with the new ones', async () => {
    const conversion = await pending();
    await world.sandbox.fault({ platform: 'meta', answer: { code: '190' } });
    const { version } = await world.destination('meta');
    world.useHttp({
      ...world.engine.deps.http,
      send: async (request) => {
        const response = await world.engine.deps.http.send(request);
        await world.setDestination('meta', { version: version + 1 });
        return response;
      },
    });
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ waits: 'destination_changed' });
    expect(await world.destination('meta')).toMatchObject({ state: 'active', paused: null });
    world.useHttp(world.engine.deps.http);
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'delivered' });
  });
});

describe('a correction', () => {
  const takenBack = async () => {
    const first = await pending();
    expect(await world.deliver(first, 'google-data-manager')).toMatchObject({ state: 'accepted' });
    return world.report('status=D');
  };
  const setOriginal = (id: string, fields: object) => world.store.db.collection<{ _id: string }>('conversions').updateOne(
    { _id: id }, { $set: Object.fromEntries(Object.entries(fields).map(([name, value]) => [`deliveries.$[d].${name}`, value])) },
    { arrayFilters: [{ 'd.platform': 'google-data-manager', 'd.kind': 'event' }] },
  );

  test('waits for the delivery of what it corrects, then uses the identifiers that were sent', async () => {
    const conversion = await takenBack();
    expect(await world.deliver(conversion, 'google-data-manager', 'retract')).toMatchObject({ waits: 'original_open' });
    expect(await ingest()).toHaveLength(1);
    await setOriginal(conversion.id, { state: 'delivered' });
    expect(await world.deliver(conversion, 'google-data-manager', 'retract')).toMatchObject({ state: 'accepted' });
    const bodies = (await ingest()).map(({ body }) => body as { events: { transactionId: string; conversionValue?: number }[] });
    expect(bodies[1]!.events[0]!.transactionId).toBe(bodies[0]!.events[0]!.transactionId);
    expect(bodies[1]!.events[0]!.conversionValue).toBe(0);
  });

  test('is cancelled without a request where what it corrects never went out', async () => {
    const conversion = await takenBack();
    await setOriginal(conversion.id, { state: 'failed', unknownSinceMs: null });
    expect(await world.deliver(conversion, 'google-data-manager', 'retract')).toMatchObject({ state: 'cancelled' });
    expect(await world.delivery(conversion, 'google-data-manager', 'retract')).toMatchObject({ code: 'nothing_to_correct', attempts: 0 });
    expect(await ingest()).toHaveLength(1);
  });
});

test('a platform that says it has the event already counts as delivered, flagged as a duplicate', async () => {
  const conversion = await pending();
  await world.sandbox.fault({ platform: 'tiktok', answer: { code: '40050' } });
  expect(await world.deliver(conversion, 'tiktok')).toMatchObject({ state: 'delivered' });
  expect(await world.delivery(conversion, 'tiktok')).toMatchObject({ flags: ['duplicate'], attempts: 1 });
});

test('a redirect is not followed', async () => {
  const conversion = await pending();
  const told: Told[] = [];
  const urls: string[] = [];
  const spy: Http = { ...world.engine.deps.http, send: (request) => (urls.push(request.url), world.engine.deps.http.send(request)) };
  world.useHttp(spy);
  await world.sandbox.fault({ platform: 'meta', answer: { status: 307, headers: { location: `${world.engine.config.sandboxOrigin}/business-api.tiktok.com/stolen` }, body: '' } });
  told.push(await world.deliver(conversion, 'meta'));
  expect(urls).toHaveLength(1);
  expect((await world.attempts(conversion, 'meta'))[0]!.response?.status).toBe(307);
  expect(await world.sandbox.requests('tiktok')).toEqual([]);
  expect(told[0]).not.toMatchObject({ state: 'delivered' });
});
