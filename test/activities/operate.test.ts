import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OperateInput } from '../../contracts/activities.ts';
import type { Operation, OperationResult } from '../../contracts/conversion.ts';
import type { Conversion, Delivery } from '../../domain/conversion.ts';
import { auditOf } from '../../store/audit.ts';
import { changeDelivery } from '../../store/conversions.ts';
import { postbacksByIds, recordPostback } from '../../store/postbacks.ts';
import { startActivities } from './harness.ts';

/** What an operator asks for, at the real store and the sandbox. */

const DAY = 86_400_000;
let world: Awaited<ReturnType<typeof startActivities>>;
beforeAll(async () => {
  world = await startActivities();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  await world.store.db.collection('integrations').updateMany({}, { $set: { rules: null } });
});

let serial = 0;
const operate = (conversion: Conversion, operation: Operation, more: Partial<OperateInput> = {}): Promise<OperationResult> =>
  world.activities().conversions.operate({ conversionId: conversion.id, operationId: `op${++serial}`, who: 'ann', why: 'a test', operation, ...more });
const now = (conversion: Conversion) => world.engine.conversion(conversion.id);
const at = (conversion: Conversion, platform: string): Delivery => conversion.deliveries.find((d) => d.platform === platform)!;
/** Puts a delivery into a state, as an attempt would have. */
const put = async (conversion: Conversion, platform: string, fields: Partial<Delivery>) => {
  const { key, inFlightSinceMs } = at(await now(conversion), platform);
  const { value: _, ...patch } = fields;
  await changeDelivery(world.store.db, conversion.id, { key, inFlightSinceMs }, ['planned', 'parked', 'failed', 'expired', 'skipped', 'delivered', 'accepted', 'cancelled'], patch, new Date());
};
const delivered = async (conversion: Conversion, ...platforms: string[]) => {
  for (const platform of platforms) await put(conversion, platform, { state: 'delivered', endedAtMs: world.now(), attempts: 1 });
};
const refusal = (promise: Promise<unknown>) => promise.then(
  () => null,
  (error: unknown) => (error instanceof ApplicationFailure && error.nonRetryable ? { type: error.type, message: error.message } : error),
);

describe('retryDeliveries', () => {
  test.each(['failed', 'expired', 'parked', 'skipped'] as const)('puts what is %s back to planned, flagged, and says so', async (state) => {
    const conversion = await world.report('status=P');
    await put(conversion, 'meta', { state, reason: 'refused', code: '190', endedAtMs: 1 });
    const { changes, deliveries, refused } = await operate(conversion, { kind: 'retryDeliveries', keys: [at(conversion, 'meta').key] });
    expect(at(await now(conversion), 'meta')).toMatchObject({ state: 'planned', flags: ['retried_by_hand'], reason: null, code: null, endedAtMs: null });
    expect(changes).toEqual([`Lead -> "Main meta": ${state} -> planned, flagged retried_by_hand.`]);
    expect([deliveries, refused]).toEqual([[at(conversion, 'meta').key], undefined]);
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'delivered' });
  });

  test('without keys takes all that did not go out, and leaves alone what was delivered or superseded', async () => {
    const conversion = await world.report('status=P');
    await delivered(conversion, 'meta');
    await put(conversion, 'tiktok', { state: 'failed' });
    await put(conversion, 'google-data-manager', { state: 'cancelled', code: 'superseded' });
    await operate(conversion, { kind: 'retryDeliveries' });
    const after = await now(conversion);
    expect(after.deliveries.map((d) => `${d.platform} ${d.state}`).sort()).toEqual(['google-data-manager cancelled', 'meta delivered', 'tiktok planned']);
  });

  test('refuses with the reason what the platform takes no more, what was delivered, what is paused and what is still missing', async () => {
    const conversion = await world.report('status=P');
    await put(conversion, 'meta', { state: 'expired', deadlineAtMs: world.now() - 1000 });
    await delivered(conversion, 'tiktok');
    await put(conversion, 'google-data-manager', { state: 'parked' });
    await world.setDestination('google-data-manager', { state: 'paused', paused: { code: 'x', reason: 'The token was refused.', at: new Date(), by: 'delivery' } });
    const { changes, refused } = await operate(conversion, { kind: 'retryDeliveries', keys: [...conversion.deliveries.map((d) => d.key), 'nothing'] });
    expect(changes).toEqual([]);
    const reasons = Object.fromEntries(refused!.map(({ key, reason }) => [conversion.deliveries.find((d) => d.key === key)?.platform ?? key, reason]));
    expect(reasons).toEqual({
      meta: expect.stringContaining('takes it no more'),
      tiktok: 'It was delivered; "force" sends it again.',
      'google-data-manager': '"Main google-data-manager" is paused: The token was refused. Resume it, and what is parked goes out by itself.',
      nothing: 'There is no such delivery.',
    });
  });

  test('what is skipped and still cannot be sent is refused with that reason, and not changed', async () => {
    const conversion = await world.report('status=P');
    await world.setDestination('meta', { mapping: { Lead: { send: false } } });
    try {
      await put(conversion, 'meta', { state: 'skipped', reason: 'before' });
      const { changes, refused } = await operate(conversion, { kind: 'retryDeliveries', keys: [at(conversion, 'meta').key] });
      expect([changes, refused]).toEqual([[], [{ key: at(conversion, 'meta').key, reason: 'Lead is switched off for "Main meta".' }]]);
      expect(at(await now(conversion), 'meta')).toMatchObject({ state: 'skipped', flags: [] });
    } finally {
      await world.setDestination('meta', { mapping: {} });
    }
  });

  test('force sends again what was delivered with the same event id; with newEventId it is the next generation', async () => {
    const conversion = await world.report('status=P');
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'delivered' });
    const before = at(conversion, 'meta');
    await operate(conversion, { kind: 'retryDeliveries', keys: [before.key], force: true });
    expect(at(await now(conversion), 'meta')).toMatchObject({ state: 'planned', flags: ['forced'], eventId: before.eventId, generation: 1 });
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'delivered' });
    const sent = (await world.sandbox.accepted('meta')).filter((event) => event.eventId === before.eventId);
    expect(sent.map((event) => event.counted)).toEqual([true, false]);

    await operate(conversion, { kind: 'retryDeliveries', keys: [before.key], force: true, newEventId: true });
    const [first, second] = (await now(conversion)).deliveries.filter((d) => d.platform === 'meta');
    expect([first!.state, second!.state, second!.generation]).toEqual(['delivered', 'planned', 2]);
    expect(second!.eventId).not.toBe(before.eventId);
  });

  test('a rejection after a forced event is planned again takes it back: it stands at the platform all the same', async () => {
    const conversion = await world.report('status=P&date_unix=1795550000');
    await delivered(conversion, 'google-data-manager');
    await operate(conversion, { kind: 'retryDeliveries', keys: [at(conversion, 'google-data-manager').key], force: true });
    const rejected = await world.report('status=D&date_unix=1795550100');
    expect(rejected.deliveries.filter((d) => d.platform === 'google-data-manager').map((d) => `${d.kind} ${d.state}`)).toEqual(['event planned', 'retract planned']);
  });

  test('an event whose outcome was unknown and held back goes out by hand, and stays one that may have been counted before', async () => {
    const conversion = await world.report('status=P');
    await put(conversion, 'meta', { state: 'failed', code: 'outcome_unknown', unknownSinceMs: world.now() - 6 * DAY, attempts: 1 });
    await operate(conversion, { kind: 'retryDeliveries' });
    expect(at(await now(conversion), 'meta')).toMatchObject({ state: 'planned', flags: ['outcome_unknown', 'retried_by_hand'] });
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'delivered' });
  });

  test('an event of a conversion that is rejected meanwhile is not sent again', async () => {
    const conversion = await world.report('status=P&date_unix=1795550000');
    await put(conversion, 'meta', { state: 'failed' });
    await world.report('status=D&date_unix=1795550100');
    const { refused } = await operate(conversion, { kind: 'retryDeliveries', keys: [at(conversion, 'meta').key] });
    expect(refused).toMatchObject([{ reason: 'The conversion is rejected: the event does not hold any more.' }]);
  });
});

describe('attachClick', () => {
  test('sets the click by hand, ends the wait, and what was waiting or skipped may go out', async () => {
    const conversion = await world.report('status=P&data3=zz7yYainzaN6hkc52QV999'); // the first data3 is the known click
    await world.store.db.collection<{ _id: string }>('conversions').updateOne({ _id: conversion.id }, { $set: { clickId: null, attribution: 'waiting', waitingFor: ['zz7yYainzaN6hkc52QV999'], waitUntilMs: world.now() + DAY, clickIdCandidates: [] } });
    await put(conversion, 'meta', { state: 'skipped', reason: 'no click', code: 'missing' });
    const { changes } = await operate(conversion, { kind: 'attachClick', clickId: world.click });
    expect(changes).toEqual(['It belongs to a click now.', 'Lead -> "Main meta": skipped -> planned.']);
    expect(await now(conversion)).toMatchObject({ clickId: world.click, clickMatch: 'attached by hand', attribution: 'matched', waitingFor: [], waitUntilMs: null });
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'delivered' });
  });

  test('a click that does not exist is refused', async () => {
    const conversion = await world.report('status=P');
    expect(await refusal(operate(conversion, { kind: 'attachClick', clickId: 'aa7yYainzaN6hkc52QV999' }))).toMatchObject({ type: 'click_unknown' });
  });
});

describe('setStatus', () => {
  test('is a report of the operator, through the same fold, and plans what follows', async () => {
    const conversion = await world.report('status=P&sum=5&currency=USD');
    const { changes } = await operate(conversion, { kind: 'setStatus', status: 'approved', amount: '7.50' });
    const after = await now(conversion);
    expect(after).toMatchObject({ status: 'approved', amount: '7.50', currency: 'USD' });
    expect(after.history.at(-1)).toMatchObject({ source: 'operator', effect: 'applied', postbackId: `operator:op${serial}` });
    expect(changes.slice(0, 2)).toEqual(['The conversion went from pending to approved.', 'Its amount went from 5 USD to 7.50 USD.']);
    expect(after.deliveries.filter((d) => d.event === 'Purchase').map((d) => `${d.state} ${d.value}`)).toEqual(Array(3).fill('planned 7.50'));
  });

  test('is the last word also where the network says a time that is a little ahead of ours', async () => {
    const conversion = await world.report(`status=A&sum=5&currency=USD&date_unix=${Math.floor(world.now() / 1000) + 600}`);
    await operate(conversion, { kind: 'setStatus', status: 'pending' });
    expect(await now(conversion)).toMatchObject({ status: 'pending' });
  });

  test('what is so already changes nothing', async () => {
    const conversion = await world.report('status=P');
    expect(await operate(conversion, { kind: 'setStatus', status: 'pending' })).toEqual({ changes: [], deliveries: [] });
    expect((await now(conversion)).history).toHaveLength(1);
  });

  test('an amount that is no plain number is refused', async () => {
    const conversion = await world.report('status=P');
    expect(await refusal(operate(conversion, { kind: 'setStatus', status: 'approved', amount: '1,200' }))).toMatchObject({ type: 'amount_unreadable' });
  });
});

describe('cancelDelivery', () => {
  test('ends what is not sent, and the next report does not bring it back', async () => {
    const conversion = await world.report('status=P&date_unix=1795550000');
    await operate(conversion, { kind: 'cancelDelivery', key: at(conversion, 'meta').key }, { why: 'test lead' });
    expect(at(await now(conversion), 'meta')).toMatchObject({ state: 'cancelled', code: 'cancelled_by_hand', reason: 'Cancelled by hand: test lead' });
    expect(await world.deliver(conversion, 'meta')).toMatchObject({ state: 'cancelled' });
    const held = await world.report('status=hold&date_unix=1795550100');
    expect([held.status, at(held, 'meta').state]).toEqual(['hold', 'cancelled']);
    await operate(conversion, { kind: 'retryDeliveries' });
    expect(at(await now(conversion), 'meta').state).toBe('planned');
  });

  test.each<[string, Partial<Delivery>, string]>([
    ['an attempt is under way', { inFlightSinceMs: 1 }, 'An attempt is under way'],
    ['an attempt had no answer', { unknownSinceMs: 1 }, 'had no answer'],
    ['it was delivered', { state: 'delivered' }, 'has it already'],
    ['it has expired', { state: 'expired' }, 'ended already'],
  ])('is refused with a sentence where %s', async (_name, fields, words) => {
    const conversion = await world.report('status=P');
    await put(conversion, 'meta', fields);
    expect(await refusal(operate(conversion, { kind: 'cancelDelivery', key: at(conversion, 'meta').key }))).toMatchObject({ type: 'cannot_cancel', message: expect.stringContaining(words) });
    expect(at(await now(conversion), 'meta').state).toBe(fields.state ?? 'planned');
  });
});

describe('reprocess', () => {
  const integration = (fields: object) => world.store.db.collection('integrations').updateMany({ network: 'kma' }, { $set: fields });

  test('says first what would change, and changes nothing', async () => {
    const conversion = await world.report('status=weird&sum=5&currency=USD');
    await integration({ 'settings.statusWords': { weird: 'approved' } });
    try {
      const { changes } = await operate(conversion, { kind: 'reprocess', apply: false });
      expect(changes).toEqual(expect.arrayContaining(['The conversion went from unknown to approved.', 'Purchase -> "Main meta": planned.']));
      expect(await now(conversion)).toEqual(conversion);
      expect(await auditOf(world.store.db, conversion.id, 10)).toEqual([]);

      expect(await operate(conversion, { kind: 'reprocess', apply: true })).toMatchObject({ changes });
      const after = await now(conversion);
      expect(after.deliveries.map((d) => `${d.event} ${d.state} ${d.value}`)).toEqual(Array(3).fill('Purchase planned 5'));
      const [postback] = await postbacksByIds(world.store.db, [conversion.history[0]!.postbackId]);
      expect(postback!.outcome).toMatchObject({ effect: 'applied', reason: 'The conversion is approved.' });
      expect(await operate(conversion, { kind: 'reprocess', apply: true })).toEqual({ changes: [], deliveries: [] });
    } finally {
      await integration({ 'settings.statusWords': null });
    }
  });

  test('a report that could not be read when it came is taken in today', async () => {
    const conversion = await world.report('status=P');
    const [pending] = await postbacksByIds(world.store.db, [conversion.history[0]!.postbackId]);
    const lost = { ...pending!, _id: `${pending!._id}x`, query: pending!.query.replace('status=P', 'status=A&sum=5&currency=USD'), receivedAt: new Date(world.now() + 1000), outcome: { effect: 'error' as const, reason: 'It could not be read.', conversionId: null, at: new Date() } };
    await recordPostback(world.store.db, lost);
    const { changes } = await operate(conversion, { kind: 'reprocess', apply: true });
    expect(changes).toContain('The conversion went from pending to approved.');
    expect((await postbacksByIds(world.store.db, [lost._id]))[0]!.outcome).toMatchObject({ effect: 'applied', conversionId: conversion.id });
  });

  test('with the same rules changes nothing, whatever has become of the deliveries', async () => {
    await world.report('status=P&date_unix=1795550000&sum=5&currency=USD');
    const conversion = await world.report('status=A&date_unix=1795550100&sum=5&currency=USD');
    await delivered(conversion, 'meta');
    await put(conversion, 'tiktok', { state: 'failed', code: 'x' });
    expect(await operate(conversion, { kind: 'reprocess', apply: true })).toEqual({ changes: [], deliveries: [] });
  });

  test('what a rejection cancelled or took back, stays so', async () => {
    const pending = await world.report('status=P&date_unix=1795550000');
    await delivered(pending, 'google-data-manager', 'tiktok');
    const rejected = await world.report('status=D&date_unix=1795550100');
    expect(rejected.deliveries.map((d) => `${d.platform} ${d.kind} ${d.state}`).sort()).toEqual([
      'google-data-manager event delivered', 'google-data-manager retract planned', 'meta event cancelled', 'tiktok event delivered',
    ]);
    const { changes } = await operate(rejected, { kind: 'reprocess', apply: true });
    expect(changes).toEqual([]);
  });

  test('what the new rules do not send is cancelled where it is not sent, taken back where the platform can, and flagged where it cannot; what they send is planned', async () => {
    const conversion = await world.report('status=P');
    await delivered(conversion, 'google-data-manager', 'tiktok');
    await integration({ rules: [{ when: { status: ['pending'] }, event: 'Purchase', value: { amount: '1', currency: 'EUR' }, once: 'conversion' }] });
    await operate(conversion, { kind: 'reprocess', apply: true });
    const after = await now(conversion);
    expect(after.deliveries.map((d) => `${d.event} ${d.platform} ${d.kind} ${d.state} ${d.flags.join()}`.trim()).sort()).toEqual([
      'Lead google-data-manager event delivered', 'Lead google-data-manager retract planned', 'Lead meta event cancelled', 'Lead tiktok event delivered against_rules',
      'Purchase google-data-manager event planned', 'Purchase meta event planned', 'Purchase tiktok event planned',
    ]);
    expect(at(after, 'meta').reason).toBe("superseded: today's rules do not send it");
    expect(await operate(conversion, { kind: 'reprocess', apply: true })).toEqual({ changes: [], deliveries: [] });

    // The old rules again: what was not sent yet is simply undone.
    await integration({ rules: null });
    await operate(conversion, { kind: 'reprocess', apply: true });
    expect((await now(conversion)).deliveries.map((d) => `${d.event} ${d.platform} ${d.kind} ${d.state}`).sort()).toEqual([
      'Lead google-data-manager event delivered', 'Lead google-data-manager retract cancelled', 'Lead meta event planned', 'Lead tiktok event delivered',
      'Purchase google-data-manager event cancelled', 'Purchase meta event cancelled', 'Purchase tiktok event cancelled',
    ]);
  });

  test('what was set by hand, and a report whose raw postback is gone, keep what they said', async () => {
    const conversion = await world.report('status=P&sum=5&currency=USD&data1=offer');
    await operate(conversion, { kind: 'setStatus', status: 'approved' });
    await world.store.db.collection('postbacks').deleteMany({ conversionId: conversion.id });
    expect(await operate(conversion, { kind: 'reprocess', apply: true })).toEqual({ changes: [], deliveries: [] });
    expect(await now(conversion)).toMatchObject({ status: 'approved', amount: '5', clickId: world.click });
  });
});

describe('every operation', () => {
  test('is in the audit with who, why and what it changed', async () => {
    const conversion = await world.report('status=P');
    await put(conversion, 'meta', { state: 'failed' });
    const result = await operate(conversion, { kind: 'retryDeliveries', keys: [at(conversion, 'meta').key] }, { who: 'ben', why: 'the pixel is mended', verified: true, operationId: 'audited' });
    expect(await auditOf(world.store.db, conversion.id, 10)).toEqual([{
      _id: 'audited', conversionId: conversion.id, propertyId: world.engine.property._id, who: 'ben', verified: true, why: 'the pixel is mended',
      operation: { kind: 'retryDeliveries', keys: [at(conversion, 'meta').key] }, changes: result.changes, deliveries: result.deliveries, refused: [], at: expect.any(Date),
    }]);
  });

  test('is done once by its id: a repeat tells the same, also where the first died before the audit', async () => {
    const conversion = await world.report('status=P');
    await put(conversion, 'meta', { state: 'failed' });
    const once = { operationId: 'twice' };
    const first = await operate(conversion, { kind: 'retryDeliveries' }, once);
    await world.store.db.collection('audit').deleteMany({ conversionId: conversion.id });
    await put(conversion, 'meta', { state: 'failed' });
    expect(await operate(conversion, { kind: 'retryDeliveries' }, once)).toEqual(first);
    expect(at(await now(conversion), 'meta').state).toBe('failed');
    expect((await auditOf(world.store.db, conversion.id, 10)).map(({ _id, changes }) => [_id, changes])).toEqual([['twice', first.changes]]);
  });

  test('may meet others and the attempts of its deliveries at once: none is lost', async () => {
    const conversion = await world.report('status=P');
    await put(conversion, 'meta', { state: 'failed' });
    await put(conversion, 'tiktok', { state: 'failed' });
    await Promise.all([
      ...conversion.deliveries.filter((d) => d.platform !== 'google-data-manager').map((d) => operate(conversion, { kind: 'retryDeliveries', keys: [d.key] })),
      operate(conversion, { kind: 'setStatus', status: 'approved', amount: '3', currency: 'EUR' }),
      world.deliver(conversion, 'google-data-manager'),
    ]);
    const after = await now(conversion);
    expect(after.operations).toHaveLength(3);
    expect(after.deliveries.filter((d) => d.event === 'Lead').map((d) => `${d.platform} ${d.state}`).sort()).toEqual(['google-data-manager accepted', 'meta planned', 'tiktok planned']);
    expect(after.status).toBe('approved');
  });

  test('of a conversion that nobody knows is refused', async () => {
    const conversion = await world.report('status=P');
    expect(await refusal(operate({ ...conversion, id: `${conversion.id}x` }, { kind: 'retryDeliveries' }))).toMatchObject({ type: 'conversion_unknown' });
  });
});
