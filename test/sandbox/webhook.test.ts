import { createHmac } from 'node:crypto';
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

const secret = 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0wMQ==';
const hook = { type: 'conversion.approved', timestamp: '2026-11-24T10:00:00Z', data: { transactionId: 'order-1', value: 12.5, currency: 'EUR' } };
type Headers = Record<string, string>;

function signed(body: string, changes: Headers = {}, key = secret): Headers {
  const headers: Headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(seconds()), ...changes };
  const hmac = createHmac('sha256', Buffer.from(key.slice('whsec_'.length), 'base64')).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`);
  return { 'webhook-signature': `v1,${hmac.digest('base64')}`, ...headers };
}
const sendHook = (body: unknown = hook, changes: Headers = {}, key = secret) => {
  const text = JSON.stringify(body);
  return post(`${sandbox.origin}/receiver.example/hook`, text, signed(text, changes, key));
};
const track = (path: string) => get(`${sandbox.origin}/tracker.example/${path}`);

describe('the receiver of signed webhooks', () => {
  it('takes a signed message and lists it', async () => {
    const { status, body } = await sendHook();
    expect([status, body]).toEqual([200, { received: true }]);
    expect(await client.accepted('webhook')).toMatchObject([{
      account: 'receiver.example', event: 'conversion.approved', eventId: 'msg_1', transactionId: 'order-1', eventTime: '2026-11-24T10:00:00.000Z', value: 12.5, currency: 'EUR', counted: true,
    }]);
  });

  it('takes a retry of the same id, but counts it once', async () => {
    for (const id of ['msg_1', 'msg_1', 'msg_2']) expect((await sendHook(hook, { 'webhook-id': id })).status).toBe(200);
    expect((await client.accepted()).map(({ counted }) => counted)).toEqual([true, false, true]);
  });

  it('refuses another message under a used id', async () => {
    await sendHook();
    expect(await sendHook({ ...hook, type: 'conversion.rejected' })).toMatchObject({ status: 409, body: { error: 'webhook-id msg_1 was used for another message' } });
  });

  it.each([
    ['no id', { 'webhook-id': '' }, 400, 'Missing required headers'],
    ['a timestamp in ISO form', { 'webhook-timestamp': new Date().toISOString() }, 400, 'Invalid Signature Headers'],
    ['a timestamp in milliseconds', { 'webhook-timestamp': String(Date.now()) }, 400, 'Message timestamp too new'],
    ['an old timestamp', { 'webhook-timestamp': String(seconds(6 * 60_000)) }, 400, 'Message timestamp too old'],
    ['a signature without its version', { 'webhook-signature': 'c2ln' }, 401, 'No matching signature found'],
  ])('refuses %s', async (_, headers, status, error) => {
    expect(await sendHook(hook, headers)).toMatchObject({ status, body: { error } });
    expect(await client.accepted()).toEqual([]);
  });

  it('refuses another secret, takes a new one and one of two signatures', async () => {
    const other = `whsec_${Buffer.from('another-secret-of-24-byte').toString('base64')}`;
    expect((await sendHook(hook, {}, other)).status).toBe(401);
    await client.account({ platform: 'webhook', account: 'receiver.example', secret: other });
    expect((await sendHook(hook, {}, other)).status).toBe(200);
    const text = JSON.stringify(hook);
    const both = { 'webhook-signature': `${signed(text)['webhook-signature']} ${signed(text, {}, other)['webhook-signature']}` };
    expect((await sendHook(hook, both)).status).toBe(200);
  });

  it('refuses forms, broken JSON, leftover macros and other methods', async () => {
    const url = `${sandbox.origin}/receiver.example/hook`;
    expect((await post(url, 'a=1', { ...signed('a=1'), 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
    expect((await post(url, '{"a":', signed('{"a":'))).status).toBe(400);
    expect((await sendHook({ ...hook, click: '{click_id}' })).body).toEqual({ error: 'Unresolved macro {click_id}' });
    expect((await get(url)).status).toBe(405);
    expect((await get(`${sandbox.origin}/receiver.example/other`)).status).toBe(404);
  });
});

describe('the tracker', () => {
  it.each([
    ['Keitaro', 'postback?subid=abc&payout=12.5&currency=eur&status=lead&tid=t1', 'lead', 't1', 'Success'],
    ['Keitaro with its key', 'k3y/postback?subid=abc&payout=12.5&currency=EUR&tid=t1', 'sale', 't1', 'Success'],
    ['Voluum', 'postback?cid=abc&payout=12.5&currency=EUR&txid=t1&et=lead', 'lead', 't1', ''],
    ['BeMob', 'postback?cid=abc&payout=12.5&currency=EUR&txid=t1&status=hold', 'hold', 't1', 'OK'],
    ['RedTrack', 'postback?clickid=abc&sum=12.5&currency=EUR&type=Lead', 'Lead', 'abc', 'OK'],
    ['Binom', 'click.php?cnv_id=abc&payout=12.5&cnv_currency=EUR&cnv_status=approve', 'approve', 'abc', 'OK'],
  ])('takes a postback of %s', async (_, path, event, transactionId, answer) => {
    const { status, body } = await track(path);
    expect([status, body]).toEqual([200, answer]);
    expect(await client.accepted()).toMatchObject([{ account: 'tracker.example', event, transactionId, value: 12.5, currency: 'EUR', counted: true }]);
  });

  it('replaces a conversion by a later postback with another status, and ignores a repeat', async () => {
    for (const status of ['lead', 'lead', 'sale', 'rejected']) await track(`postback?subid=abc&tid=t1&payout=5&status=${status}`);
    await track('postback?subid=abc&tid=t2&payout=5&status=rejected');
    expect((await client.accepted()).map(({ event, counted, adjusted }) => [event, counted, adjusted ?? false])).toEqual([
      ['lead', true, false], ['lead', false, false], ['sale', false, true], ['rejected', false, true], ['rejected', false, false],
    ]);
    expect((await client.totals()).webhook).toMatchObject({ accepted: 5, counted: 1, duplicates: 1, adjusted: 2 });
  });

  it('takes a form', async () => {
    await post(`${sandbox.origin}/tracker.example/postback`, new URLSearchParams({ subid: 'abc', tid: 't1', payout: '1' }));
    expect(await client.accepted()).toMatchObject([{ event: 'sale', transactionId: 't1', value: 1 }]);
  });

  it.each([
    ['postback?subid={click_id}&status=sale', 'Error: unresolved macro in subid'],
    ['postback?subid=abc&tid=%257Btxid%257D', 'Error: unresolved macro in tid'],
    ['postback?subid=&status=sale', 'Error: subid is empty'],
    ['postback?status=sale&tid=t1', 'Error: no click id'],
    ['postback?subid=unknown-1&status=sale', 'Error: click not found'],
    ['postback?subid=abc&payout=1,5', 'Error: payout is not a number'],
    ['postback?subid=abc&payout=1&currency=XX', 'Error: currency is not a currency'],
    ['postback?subid=abc&status=approved', 'Error: unknown status approved'],
    ['click.php?cnv_id=unknown-1&payout=1', 'Error: click not found'],
  ])('answers 200 with an error text to %s', async (path, text) => {
    const { status, body } = await track(path);
    expect([status, body]).toEqual([200, text]);
    expect(await client.accepted()).toEqual([]);
    expect((await client.requests('webhook')).map(({ valid }) => valid)).toEqual([false]);
  });

  it('answers with a status where the tracker has them', async () => {
    expect((await track('postback?cid=unknown-1&payout=1')).status).toBe(404);
    expect((await track('postback?clickid=abc&sum=x')).status).toBe(400);
    expect((await track('conversion?cid=abc')).status).toBe(404);
  });

  it('fails on demand, by status and by text, matched by what a template sent', async () => {
    await client.fault({ platform: 'webhook', match: { event: 'sale', transactionId: 't1' }, answer: { code: 'click-not-found' } });
    expect((await track('postback?subid=abc&tid=t1')).body).toBe('Error: click not found');
    await client.fault({ platform: 'webhook', match: { eventId: 'msg_1' }, answer: { code: '410' } });
    expect((await sendHook()).status).toBe(410);
    for (const code of ['301', '408', '425', '429', '500', '504', 'internal']) await client.fault({ platform: 'webhook', answer: { code } });
    await client.reset();
    await client.settings({ clockOffsetMs: DAY });
    expect((await sendHook()).body).toEqual({ error: 'Message timestamp too old' });
  });
});
