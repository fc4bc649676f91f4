import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxClient } from '../../dev/sandbox/client.ts';
import type { SandboxClient } from '../../dev/sandbox/client.ts';
import { startSandbox } from '../../dev/sandbox/server.ts';
import { DAY, get, post, seconds } from './senders.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let client: SandboxClient;
beforeAll(async () => {
  sandbox = await startSandbox();
  client = sandboxClient(sandbox.origin);
});
beforeEach(() => client.reset());
afterAll(() => sandbox.close());

const clickId = 'GiDxLZcEVjwEqkGfKQMQndUYMIeZXFHmZ0DrHIJhGS6kKiDzkGUos9GzkpqG-YHQATCwxlQ';
type Changes = Record<string, unknown>;

const sendOne = (changes: Record<string, string | undefined> = {}, path = 'actions-handler/log/3/s2s-action') => {
  const params = { 'click-id': clickId, name: 'lead', revenue: '9.99', currency: 'EUR', orderid: 'order-1', ...changes };
  const query = new URLSearchParams(Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined));
  return get(`${sandbox.origin}/trc.taboola.com/${path}?${query}`);
};
const action = (changes: Changes = {}): Changes => ({ 'click-id': clickId, timestamp: Date.now() - 60_000, name: 'make_purchase', revenue: 12.5, currency: 'EUR', orderid: 'order-1', ...changes });
const sendBulk = (actions: unknown, account = '1234567') => post(`${sandbox.origin}/trc.taboola.com/${account}/log/3/bulk-s2s-action`, { actions });
const log = async () => (await client.requests('taboola')).map(({ status, valid }) => [status, valid]);

describe('the Taboola sandbox', () => {
  it('takes a postback with 204 and lists it', async () => {
    const { status, body } = await sendOne();
    expect([status, body]).toEqual([204, '']);
    expect(await client.accepted('taboola')).toMatchObject([{ account: '1234567', event: 'lead', transactionId: 'order-1', value: 9.99, currency: 'EUR', counted: true }]);
  });

  it('counts an order id once per event', async () => {
    for (const name of ['lead', 'lead', 'make_purchase']) await sendOne({ name });
    await sendBulk([action()]);
    expect((await client.accepted()).map(({ counted }) => counted)).toEqual([true, false, true, false]);
    await client.settings({ clockOffsetMs: 31 * DAY });
    await sendOne();
    expect((await client.totals()).taboola).toMatchObject({ accepted: 5, counted: 3, duplicates: 2 });
  });

  it.each([
    ['no click id', { 'click-id': undefined }, 'click-id is missing'],
    ['a misspelled click id', { 'click-id': undefined, click_id: clickId }, 'click-id is missing'],
    ['a short click id', { 'click-id': 'GiDxLZcE' }, 'click-id is not parsable'],
    ['a click id in lower case', { 'click-id': clickId.toLowerCase() }, 'click-id is not parsable'],
    ['a macro', { 'click-id': '{click_id}' }, 'click-id is not parsable'],
    ['no name', { name: undefined }, 'name is missing'],
  ])('refuses a postback with %s with 400', async (_, changes, text) => {
    const { status, body } = await sendOne(changes);
    expect([status, body]).toEqual([400, text]);
    expect(await client.accepted()).toEqual([]);
  });

  it.each([
    ['an event that is not configured', { name: 'Signup' }],
    ['a revenue with a comma', { revenue: '9,99' }],
    ['a currency that is not on the list', { currency: 'PLN' }],
    ['a currency in lower case', { currency: 'eur' }],
    ['a quantity that is no integer', { quantity: '1.5' }],
    ['an empty order id', { orderid: '' }],
    ['a misspelled parameter', { orderId: 'order-1' }],
  ])('takes a postback with %s, but has no conversion of it', async (_, changes) => {
    expect((await sendOne(changes)).status).toBe(204);
    expect(await client.accepted()).toEqual([]);
    expect(await log()).toEqual([[204, false]]);
  });

  it.each([
    ['no timestamp', { timestamp: undefined }],
    ['a timestamp in seconds', { timestamp: seconds() }],
    ['a timestamp in quotes', { timestamp: String(Date.now()) }],
    ['a timestamp in the future', { timestamp: Date.now() + DAY }],
    ['a revenue in quotes', { revenue: '12.5' }],
    ['a number as order id', { orderid: 7 }],
    ['no click id', { 'click-id': undefined }],
    ['another event name', { name: 'Signup' }],
    ['an unknown key', { value: 1 }],
  ])('loses an action of a bulk call with %s and keeps the others', async (_, changes) => {
    expect((await sendBulk([action(changes), action({ orderid: 'order-2' })])).status).toBe(204);
    expect(await client.accepted()).toMatchObject([{ transactionId: 'order-2', value: 12.5 }]);
    expect(await log()).toEqual([[204, false]]);
  });

  it('loses a bulk call of an unknown account or without actions', async () => {
    expect((await sendBulk([action()], '99')).status).toBe(204);
    expect((await sendBulk({})).status).toBe(204);
    expect(await log()).toEqual([[204, false], [204, false]]);
  });

  it('refuses other paths and methods with 400', async () => {
    expect((await sendOne({}, 'actions-handler/log/3/s2s-acton')).status).toBe(400);
    expect((await post(`${sandbox.origin}/trc.taboola.com/my-account/log/3/bulk-s2s-action`, { actions: [action()] })).status).toBe(400);
    expect((await get(`${sandbox.origin}/trc.taboola.com/1234567/log/3/bulk-s2s-action`)).status).toBe(400);
  });

  it('fails on demand', async () => {
    await client.fault({ platform: 'taboola', match: { event: 'lead', transactionId: 'order-1' }, answer: { code: '429' } });
    expect((await sendOne()).status).toBe(429);
    for (const code of ['400', 'click-id', '500', '502', '503']) await client.fault({ platform: 'taboola', answer: { code } });
    await expect(client.fault({ platform: 'taboola', answer: { code: '418' } })).rejects.toThrow('taboola has no code 418');
  });
});
