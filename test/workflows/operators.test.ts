import { WorkflowUpdateFailedError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attachClickUpdate, cancelDeliveryUpdate, retryDeliveriesUpdate, setStatusUpdate, viewQuery } from '../../contracts/conversion.ts';
import { searchAttributes } from '../../contracts/search-attributes.ts';
import type { Conversion } from '../../domain/conversion.ts';
import { auditOf } from '../../store/audit.ts';
import { deliveriesOf, startEngine, type Engine } from '../engine.ts';

/** What an operator does to an open run, at the real servers: updates as the Temporal UI and CLI send them. */

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

const ENDED = ['delivered', 'skipped', 'failed', 'expired', 'cancelled'];
const settled = (count: number) => (c: Conversion) => c.deliveries.length === count && c.deliveries.every((d) => ENDED.includes(d.state));
const by = { who: 'ann', why: 'a test' };
let serial = 0;
const fresh = () => {
  const n = String(++serial).padStart(3, '0');
  return { order: `8${n}`, click: `mz7yYainzaN6hkc52QV${n}` };
};
const meta = (c: Conversion) => c.deliveries.find((d) => d.platform === 'meta')!;
/** A Purchase that Meta refuses once for good: the run stays open, since it could still be sent. */
async function refusedByMeta() {
  const { order, click } = fresh();
  await engine.click(click);
  await engine.sandbox.fault({ platform: 'meta', match: { event: 'Purchase', bodyContains: `"${order}"` }, answer: { code: '100' } });
  const id = await engine.postback(`status=A&orderid=${order}&data3=${click}&sum=5&currency=USD`);
  return { id, conversion: await engine.until(id, (c) => settled(3)(c) && meta(c).state === 'failed') };
}
const causeOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(() => new Error('not refused'), (failure: unknown) => failure as Error);
  return error instanceof WorkflowUpdateFailedError ? (error.cause as Error).message : `${error.message}`;
};

test('a failed delivery is found by platform and age, sent again by hand, and the run then ends', async () => {
  const { id, conversion } = await refusedByMeta();
  const handle = engine.handle(id);
  await expect.poll(async () => (await handle.describe()).typedSearchAttributes.get(searchAttributes.openPlatforms), { timeout: 20_000 }).toEqual(['meta']);
  const attributes = (await handle.describe()).typedSearchAttributes;
  expect(attributes.get(searchAttributes.openDestinations)).toEqual(['Main meta']);
  expect(attributes.get(searchAttributes.oldestOpenAt)!.getTime()).toBe(meta(conversion).plannedAtMs);
  const found = async () => {
    const ids: string[] = [];
    for await (const run of engine.client.workflow.list({ query: `OpenPlatforms = "meta" AND OldestOpenAt < "${new Date(Date.now() + 60_000).toISOString()}"` })) ids.push(run.workflowId);
    return ids;
  };
  await expect.poll(found, { timeout: 20_000 }).toContain(handle.workflowId);

  const view = await handle.query(viewQuery);
  expect(view.deliveries.find((d) => d.platform === 'meta')).toEqual({
    key: meta(conversion).key, platform: 'meta', state: 'failed', note: meta(conversion).reason, deadline: new Date(meta(conversion).deadlineAtMs).toISOString(),
  });
  expect(view.history).toEqual([expect.stringMatching(/^\d{4}-.*Z approved \(applied\)$/)]);

  const result = await handle.executeUpdate(retryDeliveriesUpdate, { args: [{ ...by, keys: [meta(conversion).key] }] });
  expect(result.changes).toEqual(['Purchase -> "Main meta": failed -> planned, flagged retried_by_hand.']);
  await handle.result();
  expect(deliveriesOf(await engine.conversion(id))).toContain('Purchase meta delivered');
  expect((await handle.describe()).typedSearchAttributes.get(searchAttributes.openPlatforms)).toBeUndefined();
  expect(await auditOf(engine.store.db, id, 10)).toMatchObject([{ who: 'ann', why: 'a test', verified: false, operation: { kind: 'retryDeliveries' } }]);
});

test('a malformed update is refused by its validator with a sentence, and leaves nothing in history or audit', async () => {
  const { id, conversion } = await refusedByMeta();
  const handle = engine.handle(id);
  const { key } = meta(conversion);
  const send = (name: string, args: unknown[]) => causeOf(handle.executeUpdate<unknown, [unknown]>(name, { args: args as [unknown] }));
  expect(await send('retryDeliveries', [])).toBe('One JSON object is wanted, with "who" and "why".');
  expect(await send('retryDeliveries', [{ who: ' ', why: 'x' }])).toBe('"who" is missing: who acts, for the audit.');
  expect(await send('retryDeliveries', [{ who: 'ann' }])).toBe('"why" is missing: the reason, for the audit.');
  expect(await send('retryDeliveries', [{ ...by, keys: ['nothing'] }])).toBe('There is no delivery "nothing". The query "view" lists their keys.');
  expect(await send('retryDeliveries', [{ ...by, keys: key }])).toContain('"keys" is a list');
  expect(await send('retryDeliveries', [{ ...by, force: 'yes' }])).toBe('"force" is true or false.');
  expect(await send('retryDeliveries', [{ ...by, newEventId: true }])).toContain('"newEventId" is for "force"');
  expect(await send('attachClick', [by])).toBe('"clickId" is missing.');
  expect(await send('setStatus', [{ ...by, status: 'unknown' }])).toContain('"status" is one of');
  expect(await send('setStatus', [{ ...by, status: 'approved', amount: 12.5 }])).toContain('"amount" is a text');
  expect(await send('setStatus', [{ ...by, status: 'approved', currency: 'usd' }])).toContain('three capital letters');
  expect(await send('cancelDelivery', [{ ...by, key: '' }])).toContain('"key" is missing');
  const events = (await handle.fetchHistory()).events ?? [];
  expect(events.filter((e) => e.workflowExecutionUpdateAcceptedEventAttributes)).toEqual([]);
  expect(events.flatMap((e) => e.activityTaskScheduledEventAttributes?.activityType?.name ?? [])).not.toContain('operate');
  expect(await auditOf(engine.store.db, id, 10)).toEqual([]);
  await handle.executeUpdate(cancelDeliveryUpdate, { args: [{ ...by, key }] });
  await handle.result();
});

test('an update that the record refuses fails with its sentence, and the run goes on', async () => {
  const { id, conversion } = await refusedByMeta();
  const handle = engine.handle(id);
  expect(await causeOf(handle.executeUpdate(attachClickUpdate, { args: [{ ...by, clickId: 'aa7yYainzaN6hkc52QV999' }] }))).toBe('There is no click aa7yYainzaN6hkc52QV999 in this property.');
  const delivered = conversion.deliveries.find((d) => d.platform === 'tiktok')!;
  expect(await causeOf(handle.executeUpdate(cancelDeliveryUpdate, { args: [{ ...by, key: delivered.key }] }))).toBe('The platform has it already.');
  expect((await handle.describe()).status.name).toBe('RUNNING');
  await handle.executeUpdate(cancelDeliveryUpdate, { args: [{ ...by, key: meta(conversion).key }] });
  await handle.result();
  expect(deliveriesOf(await engine.conversion(id))).toContain('Purchase meta cancelled');
});

test('a click attached by hand ends the wait, and what waited for it is delivered', async () => {
  const { order, click } = fresh();
  const id = await engine.postback(`status=A&orderid=${order}&data3=${click}&sum=5&currency=USD`);
  await engine.until(id, (c) => c.attribution === 'waiting');
  const other = fresh().click;
  await engine.click(other);
  await engine.handle(id).executeUpdate(attachClickUpdate, { args: [{ ...by, clickId: other }] });
  const conversion = await engine.until(id, settled(3));
  expect(conversion).toMatchObject({ clickId: other, clickMatch: 'attached by hand' });
  expect(deliveriesOf(conversion)).toEqual(['Purchase google-data-manager delivered', 'Purchase meta delivered', 'Purchase tiktok delivered']);
  await engine.handle(id).result();
});

test('several updates and reports at once: each is done once, and the events of all of them go out', async () => {
  const { order, click } = fresh();
  await engine.click(click);
  const query = `orderid=${order}&data3=${click}&sum=5&currency=USD`;
  const id = await engine.postback(`status=P&${query}`);
  await engine.until(id, settled(3));
  const handle = engine.handle(id);
  const status = { args: [{ ...by, status: 'approved' as const, amount: '7.50' }] as const };
  const [first, repeat] = await Promise.all([
    handle.executeUpdate(setStatusUpdate, { updateId: 'once', args: [...status.args] }),
    handle.executeUpdate(setStatusUpdate, { updateId: 'once', args: [...status.args] }),
    handle.executeUpdate(retryDeliveriesUpdate, { args: [by] }),
    engine.postback(`status=P&${query}`),
    engine.postback(`status=hold&${query}&date_unix=1795550000`),
  ]);
  expect(repeat).toEqual(first);
  expect(first.changes).toContain('The conversion went from pending to approved.');
  await handle.result();
  const conversion = await engine.conversion(id);
  expect(conversion).toMatchObject({ status: 'approved', amount: '7.50' });
  expect(conversion.history.filter((entry) => entry.source === 'operator')).toHaveLength(1);
  expect(conversion.history).toHaveLength(4);
  expect(deliveriesOf(conversion).filter((each) => each.startsWith('Purchase'))).toEqual(['Purchase google-data-manager delivered', 'Purchase meta delivered', 'Purchase tiktok delivered']);
  expect((await auditOf(engine.store.db, id, 10)).map((entry) => entry.operation.kind).sort()).toEqual(['retryDeliveries', 'setStatus']);
});

test('the details tell the attempts and the last answer of what is being retried', async () => {
  const { order, click } = fresh();
  await engine.click(click);
  await engine.sandbox.fault({ platform: 'meta', match: { bodyContains: `"${order}"` }, answer: { status: 503, headers: { 'retry-after': '3600' }, body: 'down for today' } });
  const id = await engine.postback(`status=A&orderid=${order}&data3=${click}&sum=5&currency=USD`);
  const waiting = await engine.until(id, (c) => meta(c).state === 'planned' && meta(c).attempts === 1 && meta(c).reason !== null);
  await engine.postback(`status=A&orderid=${order}&data3=${click}&sum=5&currency=USD`);
  const details = async () => (await engine.handle(id).query(viewQuery)).details;
  await expect.poll(details, { timeout: 20_000 }).toContain(`**planned** after 1 attempt: ${meta(waiting).reason}`);
  await engine.handle(id).executeUpdate(cancelDeliveryUpdate, { args: [{ ...by, key: meta(waiting).key }] });
  await engine.handle(id).result();
  expect(await details()).toContain('**cancelled**: Cancelled by hand: a test');
});
