import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attemptsOf } from '../../store/attempts.ts';
import { postbacksByIds } from '../../store/postbacks.ts';
import type { Conversion } from '../../domain/conversion.ts';
import { resumeDestination } from '../../setup/destinations.ts';
import { deliveriesOf, startEngine, type Engine } from '../engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

const ENDED = ['delivered', 'skipped', 'failed', 'expired', 'cancelled'];
const settled = (count: number) => (c: Conversion) => c.deliveries.length === count && c.deliveries.every((d) => ENDED.includes(d.state));
let serial = 0;
/** A click and an order of their own for each test. */
const fresh = () => {
  const n = String(++serial).padStart(3, '0');
  return { order: `5${n}`, click: `mz7yYainzaN6hkc52QV${n}` };
};
const outcomes = async (c: Conversion) =>
  (await postbacksByIds(engine.store.db, c.history.map((entry) => entry.postbackId))).map((postback) => postback.outcome?.effect);

test('a pending report becomes a Lead and its approval a Purchase, each delivered once at every platform', async () => {
  const { order, click } = fresh();
  await engine.click(click);
  const id = await engine.postback(`status=P&orderid=${order}&data3=${click}&sum=1200&currency=RUB`);
  await engine.until(id, settled(3));
  await engine.postback(`status=A&orderid=${order}&data3=${click}&sum=1200&currency=RUB`);
  const approved = await engine.until(id, settled(6));
  expect(deliveriesOf(approved)).toEqual([
    'Lead google-data-manager delivered', 'Lead meta delivered', 'Lead tiktok delivered',
    'Purchase google-data-manager delivered', 'Purchase meta delivered', 'Purchase tiktok delivered',
  ]);
  await engine.handle(id).result();
  const ids = new Set(approved.deliveries.flatMap((d) => [d.eventId, d.transactionId]));
  const counted = (await engine.sandbox.accepted()).filter((event) => event.counted && (ids.has(event.eventId ?? '') || ids.has(event.transactionId ?? '')));
  expect(counted.map((event) => `${event.event} ${event.platform}`).sort()).toEqual([
    'Lead google-data-manager', 'Lead meta', 'Lead tiktok', 'Purchase google-data-manager', 'Purchase meta', 'Purchase tiktok',
  ]);
  expect(await outcomes(approved)).toEqual(['applied', 'applied']);
});

test('the same report three times, twice at once, is one event', async () => {
  const { order, click } = fresh();
  await engine.click(click);
  const query = `status=A&orderid=${order}&data3=${click}&sum=10&currency=USD`;
  const [id] = await Promise.all([engine.postback(query), engine.postback(query)]);
  await engine.postback(query);
  const conversion = await engine.until(id!, (c) => c.history.length === 3 && settled(3)(c));
  expect(conversion.history.map((entry) => entry.effect)).toEqual(['applied', 'duplicate', 'duplicate']);
  // Which of two at the same moment is the first is nobody's to say.
  expect((await outcomes(conversion)).toSorted()).toEqual(['applied', 'duplicate', 'duplicate']);
});

test('a report before its click waits, and is delivered when the click comes', async () => {
  const { order, click } = fresh();
  const id = await engine.postback(`status=P&orderid=${order}&data3=${click}`);
  const waiting = await engine.until(id, (c) => c.attribution === 'waiting');
  expect(waiting.deliveries.map((d) => d.state)).toEqual(['planned', 'planned', 'planned']);
  await engine.click(click);
  const matched = await engine.until(id, settled(3));
  expect(matched.attribution).toBe('matched');
  expect(deliveriesOf(matched)).toEqual(['Lead google-data-manager delivered', 'Lead meta delivered', 'Lead tiktok delivered']);
});

test('a pending lead that is declined is taken back where the platform can', async () => {
  const { order, click } = fresh();
  await engine.click(click);
  const id = await engine.postback(`status=P&orderid=${order}&data3=${click}&date_unix=1795550000`);
  await engine.until(id, settled(3));
  await engine.postback(`status=D&orderid=${order}&data3=${click}&date_unix=1795550100`);
  const declined = await engine.until(id, settled(4));
  expect(deliveriesOf(declined)).toEqual([
    'Lead google-data-manager delivered', 'Lead meta delivered', 'Lead retract google-data-manager delivered', 'Lead tiktok delivered',
  ]);
});

test('a platform that fails twice and then accepts is told once', async () => {
  const { order, click } = fresh();
  await engine.click(click);
  for (const answer of [{ status: 429, headers: { 'retry-after': '0' }, body: 'slow down' }, { status: 503, body: 'Service Unavailable' }]) {
    await engine.sandbox.fault({ platform: 'meta', match: { bodyContains: `"${order}"` }, answer });
  }
  const id = await engine.postback(`status=P&orderid=${order}&data3=${click}`);
  const conversion = await engine.until(id, settled(3));
  const meta = conversion.deliveries.find((d) => d.platform === 'meta')!;
  expect(meta).toMatchObject({ state: 'delivered', attempts: 3, reason: null });
  expect((await engine.sandbox.accepted('meta')).filter((event) => event.eventId === meta.eventId)).toMatchObject([{ counted: true }]);
});

test('an answer of 200 with an error in the body is a failure, with the words of the platform', async () => {
  const { order, click } = fresh();
  await engine.click(click);
  await engine.sandbox.fault({ platform: 'tiktok', match: { event: 'Purchase' }, answer: { code: '40002' } });
  const id = await engine.postback(`status=A&orderid=${order}&data3=${click}&sum=5&currency=USD`);
  const conversion = await engine.until(id, settled(3));
  const tiktok = conversion.deliveries.find((d) => d.platform === 'tiktok')!;
  expect(tiktok).toMatchObject({ state: 'failed', code: '40002' });
  expect((await attemptsOf(engine.store.db, id)).filter((a) => a.platform === 'tiktok').map((a) => a.outcome?.kind)).toEqual(['rejected']);
});

describe('refused credentials', () => {
  test('pause the destination, park the event, and resuming delivers it', async () => {
    const { order, click } = fresh();
    await engine.click(click);
    await engine.sandbox.fault({ platform: 'meta', match: { event: 'Purchase' }, answer: { code: '190' } });
    const id = await engine.postback(`status=A&orderid=${order}&data3=${click}&sum=5&currency=USD`);
    const parked = await engine.until(id, (c) => c.deliveries.some((d) => d.platform === 'meta' && d.state === 'parked'));
    expect(parked.deliveries.find((d) => d.platform === 'meta')!.code).toContain('190');
    await resumeDestination(engine.setup, engine.property._id, 'Main meta');
    await engine.activities.conversions.relayOnce();
    const conversion = await engine.until(id, settled(3));
    expect(deliveriesOf(conversion)).toContain('Purchase meta delivered');
  });
});

test('a late status after the run has closed continues from the record and sends nothing twice', async () => {
  const { order, click } = fresh();
  await engine.click(click);
  const id = await engine.postback(`status=A&orderid=${order}&data3=${click}&sum=5&currency=USD`);
  await engine.until(id, settled(3));
  await engine.handle(id).result();
  await engine.postback(`status=D&orderid=${order}&data3=${click}&sum=5&currency=USD&date_unix=${Math.floor(Date.now() / 1000) + 60}`);
  const conversion = await engine.until(id, settled(4));
  expect(deliveriesOf(conversion)).toEqual([
    'Purchase google-data-manager delivered', 'Purchase meta delivered', 'Purchase retract google-data-manager delivered', 'Purchase tiktok delivered',
  ]);
  expect(conversion.deliveries.map((d) => d.attempts)).toEqual([1, 1, 1, 1]);
});

test('a postback that could not be signalled is started by the relay', async () => {
  const { order, click } = fresh();
  await engine.click(click);
  const id = await engine.postback(`status=P&orderid=${order}&data3=${click}`, { signal: false });
  await engine.activities.conversions.relayOnce();
  expect(deliveriesOf(await engine.until(id, settled(3)))).toHaveLength(3);
});

test('a run that was terminated comes back from the record alone and sends nothing twice', async () => {
  const { order, click } = fresh();
  await engine.click(click);
  const id = await engine.postback(`status=P&orderid=${order}&data3=${click}`);
  await engine.until(id, settled(3));
  await engine.handle(id).terminate('test');
  await engine.postback(`status=A&orderid=${order}&data3=${click}&sum=7&currency=USD`);
  const conversion = await engine.until(id, settled(6));
  expect(conversion.deliveries.every((d) => d.state === 'delivered')).toBe(true);
  const leads = (await engine.sandbox.accepted('tiktok')).filter((event) => event.eventId === conversion.deliveries.find((d) => d.platform === 'tiktok')!.eventId);
  expect(leads).toHaveLength(1);
});
