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

const event = (changes: Changes = {}): Changes => ({
  event_name: 'checkout', event_time: seconds(60_000), event_id: 'order-1', action_source: 'web',
  user_data: { em: [sha256('jane@example.com')], click_id: 'dj0yJnU9b2Jd', client_ip_address: '203.0.113.7', client_user_agent: 'Mozilla/5.0' },
  custom_data: { value: '12.50', currency: 'EUR', order_id: 'order-1' },
  ...changes,
});
const user = (changes: Changes): Changes => event({ user_data: { em: [sha256('jane@example.com')], ...changes } });
const custom = (changes: Changes): Changes => event({ custom_data: changes });
const authorised = { authorization: 'Bearer sandbox-pinterest-token' };
const send = (data: unknown, path = 'v5/ad_accounts/549755885175/events', headers: Record<string, string> = authorised): Promise<Reply> =>
  post(`${sandbox.origin}/api.pinterest.com/${path}`, { data }, headers);
const processed = { status: 'processed', error_message: '', warning_message: '' };

describe('the Pinterest sandbox', () => {
  it('takes a valid event and lists it', async () => {
    const { status, body } = await send([event()]);
    expect([status, body]).toEqual([200, { num_events_received: 1, num_events_processed: 1, events: [processed] }]);
    expect(await client.accepted('pinterest')).toMatchObject([{ account: '549755885175', event: 'checkout', eventId: 'order-1', transactionId: 'order-1', value: 12.5, counted: true }]);
  });

  it('counts the same event and id once, but every offline event', async () => {
    for (let n = 0; n < 3; n += 1) await send([event()]);
    for (let n = 0; n < 2; n += 1) await send([event({ action_source: 'offline', event_id: 'order-2' })]);
    expect((await client.totals()).pinterest).toMatchObject({ accepted: 5, counted: 3, duplicates: 2 });
  });

  it('records nothing of a test', async () => {
    const path = 'v5/ad_accounts/549755885175/events?test=true';
    expect((await send([event()], path)).body.num_events_processed).toBe(1);
    expect((await send([event({ event_time: 1 })], path)).status).toBe(422);
    expect((await client.totals()).pinterest).toMatchObject({ requests: 2, accepted: 0, refused: 1 });
  });

  it('takes a name of the advertiser, but does not count it', async () => {
    expect((await send([event({ event_name: 'lead_rejected' })])).body.events[0].warning_message).toBe("'event_name' is not a standard event: lead_rejected");
    expect(await client.accepted()).toMatchObject([{ event: 'lead_rejected', counted: false, reason: 'the event name is not mapped to a standard event' }]);
  });

  it.each([
    ['no event id', event({ event_id: undefined }), "'event_id' is a required property of data[0]."],
    ['a value as a number', custom({ value: 12.5 }), 'data[0].custom_data.value is not of type string.'],
    ['a price as a number', custom({ contents: [{ id: '7', item_price: 12.5 }] }), 'data[0].custom_data.contents[0].item_price is not of type string.'],
    ['a time in quotes', event({ event_time: String(seconds()) }), 'data[0].event_time is not of type integer.'],
    ['an email that is no list', user({ em: sha256('jane@example.com') }), 'data[0].user_data.em is not of type strings.'],
    ['an unknown field', event({ partner: 'x' }), "'partner' is not a known property of data[0]."],
    ['a click id alone', event({ user_data: { click_id: 'x' } }), 'data[0].user_data needs em, hashed_maids, or client_ip_address with client_user_agent.'],
  ])('refuses a request with %s', async (_, changed, message) => {
    const { status, body } = await send([changed]);
    expect([status, body]).toEqual([400, { code: 4196, message: `The request was invalid. ${message}` }]);
  });

  it.each([
    ['milliseconds', event({ event_time: Date.now() }), "'event_time' is in the future. It must be a Unix timestamp in seconds"],
    ['an old event', event({ event_time: seconds(8 * DAY) }), "'event_time' is more than 7 days ago"],
    ['an unknown source', event({ action_source: 'website' }), "'action_source' must be one of app_android, app_ios, web, offline"],
    ['an email in clear', user({ em: ['jane@example.com'] }), "'em' is not in sha256 hashed format"],
    ['the hash of nothing', user({ ph: [emptyHash] }), "'ph' is not in sha256 hashed format"],
    ['a hashed click id', user({ click_id: sha256('x') }), "'click_id' must not be hashed"],
    ['a value that is none', custom({ value: 'twelve' }), "'value' cannot be parsed into a double"],
    ['a currency that is none', custom({ currency: 'XX' }), "'currency' is not an ISO-4217 currency code"],
  ])('fails %s', async (_, changed, message) => {
    const { status, body } = await send([changed]);
    expect(status).toBe(422);
    expect(body.details).toEqual({ num_events_received: 1, num_events_processed: 0, events: [{ status: 'failed', error_message: message, warning_message: '' }] });
    expect((await client.totals()).pinterest).toMatchObject({ accepted: 0, refused: 1 });
  });

  it('takes the good events of a batch', async () => {
    const { status, body } = await send([event({ event_time: 1 }), event()]);
    expect([status, body.details.events.map((one: Changes) => one.status)]).toEqual([422, ['failed', 'processed']]);
    expect(await client.accepted()).toHaveLength(1);
    expect((await send(Array.from({ length: 1001 }, () => event()))).status).toBe(400);
  });

  it('refuses tokens, ad accounts and paths', async () => {
    const old = await send([event()], undefined, { authorization: 'Bearer old' });
    expect([old.status, old.body]).toEqual([401, { code: 2, message: 'Authentication failed.' }]);
    expect((await send([event()], undefined, {})).status).toBe(401);
    const other = await send([event()], 'v5/ad_accounts/1/events');
    expect([other.status, other.body]).toEqual([403, { code: 29, message: 'You are not permitted to access that resource.' }]);
    expect((await send([event()], 'v4/ad_accounts/549755885175/events')).status).toBe(404);
  });

  it.each([['400', 400], ['401', 401], ['403', 403], ['422', 422], ['429', 429], ['500', 500], ['503', 503], ['8', 429], ['4197', 503]])('answers a fault %s', async (code, status) => {
    await client.fault({ platform: 'pinterest', match: { eventId: 'order-1' }, answer: { code } });
    expect((await send([event()])).status).toBe(status);
  });
});
