import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxClient } from '../../dev/sandbox/client.ts';
import type { SandboxClient } from '../../dev/sandbox/client.ts';
import { startSandbox } from '../../dev/sandbox/server.ts';
import { DAY, get, post, sha256 } from './senders.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let client: SandboxClient;
beforeAll(async () => {
  sandbox = await startSandbox();
  client = sandboxClient(sandbox.origin);
});
beforeEach(() => client.reset());
afterAll(() => sandbox.close());

const pixel = (changes: Record<string, string | undefined> = {}) => {
  const params = { ob_click_id: 'v1-abc_DEF', name: 'Purchase', orderId: 'order-1', orderValue: '12.50', currency: 'EUR', ...changes };
  return `${sandbox.origin}/tr.outbrain.com/unifiedPixel?${new URLSearchParams(Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined))}`;
};
const log = async () => (await client.requests('outbrain')).map(({ status, valid }) => [status, valid]);

describe('the Outbrain sandbox', () => {
  it('takes a conversion and lists it', async () => {
    expect((await get(pixel())).status).toBe(200);
    expect(await client.accepted('outbrain')).toMatchObject([{ event: 'Purchase', transactionId: 'order-1', value: 12.5, currency: 'EUR', counted: true }]);
    expect(await log()).toEqual([[200, true]]);
  });

  it('takes the click id and the name alone', async () => {
    await get(pixel({ orderId: undefined, orderValue: undefined, currency: undefined }));
    expect(await client.accepted()).toMatchObject([{ transactionId: null, value: null, currency: null, counted: true }]);
  });

  it('counts an order id once per event', async () => {
    for (const name of ['Purchase', 'Purchase', 'Lead']) await get(pixel({ name }));
    await client.settings({ clockOffsetMs: 91 * DAY });
    await get(pixel());
    expect((await client.accepted()).map(({ counted }) => counted)).toEqual([true, false, true, true]);
  });

  it.each([
    ['no click id', { ob_click_id: undefined }],
    ['an empty click id', { ob_click_id: '' }],
    ['a hashed click id', { ob_click_id: sha256('x') }],
    ['a macro', { ob_click_id: '{{ob_click_id}}' }],
    ['an empty value', { orderValue: '' }],
    ['a value with a comma', { orderValue: '12,50' }],
    ['a currency that is none', { currency: 'euro' }],
    ['no name', { name: undefined }],
    ['a name in other letters', { name: 'purchase!' }],
    ['a misspelled parameter', { orderid: 'order-1' }],
  ])('answers 200 to %s, but has no conversion of it', async (_, changes) => {
    const { status, body } = await get(pixel(changes));
    expect([status, body]).toEqual([200, '']);
    expect(await client.accepted()).toEqual([]);
    expect(await log()).toEqual([[200, false]]);
  });

  it('is only at its path, and only for GET', async () => {
    expect((await get(`${sandbox.origin}/tr.outbrain.com/pixel?ob_click_id=a&name=Lead`)).status).toBe(404);
    expect((await post(pixel(), {})).status).toBe(200);
    expect(await client.accepted()).toEqual([]);
  });

  it('fails on demand', async () => {
    await client.fault({ platform: 'outbrain', match: { transactionId: 'order-1' }, answer: { code: '503' } });
    const { status, headers } = await get(pixel());
    expect([status, headers.get('content-type')]).toEqual([503, 'text/html; charset=UTF-8']);
    expect((await get(pixel())).status).toBe(200);
  });
});
