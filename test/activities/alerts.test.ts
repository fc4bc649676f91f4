import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createActivities } from '../../activities/create.ts';
import { createHttp } from '../../activities/http.ts';
import type { Conversion } from '../../domain/conversion.ts';
import { pauseDestination } from '../../setup/destinations.ts';
import type { AlertDoc } from '../../store/alerts.ts';
import { startActivities } from './harness.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SECRET = 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0wMQ==';
const RECEIVER = 'https://receiver.example/hook';

let world: Awaited<ReturnType<typeof startActivities>>;
beforeAll(async () => void (world = await startActivities({ platforms: ['meta', 'tiktok'] })));
afterAll(() => world.close());

const alertsIn = () => world.store.db.collection<AlertDoc>('alerts');
const collections = ['alerts', 'checks', 'conversions', 'postbacks'];
beforeEach(async () => {
  for (const name of collections) await world.store.db.collection(name).deleteMany({});
  await world.reset();
  Object.assign(world.engine.config, { alertWebhookUrl: RECEIVER, alertWebhookSecret: SECRET });
});
afterEach(() => void Object.assign(world.engine.config, { alertUnattributedPercent: null, alertUnattributedLeast: 20, alertSilenceMs: null }));

const pass = () => world.activities().conversions.relayOnce();
const raised = () => alertsIn().find({}).sort({ _id: 1 }).toArray();
const kinds = async () => (await raised()).map(({ kind }) => kind);
type Message = { type: string; timestamp: string; data: { id: string; sentence: string; count: number } };
/** What the receiver took: it verifies every signature. */
const received = async () => (await world.sandbox.accepted('webhook')).map(({ eventId, counted, body }) => ({ id: eventId, counted, ...(body as Message) }));

/** Deliveries that the platform refuses for good, one for each call. */
async function rejections(count: number): Promise<() => Promise<void>> {
  const conversions: Conversion[] = [];
  for (let n = 0; n < count; n++) {
    await world.reset();
    conversions.push(await world.report('status=P'));
  }
  return async () => {
    await world.sandbox.fault({ platform: 'meta', answer: { code: 100 } });
    expect(await world.deliver(conversions.pop()!, 'meta')).toMatchObject({ state: 'failed' });
  };
}
const rejected = async () => (await rejections(1))();

describe('a destination', () => {
  async function refused() {
    const conversion = await world.report('status=P');
    await world.sandbox.fault({ platform: 'meta', answer: { code: 190 } });
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'parked' });
  }

  test('that a delivery pauses raises one alert, at once in the log and by the next pass at the webhook, signed', async () => {
    await refused();
    expect(world.logged.filter((line) => line.includes('destination paused'))).toHaveLength(1);
    await pass();
    await pass();
    const [alert] = await raised();
    expect(await raised()).toHaveLength(1);
    expect(alert).toMatchObject({ kind: 'destination_paused', level: 'error', tries: 1, count: 1, deliveredAt: expect.any(Date), nextTryAt: null, propertyId: world.engine.property._id });
    expect(await received()).toMatchObject([{ id: alert!._id, type: 'alert.destination_paused', data: { id: alert!._id, sentence: expect.stringContaining('"Main meta" was paused (190') } }]);
    expect(world.logged.filter((line) => line.includes('destination paused'))).toHaveLength(1);
  });

  test('whose pause was recorded by a process that died over it, or by an operator, raises it by the next pass', async () => {
    await pauseDestination(world.engine.setup, world.engine.property.name, 'Main meta', 'budget spent');
    await pass();
    expect(await received()).toMatchObject([{ type: 'alert.destination_paused', data: { sentence: expect.stringContaining('paused by an operator: budget spent') } }]);
  });

  test('that is active again raises one alert, whoever resumed it', async () => {
    await refused();
    await pass();
    await world.setDestination('meta', { state: 'active', paused: null });
    await pass();
    await pass();
    expect(await kinds()).toEqual(['destination_paused', 'destination_resumed']);
    expect((await received()).map(({ type }) => type)).toEqual(['alert.destination_paused', 'alert.destination_resumed']);
    await world.later(MINUTE);
    await refused();
    await pass();
    expect(await kinds()).toEqual(['destination_paused', 'destination_paused', 'destination_resumed']);
  });
});

describe('deliveries that fail or expire', () => {
  test('raise one alert an hour for each destination and code, counted, and summed up when the hour is over', async () => {
    const reject = await rejections(3);
    await reject();
    await pass();
    await reject();
    await reject();
    expect(world.logged.filter((line) => line.includes('"delivery failed"'))).toHaveLength(1);
    await pass();
    expect(await raised()).toMatchObject([{ kind: 'delivery_failed', count: 3, sentCount: 1 }]);

    await world.later(HOUR);
    await pass();
    await pass();
    const messages = await received();
    expect(messages.map(({ type, data }) => [type, data.count])).toEqual([['alert.delivery_failed', 1], ['alert.delivery_failed', 1]]);
    expect(await raised()).toMatchObject([{ count: 3 }, { kind: 'delivery_failed', sentence: expect.stringMatching(/^3 in the hour from .*\. The first one: Lead to Meta/) }]);
  });

  test('another hour is another alert', async () => {
    const reject = await rejections(2);
    await reject();
    await world.later(HOUR);
    await reject();
    expect(await kinds()).toEqual(['delivery_failed', 'delivery_failed']);
  });

  test('one that expires while nobody attempts it raises it, too', async () => {
    const conversion = await world.report('status=P');
    await world.later(400 * 24 * HOUR);
    const open = () => world.activities().conversions.openConversion({ conversionId: conversion.id, ...world.engine.parts(conversion.id), postbackIds: [], reason: 'timer' });
    await open();
    await open();
    expect((await raised()).map(({ kind, count }) => [kind, count])).toEqual([['delivery_expired', 1], ['delivery_expired', 1]]);
  });
});

describe('the webhook', () => {
  test('is told again, with the same id and message, until it takes it; the wait between grows', async () => {
    await rejected();
    const waits: number[] = [];
    await world.sandbox.fault({ platform: 'webhook', times: 3, answer: { status: 500, body: {} } });
    for (let n = 0; n < 3; n++) {
      await pass();
      const [alert] = await raised();
      expect(alert).toMatchObject({ tries: n + 1, deliveredAt: null, lastError: 'It answered 500.' });
      waits.push(alert!.nextTryAt!.getTime() - world.now());
      await pass();
      expect((await raised())[0]!.tries).toBe(n + 1);
      await world.later(waits.at(-1)! + 1000);
    }
    expect(waits[2]).toBeGreaterThan(waits[0]!);
    await pass();
    expect((await raised())[0]).toMatchObject({ tries: 4, deliveredAt: expect.any(Date), nextTryAt: null, lastError: null });
    const sent = await world.sandbox.requests('webhook');
    expect(new Set(sent.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect((await received()).map(({ counted }) => counted)).toEqual([true]);
  });

  test('is told again where its answer was lost; by the id it knows the repeat, although more was counted meanwhile', async () => {
    await rejected();
    await world.sandbox.fault({ platform: 'webhook', answer: { reset: true }, afterAccept: true });
    await pass();
    await alertsIn().updateOne({}, { $inc: { count: 5 } });
    await world.later(3 * MINUTE);
    await pass();
    expect((await received()).map(({ counted }) => counted)).toEqual([true, false]);
    expect((await raised())[0]).toMatchObject({ deliveredAt: expect.any(Date), sentCount: 1, count: 6 });
  });

  test('that takes nothing is asked once a pass, and given up after days', async () => {
    await rejected();
    await pauseDestination(world.engine.setup, world.engine.property.name, 'Main meta', 'pause');
    await world.sandbox.fault({ platform: 'webhook', times: 100, answer: { status: 503, body: {} } });
    await pass();
    expect(await world.sandbox.requests('webhook')).toHaveLength(1);
    await world.later(world.engine.config.alertSendForMs + MINUTE);
    for (let n = 0; n < 4; n++) await pass();
    const old = (await raised()).filter(({ at }) => at.getTime() < world.now() - HOUR);
    expect(old.map(({ nextTryAt, lastError }) => [nextTryAt, lastError])).toEqual([[null, 'It answered 503.'], [null, 'It answered 503.']]);
  });

  test('that is set up later is not told of what was before', async () => {
    world.engine.config.alertWebhookUrl = null;
    await rejected();
    await pass();
    world.engine.config.alertWebhookUrl = RECEIVER;
    await pass();
    expect(await received()).toEqual([]);
    expect(await kinds()).toEqual(['delivery_failed']);
  });

  describe('in a private network', () => {
    const got: { headers: IncomingHttpHeaders; text: string }[] = [];
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => { got.push({ headers: request.headers, text }); response.end(); });
    });
    beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
    afterAll(() => void server.close());

    async function passTo(webhookAllowPrivate: boolean) {
      const { deps } = world.engine;
      const config = { ...deps.config, sandboxOrigin: null, webhookAllowPrivate, alertWebhookUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/private?token=abc` };
      const http = createHttp(config);
      await createActivities({ ...deps, http, config, now: world.now }).conversions.relayOnce();
      await http.close();
    }

    test('is refused unless allowed, and the record does not hold its address', async () => {
      await rejected();
      await passTo(false);
      expect(got).toEqual([]);
      const [alert] = await raised();
      expect(alert).toMatchObject({ tries: 1, deliveredAt: null, lastError: expect.stringContaining('WEBHOOK_ALLOW_PRIVATE') });
      expect(JSON.stringify(alert)).not.toContain('token=abc');

      await world.later(3 * MINUTE);
      await passTo(true);
      expect(got).toHaveLength(1);
      expect(new Webhook(SECRET).verify(got[0]!.text, got[0]!.headers as Record<string, string>)).toMatchObject({ type: 'alert.delivery_failed', data: { id: alert!._id } });
    });
  });
});

describe('the figures', () => {
  const postback = (receivedAtMs: number) => world.engine.postback(`orderid=${receivedAtMs}&status=P`, { signal: false, receivedAtMs });

  test('postbacks without an outcome for longer than the limit raise an alert an hour, with their number and age', async () => {
    await postback(world.now() - 9 * MINUTE);
    await pass();
    expect(await kinds()).toEqual([]);
    await world.later(3 * MINUTE);
    await postback(world.now() - 2 * MINUTE);
    await pass();
    await pass();
    expect(await raised()).toMatchObject([{ kind: 'relay_age', sentence: expect.stringMatching(/^1 postbacks have no outcome yet, the oldest since 20/) }]);
    await world.later(HOUR);
    await pass();
    expect(await raised()).toMatchObject([{ kind: 'relay_age' }, { kind: 'relay_age', sentence: expect.stringMatching(/^2 postbacks/) }]);
  });

  const conversions = (count: number, attribution: string, createdAtMs: number, network = 'kma') =>
    world.store.db.collection<{ _id: string }>('conversions').insertMany(Array.from({ length: count }, (_, n) => ({
      _id: `${world.engine.property._id}/${network}/order:${attribution}${createdAtMs}-${n}`, propertyId: world.engine.property._id, network, attribution,
      createdAt: new Date(createdAtMs), waitingFor: [], deliveries: [], dueAt: null, parkedDestinations: [], openDestinations: [],
    })));

  test('a share without a click over the limit raises one alert a day; what still waits, and other networks, do not count', async () => {
    Object.assign(world.engine.config, { alertUnattributedPercent: 20 });
    const day = world.now() - 36 * HOUR;
    await conversions(24, 'matched', day);
    await conversions(6, 'unattributed', day);
    await conversions(50, 'unattributed', day, 'generic');
    await conversions(50, 'unattributed', world.now() - 2 * HOUR);
    await pass();
    expect(await kinds()).toEqual([]);
    await conversions(1, 'unattributed', day + 1);
    await pass();
    expect(await kinds()).toEqual([]); // It was looked at in this hour.
    await world.later(HOUR);
    await pass();
    await world.later(HOUR);
    await pass();
    expect((await raised()).filter(({ kind }) => kind === 'unattributed_share').at(0)).toMatchObject({ sentence: expect.stringMatching(/^7 of 31 conversions of kma have no click \(23 %\)/) });
  });

  test('a share of few conversions raises none, nor does any where no limit is set', async () => {
    await conversions(19, 'unattributed', world.now() - 36 * HOUR);
    Object.assign(world.engine.config, { alertUnattributedPercent: 20 });
    await pass();
    await conversions(5, 'unattributed', world.now() - 35 * HOUR);
    Object.assign(world.engine.config, { alertUnattributedPercent: null });
    await world.later(HOUR);
    await pass();
    expect(await kinds()).toEqual([]);
  });

  test('an integration that falls silent raises one alert, one that never reported none', async () => {
    Object.assign(world.engine.config, { alertSilenceMs: 6 * HOUR, alertRelayAgeMs: 0 });
    await pass();
    expect(await kinds()).toEqual([]);
    await postback(world.now() + HOUR - 5 * HOUR);
    for (let n = 0; n < 4; n++) {
      await world.later(HOUR);
      await pass();
    }
    expect(await raised()).toMatchObject([{ kind: 'silence', count: 1, sentence: expect.stringMatching(/^kma has reported nothing since /) }]);
    Object.assign(world.engine.config, { alertRelayAgeMs: 10 * MINUTE });
  });
});
