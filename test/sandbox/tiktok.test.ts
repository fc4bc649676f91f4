import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxClient } from '../../dev/sandbox/client.ts';
import type { SandboxClient } from '../../dev/sandbox/client.ts';
import { startSandbox } from '../../dev/sandbox/server.ts';
import { DAY, emptyHash, post, seconds, sendTiktok, sha256, tiktokEvent } from './senders.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let client: SandboxClient;
beforeAll(async () => {
  sandbox = await startSandbox();
  client = sandboxClient(sandbox.origin);
});
beforeEach(() => client.reset());
afterAll(() => sandbox.close());

const user = (changes: object) => tiktokEvent({ user: changes });
const properties = (changes: object) => tiktokEvent({ properties: changes });

describe('the TikTok sandbox', () => {
  it('takes a valid event and lists it', async () => {
    const { status, body } = await sendTiktok(sandbox.origin, [tiktokEvent()]);
    expect(status).toBe(200);
    expect(body).toEqual({ code: 0, message: 'OK', request_id: expect.stringMatching(/^\d{14}[0-9A-F]{18}$/), data: {} });
    expect(await client.accepted('tiktok')).toMatchObject([{ account: 'CSANDBOX0000000000TT', event: 'Purchase', eventId: 'order-1', value: 12.5, counted: true }]);
  });

  it('counts the same event and id once in 48 hours', async () => {
    for (let n = 0; n < 3; n += 1) expect((await sendTiktok(sandbox.origin, [tiktokEvent()])).body.code).toBe(0);
    expect((await client.totals()).tiktok).toMatchObject({ accepted: 3, counted: 1, duplicates: 2 });
  });

  it.each([
    ['no event', tiktokEvent({ event: undefined }), 'data.0.event: Missing data for required field.'],
    ['no time', tiktokEvent({ event_time: undefined }), 'data.0.event_time: Missing data for required field.'],
    ['a time in quotes', tiktokEvent({ event_time: String(seconds()) }), 'data.0.event_time: Not a valid integer.'],
    ['milliseconds', tiktokEvent({ event_time: Date.now() }), 'data.0.event_time: The event time is in the future. Use a Unix timestamp in seconds.'],
    ['an old event', tiktokEvent({ event_time: seconds(8 * DAY) }), 'data.0.event_time: The event time is more than 7 days ago.'],
    ['a number as event id', tiktokEvent({ event_id: 7 }), 'data.0.event_id: Not a valid string.'],
    ['an email in clear', user({ email: 'jane@example.com' }), 'data.0.user.email: The value must be hashed with SHA-256.'],
    ['the hash of nothing', user({ phone: [emptyHash] }), 'data.0.user.phone: The value must be hashed with SHA-256.'],
    ['a hashed ttclid', user({ ttclid: sha256('x') }), 'data.0.user.ttclid: The value must not be hashed.'],
    ['a bad IP address', user({ ip: 'x' }), 'data.0.user.ip: Not a valid IP address.'],
    ['a value in quotes', properties({ value: '1.5' }), 'data.0.properties.value: Not a valid number.'],
    ['a currency that is none', properties({ currency: 'XX' }), 'data.0.properties.currency: Not a valid currency code.'],
    ['a number as content id', properties({ contents: [{ content_id: 7 }] }), 'data.0.properties.contents.0.content_id: Not a valid string.'],
    ['a number of items in quotes', properties({ num_items: '3' }), 'data.0.properties.num_items: Not a valid integer.'],
    ['a number as lead id', tiktokEvent({ lead: { lead_id: 7 } }), 'data.0.lead.lead_id: Not a valid string.'],
    ['an unknown content type', properties({ content_type: 'offer' }), 'data.0.properties.content_type: Must be one of: product, product_group.'],
  ])('refuses %s with 200 and 40002', async (_, event, message) => {
    const { status, body } = await sendTiktok(sandbox.origin, [event]);
    expect(status).toBe(200);
    expect(body).toEqual({ code: 40002, message, request_id: expect.any(String), data: {} });
    expect((await client.totals()).tiktok).toMatchObject({ accepted: 0, refused: 1 });
  });

  it('takes the good events of a batch and names the bad ones', async () => {
    const { body } = await sendTiktok(sandbox.origin, [tiktokEvent(), tiktokEvent({ event_time: 1 })]);
    expect(body).toMatchObject({ code: 20001, data: { failed_events: [{ order_in_batch: 1 }] } });
    expect(await client.accepted()).toHaveLength(1);
  });

  it('takes offline events of 20 days', async () => {
    expect((await sendTiktok(sandbox.origin, [tiktokEvent({ event_time: seconds(20 * DAY) })], { event_source: 'offline' })).body.code).toBe(0);
  });

  it('refuses tokens, pixels and paths', async () => {
    expect((await sendTiktok(sandbox.origin, [tiktokEvent()], {}, { 'access-token': 'old' })).body).toMatchObject({ code: 40105, message: 'Access token is incorrect or has been revoked.' });
    expect((await sendTiktok(sandbox.origin, [tiktokEvent()], {}, {})).body.code).toBe(40104);
    expect((await sendTiktok(sandbox.origin, [tiktokEvent()], { event_source_id: 'OTHER' })).body.code).toBe(40001);
    expect((await sendTiktok(sandbox.origin, [tiktokEvent()], { event_source: 'website' })).body.code).toBe(40002);
    expect((await sendTiktok(sandbox.origin, [tiktokEvent()], { test_event_code: 7 })).body.message).toBe('test_event_code: Not a valid string.');
    const noSlash = await post(`${sandbox.origin}/business-api.tiktok.com/open_api/v1.3/event/track`, {});
    expect([noSlash.status, noSlash.body, noSlash.headers.get('content-type')]).toEqual([404, '404 page not found', 'text/plain; charset=utf-8']);
  });
});
