import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxClient } from '../../dev/sandbox/client.ts';
import type { SandboxClient } from '../../dev/sandbox/client.ts';
import { startSandbox } from '../../dev/sandbox/server.ts';
import { DAY, emptyHash, post, seconds, sha256 } from './senders.ts';
import type { Reply } from './senders.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let client: SandboxClient;
beforeAll(async () => {
  sandbox = await startSandbox();
  client = sandboxClient(sandbox.origin);
});
beforeEach(() => client.reset());
afterAll(() => sandbox.close());

type Changes = Record<string, unknown>;

const pixel = '5a4dbc00-0000-4000-8000-00005a4d0001';
const event = (changes: Changes = {}): Changes => ({
  event_name: 'PURCHASE', event_time: seconds(60_000), event_id: 'order-1', action_source: 'WEB', event_source_url: 'https://shop.example/',
  user_data: { em: [sha256('jane@example.com')], sc_click_id: '8f7c-click', client_ip_address: '203.0.113.7', client_user_agent: 'Mozilla/5.0' },
  custom_data: { value: 12.5, currency: 'EUR', order_id: 'order-1' },
  ...changes,
});
const user = (changes: Changes): Changes => event({ user_data: { em: sha256('jane@example.com'), ...changes } });
const custom = (changes: Changes): Changes => event({ custom_data: { value: 1, currency: 'EUR', ...changes } });
const send = (data: unknown, path = `v3/${pixel}/events`, token = 'sandbox-snapchat-token'): Promise<Reply> =>
  post(`${sandbox.origin}/tr.snapchat.com/${path}?access_token=${token}`, { data });

describe('the Snapchat sandbox', () => {
  it('takes a valid event and lists it', async () => {
    const { status, body } = await send([event()]);
    expect([status, body]).toEqual([200, { status: 'VALID', reason: 'Events have been processed successfully.' }]);
    expect(await client.accepted('snapchat')).toMatchObject([{ account: pixel, event: 'PURCHASE', eventId: 'order-1', transactionId: 'order-1', value: 12.5, currency: 'EUR', counted: true }]);
  });

  it('takes a value in quotes', async () => {
    expect((await send([custom({ value: '7.90' })])).status).toBe(200);
    expect((await client.accepted())[0]!.value).toBe(7.9);
  });

  it('counts the same event and id once in 48 hours', async () => {
    for (let n = 0; n < 3; n += 1) expect((await send([event()])).status).toBe(200);
    await client.settings({ clockOffsetMs: 2 * DAY + 1 });
    await send([event()]);
    expect((await client.totals()).snapchat).toMatchObject({ accepted: 4, counted: 2, duplicates: 2 });
  });

  it('validates without recording', async () => {
    expect((await send([event()], `v3/${pixel}/events/validate`)).status).toBe(200);
    expect((await send([event({ event_name: 'Purchase' })], `v3/${pixel}/events/validate`)).body).toMatchObject({ status: 'INVALID', reason: 'Invalid event_name: Purchase' });
    expect((await client.totals()).snapchat).toMatchObject({ requests: 2, accepted: 0, refused: 1 });
  });

  it.each([
    ['no event name', event({ event_name: undefined }), 'Missing required field: event_name'],
    ['no time', event({ event_time: undefined }), 'Missing required field: event_time'],
    ['no URL of a web event', event({ event_source_url: undefined }), 'Missing required field: event_source_url'],
    ['an unknown action source', event({ action_source: 'web' }), 'Invalid action_source: web'],
    ['milliseconds', event({ event_time: Date.now() }), 'Timestamp invalid or out of range: event_time must be a Unix timestamp in seconds'],
    ['a time in quotes', event({ event_time: String(seconds()) }), 'Timestamp invalid or out of range: event_time must be a Unix timestamp in seconds'],
    ['the future', event({ event_time: seconds(-DAY) }), 'Timestamp invalid or out of range: event_time is in the future'],
    ['an old event', event({ event_time: seconds(38 * DAY) }), 'Timestamp invalid or out of range: event_time is more than 37 days ago'],
    ['an email in clear', user({ em: 'jane@example.com' }), 'Unhashed PII: em must be hashed with SHA-256'],
    ['the hash of nothing', user({ ph: [emptyHash] }), 'Unhashed PII: ph must be hashed with SHA-256'],
    ['a hashed IP address', user({ client_ip_address: sha256('203.0.113.7') }), 'Invalid hashed IP Address'],
    ['a hashed click id', user({ sc_click_id: sha256('x') }), 'Invalid sc_click_id: must not be hashed'],
    ['a click id alone', event({ user_data: { sc_click_id: 'x' } }), 'Insufficient PII: one of em, ph, madid, or client_ip_address with client_user_agent is required'],
    ['a purchase without a currency', custom({ currency: undefined }), 'Missing price and/or currency in Purchase event'],
    ['a currency that is none', custom({ currency: 'XX' }), 'Invalid currency: must be an ISO 4217 code'],
  ])('refuses %s', async (_, changed, reason) => {
    const { status, body } = await send([changed]);
    expect([status, body]).toEqual([400, { status: 'INVALID', reason, error_records: [{ index: 0, reason }] }]);
    expect((await client.totals()).snapchat).toMatchObject({ accepted: 0, refused: 1 });
  });

  it('takes 37 days old events and offline events without a URL', async () => {
    expect((await send([event({ event_time: seconds(37 * DAY - 60_000), action_source: 'OFFLINE', event_source_url: undefined })])).status).toBe(200);
  });

  it('refuses a batch as a whole and names the bad events', async () => {
    expect((await send([event(), event({ event_time: 1 })])).body.error_records).toMatchObject([{ index: 1 }]);
    expect((await send(Array.from({ length: 2001 }, () => event()))).body.reason).toBe('Too many events: at most 2000 are allowed in a request.');
    expect(await client.accepted()).toHaveLength(0);
  });

  it('refuses tokens, pixels and paths', async () => {
    expect((await send([event()], undefined, 'old')).status).toBe(401);
    const header = await post(`${sandbox.origin}/tr.snapchat.com/v3/${pixel}/events`, { data: [event()] }, { authorization: 'Bearer sandbox-snapchat-token' });
    expect([header.status, header.body.reason]).toEqual([401, 'Invalid access token']);
    expect((await send([event()], 'v3/other/events')).status).toBe(403);
    expect((await send([event()], 'v2/conversion')).status).toBe(404);
  });

  it.each([['400', 400], ['401', 401], ['403', 403], ['404', 404], ['413', 413], ['429', 429], ['500', 500], ['502', 502], ['503', 503]])('answers a fault %s', async (code, status) => {
    await client.fault({ platform: 'snapchat', match: { event: 'PURCHASE', transactionId: 'order-1' }, answer: { code } });
    expect((await send([event()])).status).toBe(status);
  });
});
