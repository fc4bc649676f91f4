import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createActivities } from '../../activities/create.ts';
import { conversionWorkflowId } from '../../contracts/conversion.ts';
import { searchAttributes } from '../../contracts/search-attributes.ts';
import { signalConversion } from '../../contracts/start.ts';
import type { Conversion, Delivery } from '../../domain/conversion.ts';
import type { AttemptDoc } from '../../store/documents.ts';
import { attemptsOf } from '../../store/attempts.ts';
import { createWorkers } from '../../worker/workers.ts';
import { startEngine, type Engine } from '../engine.ts';

/**
 * Waits of hours and weeks with everything real but the platforms: the workflow, the activities, the domain and the store,
 * on a server that skips time while nothing is to be done. Activities and sandbox have the server's clock.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const server = inject('timeSkippingServer');

describe.skipIf(server.path === null)('in skipped time, with the real domain', () => {
  let env: TestWorkflowEnvironment;
  let engine: Engine;
  let stopWorkers: () => Promise<void>;
  const clock = { nowMs: Date.now() };

  beforeAll(async () => {
    engine = await startEngine({ withWorkers: false, platforms: ['google-ads', 'meta', 'webhook'], now: () => clock.nowMs });
    env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path: server.path! } } });
    // This server takes search attributes that were added, but lists none: prepareNamespace asks for the list first.
    const types = Object.fromEntries(Object.values(searchAttributes).map(({ name, type }) => [name, { KEYWORD: 2, DATETIME: 6, KEYWORD_LIST: 7 }[type]]));
    await env.connection.operatorService.addSearchAttributes({ namespace: env.namespace ?? 'default', searchAttributes: types });
    const real = createActivities(engine.deps);
    const config = { ...engine.config, temporalNamespace: env.namespace ?? 'default' };
    const bundle = { workflowBundle: { codePath: inject('workflowBundlePath') } };
    const workers = await createWorkers(env.nativeConnection, config, bundle, { conversions: onTime(real.conversions), deliveries: onTime(real.deliveries) });
    const running = Promise.all(workers.map((worker) => worker.run()));
    stopWorkers = async () => {
      for (const worker of workers) worker.shutdown();
      await running;
    };
  });
  afterAll(async () => {
    await stopWorkers?.();
    await env?.teardown();
    await engine?.close();
  });

  async function setClock(): Promise<void> {
    clock.nowMs = await env.currentTimeMs();
    await engine.sandbox.settings({ clockOffsetMs: clock.nowMs - Date.now() });
  }

  /** Activities see the server's time, and so do the platforms that they call. */
  function onTime<A extends object>(activities: A): A {
    const calls = Object.entries(activities as Record<string, (input: unknown) => Promise<unknown>>);
    return Object.fromEntries(calls.map(([name, call]) => [name, async (input: unknown) => {
      await setClock();
      return call(input);
    }])) as A;
  }

  let serial = 0;
  /** A conversion of its own: its click, its reports, its run. */
  async function begin({ withClick = true } = {}) {
    await setClock();
    const n = String(++serial).padStart(3, '0');
    const [order, clickId] = [`7${n}`, `mz7yYainzaN6hkc52QV${n}`];
    const click = async () => {
      await setClock();
      await engine.click(clickId);
    };
    if (withClick) await click();
    let id = '';
    const signal = (message: Parameters<typeof signalConversion>[2]) => signalConversion(env.client.workflow, { conversionId: id, ...engine.parts(id) }, message);
    const startMs = clock.nowMs;
    const handle = () => env.client.workflow.getHandle(conversionWorkflowId(id));
    return {
      startMs, click, clickId, signal, handle,
      report: async (query: string): Promise<void> => {
        await setClock();
        id = await engine.postback(`orderid=${order}&data3=${clickId}&${query}`, { signal: false });
        const postback = (await engine.store.db.collection<{ _id: string }>('postbacks').find({ conversionId: id }).sort({ receivedAt: -1, _id: -1 }).toArray())[0]!;
        await signal({ postbackId: postback._id });
      },
      conversion: (): Promise<Conversion> => engine.conversion(id),
      /** Until the run has closed by itself: no time is skipped, so it may not wait for anything. */
      closed: () => expect.poll(async () => (await handle().describe()).status.name, { timeout: 20_000, interval: 20 }).toBe('COMPLETED'),
      /** Until the run has closed, skipping what it waits for; ms from the start of the story. Of a run that is closed, or closes, the server may go on to skip years. */
      closedAfterMs: async (): Promise<number> => {
        await handle().result();
        return (await handle().describe()).closeTime!.getTime() - startMs;
      },
      until: (holds: (conversion: Conversion) => boolean) => engine.until(id, holds),
      delivery: async (platform: string, kind: Delivery['kind'] = 'event'): Promise<Delivery | undefined> =>
        (await engine.conversion(id)).deliveries.find((d) => d.platform === platform && d.kind === kind),
      attempts: async (platform: string, keyPart = '/event/'): Promise<AttemptDoc[]> =>
        (await attemptsOf(engine.store.db, id)).filter((attempt) => attempt.platform === platform && attempt.deliveryKey.includes(keyPart)),
    };
  }
  const isDelivered = (platform: string) => (c: Conversion) => c.deliveries.some((d) => d.platform === platform && d.state === 'delivered');
  const expectAbout = (ms: number, expected: number) => {
    expect(ms).toBeGreaterThanOrEqual(expected);
    expect(ms).toBeLessThan(expected + 10 * MINUTE);
  };
  /** One destination at each platform: the sandbox has two webhooks. */
  const main = ({ deliveries }: Conversion) => deliveries.filter(({ destinationId }) => Object.values(engine.destinations).includes(destinationId));
  const states = (conversion: Conversion) => main(conversion).map(({ platform, event, kind, state }) => `${platform} ${event} ${kind} ${state}`).sort();

  test('a pending conversion sends its Leads at once and closes 60 days after its last applied report', async () => {
    const story = await begin();
    await story.report('status=P');
    await story.until((c) => c.deliveries.every((d) => d.state === 'delivered'));
    await env.sleep(40 * DAY);
    await story.report('status=hold');
    // A repeat is no news: it holds nothing open.
    await env.sleep(10 * DAY);
    await story.report('status=hold');
    expectAbout(await story.closedAfterMs(), 100 * DAY);
    const conversion = await story.conversion();
    expect(conversion.history.map(({ effect }) => effect)).toEqual(['applied', 'applied', 'duplicate']);
    expect(states(conversion)).toEqual(['google-ads Lead event delivered', 'meta Lead event delivered', 'webhook Lead event delivered']);
  });

  test('an approval after the hold has ended the run starts it anew, and sends only what is new', async () => {
    const story = await begin();
    await story.report('status=P');
    expectAbout(await story.closedAfterMs(), 60 * DAY);
    await story.report('status=A&sum=10&currency=USD');
    await story.closed();
    expect(main(await story.conversion()).map(({ event, attempts }) => `${event} ${attempts}`)).toEqual(['Lead 1', 'Lead 1', 'Lead 1', 'Purchase 1', 'Purchase 1', 'Purchase 1']);
  });

  test('Google Ads is asked again six hours after it said that the click is too recent, and takes the event once', async () => {
    const story = await begin();
    await engine.sandbox.fault({ platform: 'google-ads', match: { event: 'Purchase' }, answer: { code: 'TOO_RECENT_EVENT' } });
    await story.report('status=A&sum=10&currency=USD');
    expectAbout(await story.closedAfterMs(), 6 * HOUR);
    const attempts = await story.attempts('google-ads');
    expect(attempts.map(({ outcome }) => outcome?.kind)).toEqual(['retry', 'delivered']);
    expectAbout(attempts[1]!.startedAt.getTime() - attempts[0]!.startedAt.getTime(), 6 * HOUR);
  });

  test('Google Ads hears of a rejection a day after it took the event, not earlier, and without a refused attempt', async () => {
    const story = await begin();
    await story.report('status=A&sum=10&currency=USD');
    await story.until(isDelivered('google-ads'));
    await env.sleep(HOUR);
    await story.report('status=D');
    expectAbout(await story.closedAfterMs(), DAY);
    const [event, retract] = [await story.attempts('google-ads'), await story.attempts('google-ads', '/retract/')];
    expect(retract.map(({ outcome }) => outcome?.kind)).toEqual(['delivered']);
    expectAbout(retract[0]!.startedAt.getTime() - event[0]!.startedAt.getTime(), DAY);
  });

  test('a retraction that Google Ads still finds too early is tried again a day later', async () => {
    const story = await begin();
    await story.report('status=A&sum=10&currency=USD');
    await story.until(isDelivered('google-ads'));
    await env.sleep(2 * DAY);
    await engine.sandbox.fault({ platform: 'google-ads', match: { pathContains: 'uploadConversionAdjustments' }, answer: { code: 'TOO_RECENT_CONVERSION' } });
    await story.report('status=D');
    expectAbout(await story.closedAfterMs(), 3 * DAY);
    expect((await story.attempts('google-ads', '/retract/')).map(({ outcome }) => outcome?.kind)).toEqual(['retry', 'delivered']);
  });

  test('an approval within the day withdraws the retraction that waits, and Google Ads hears of neither', async () => {
    const story = await begin();
    await story.report('status=A&sum=10&currency=USD');
    await story.until(isDelivered('google-ads'));
    await env.sleep(HOUR);
    await story.report('status=D');
    await story.until((c) => c.deliveries.some((d) => d.kind === 'retract'));
    await env.sleep(HOUR);
    await story.report('status=A');
    await story.closed();
    expect(states(await story.conversion())).toContain('google-ads Purchase retract cancelled');
    expect(await story.attempts('google-ads', '/retract/')).toEqual([]);
    expect(await story.attempts('google-ads')).toHaveLength(1);
  });

  test('a rejection 53 days after the event is told to Google Ads, one after 54 days is flagged and the event stands', async () => {
    const inTime = await begin();
    await inTime.report('status=A&sum=10&currency=USD');
    await inTime.closed();
    const late = await begin();
    await late.report('status=A&sum=10&currency=USD');
    await late.closed();

    await env.sleep(53 * DAY);
    await inTime.report('status=D');
    await inTime.closed();
    expect(await inTime.delivery('google-ads', 'retract')).toMatchObject({ state: 'delivered', attempts: 1 });

    await env.sleep(DAY);
    await late.report('status=D');
    await late.closed();
    expect(await late.delivery('google-ads', 'retract')).toBeUndefined();
    expect(await late.delivery('google-ads')).toMatchObject({ state: 'delivered', flags: ['reversal_too_late'] });
  });

  test('a retraction that the platform keeps refusing ends as expired when the 54 days are over, and the run closes', async () => {
    const story = await begin();
    await story.report('status=A&sum=10&currency=USD');
    await story.closed();
    await env.sleep(52 * DAY);
    await engine.sandbox.fault({ platform: 'google-ads', match: { pathContains: 'uploadConversionAdjustments' }, times: 9, answer: { code: 'TOO_RECENT_CONVERSION' } });
    await story.report('status=D');
    const closedAfterMs = await story.closedAfterMs();
    await engine.sandbox.clearFaults();
    expect(await story.delivery('google-ads', 'retract')).toMatchObject({ state: 'expired', reason: expect.stringContaining('too recent') });
    expect(closedAfterMs).toBeLessThanOrEqual(54 * DAY + 10 * MINUTE);
  });

  test('a conversion waits a day for its click: what needs none goes out at once, the rest when the wait ends', async () => {
    const story = await begin({ withClick: false });
    await story.report('status=A&sum=10&currency=USD');
    const waiting = await story.until((c) => c.attribution === 'waiting' && isDelivered('webhook')(c));
    expect(states(waiting)).toEqual(['google-ads Purchase event planned', 'meta Purchase event planned', 'webhook Purchase event delivered']);
    expectAbout(await story.closedAfterMs(), DAY);
    const conversion = await story.conversion();
    expect(conversion.attribution).toBe('unattributed');
    expect(states(conversion)).toEqual(['google-ads Purchase event skipped', 'meta Purchase event skipped', 'webhook Purchase event delivered']);
  });

  test('a click that comes in the last hour of the wait is found, and what waited is delivered', async () => {
    const story = await begin({ withClick: false });
    await story.report('status=A&sum=10&currency=USD');
    await story.until((c) => c.attribution === 'waiting' && isDelivered('webhook')(c));
    await env.sleep(23 * HOUR);
    await story.click();
    await story.signal({ clickId: story.clickId });
    expectAbout(await story.closedAfterMs(), 23 * HOUR);
    expect(states(await story.conversion())).toEqual(['google-ads Purchase event delivered', 'meta Purchase event delivered', 'webhook Purchase event delivered']);
  });

  test('a click that nobody told of is found when the wait ends', async () => {
    const story = await begin({ withClick: false });
    await story.report('status=A&sum=10&currency=USD');
    await story.until((c) => c.attribution === 'waiting' && isDelivered('webhook')(c));
    await setClock();
    // Written without telling the waiters, as by a click writer that died in between.
    await engine.store.db.collection('conversions').updateOne({ waitingFor: story.clickId } as never, { $set: { waitingFor: [] } });
    await story.click();
    expectAbout(await story.closedAfterMs(), DAY);
    expect(states(await story.conversion())).toEqual(['google-ads Purchase event delivered', 'meta Purchase event delivered', 'webhook Purchase event delivered']);
  });
});
