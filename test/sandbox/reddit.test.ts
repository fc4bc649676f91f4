import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxClient } from '../../dev/sandbox/client.ts';
import type { SandboxClient } from '../../dev/sandbox/client.ts';
import { startSandbox } from '../../dev/sandbox/server.ts';
import { DAY, emptyHash, post, sha256 } from './senders.ts';
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
  event_at: Date.now() - 60_000, action_source: 'WEBSITE', type: { tracking_type: 'PURCHASE' }, click_id: '3184742045291813272',
  user: { email: sha256('jane@example.com'), ip_address: '203.0.113.7', user_agent: 'Mozilla/5.0' },
  metadata: { conversion_id: 'order-1', currency: 'EUR', value: 12.5, item_count: 1 },
  ...changes,
});
const user = (changes: Changes): Changes => event({ user: changes });
const metadata = (changes: Changes): Changes => event({ metadata: changes });
const send = (events: unknown, data: Changes = {}, path = 'a2_sandbox', token = 'Bearer sandbox-reddit-token'): Promise<Reply> =>
  post(`${sandbox.origin}/ads-api.reddit.com/api/v3/pixels/${path}/conversion_events`, { data: { events, ...data } }, token ? { authorization: token } : {});

describe('the Reddit sandbox', () => {
  it('takes a valid event and lists it', async () => {
    const { status, body } = await send([event()]);
    expect([status, body]).toEqual([200, { data: { message: 'Successfully processed 1 conversion events.' } }]);
    expect(await client.accepted('reddit')).toMatchObject([{ account: 'a2_sandbox', event: 'PURCHASE', eventId: 'order-1', value: 12.5, currency: 'EUR', counted: true }]);
  });

  it('names a custom event', async () => {
    expect((await send([event({ type: { tracking_type: 'CUSTOM', custom_event_name: 'Rejected' } })])).status).toBe(200);
    expect((await client.accepted())[0]!.event).toBe('Rejected');
  });

  it('counts the same type, channel and conversion id once in 2 days', async () => {
    for (let n = 0; n < 3; n += 1) await send([event()]);
    await send([event({ type: { tracking_type: 'LEAD' } }), event({ action_source: 'OTHER' })]);
    expect((await client.totals()).reddit).toMatchObject({ accepted: 5, counted: 3, duplicates: 2 });
  });

  it('records nothing with a test id', async () => {
    expect((await send([event()], { test_id: 't2_test' })).status).toBe(200);
    expect((await client.totals()).reddit).toMatchObject({ accepted: 0, refused: 0 });
  });

  it.each([
    ['an old event', event({ event_at: Date.now() - 7 * DAY }), 'event_at', 'event_at timestamp must be less than 168h0m0s old'],
    ['seconds', event({ event_at: Math.floor(Date.now() / 1000) }), 'event_at', 'event_at timestamp must be less than 168h0m0s old'],
    ['the future', event({ event_at: Date.now() + DAY }), 'event_at', 'event_at timestamp must not be in the future'],
    ['no time', event({ event_at: undefined }), 'event_at', 'missing event_at'],
    ['no source', event({ action_source: undefined }), 'action_source', 'missing action_source'],
    ['the source in lower case', event({ action_source: 'website' }), 'action_source', 'invalid action_source: website'],
    ['the type of v2', event({ type: { tracking_type: 'Purchase' } }), 'type.tracking_type', 'invalid tracking_type: Purchase'],
    ['a custom event without a name', event({ type: { tracking_type: 'CUSTOM' } }), 'type.custom_event_name', 'custom_event_name is required where tracking_type is CUSTOM'],
    ['the hash of nothing', user({ email: emptyHash }), 'user.email', 'user.email: neither a valid value nor its SHA-256 hash in lower-case hex'],
    ['a phone number without +', user({ phone_number: '15554441234' }), 'user.phone_number', 'user.phone_number: neither a valid value nor its SHA-256 hash in lower-case hex'],
    ['a hashed click id', event({ click_id: sha256('x') }), 'click_id', 'click_id must not be hashed'],
    ['a bad uuid', user({ uuid: '1700000000.abcd-uuid' }), 'user.UUID', 'user.UUID: invalid UUID: UUID must be RFC-4122 compliant'],
    ['nobody', event({ click_id: undefined, user: { user_agent: 'x' } }), 'user', 'at least one match key is required'],
    ['a currency that is none', metadata({ currency: 'XX' }), 'metadata.currency', 'invalid currency: XX'],
  ])('refuses %s', async (_, changed, field, message) => {
    const { status, body } = await send([changed]);
    expect([status, body]).toEqual([400, { error: { code: 400, message: 'There were 1 invalid conversion events. None were processed.', fields: [{ field: `$.data.events[0].${field}`, message }] } }]);
    expect((await client.totals()).reddit).toMatchObject({ accepted: 0, refused: 1 });
  });

  it.each([
    ['a field of v2', event({ event_metadata: {} }), 'unknown field', 'event_metadata'],
    ['a value in quotes', metadata({ value: '12.5' }), 'unexpected type string', 'value'],
    ['a time in quotes', event({ event_at: '2026-11-24T00:00:00Z' }), 'unexpected type string', 'event_at'],
    ['an unknown field of a product', metadata({ products: [{ sku: '7' }] }), 'unknown field', 'sku'],
  ])('cannot read %s', async (_, changed, what, field) => {
    expect((await send([changed])).body).toEqual({ error: { code: 400, message: `JSON error "${what}" on field "${field}"` } });
  });

  it('refuses a batch as a whole', async () => {
    const { body } = await send([event(), event({ event_at: 1 })]);
    expect(body.error.fields).toMatchObject([{ field: '$.data.events[1].event_at' }]);
    expect((await send(Array.from({ length: 1001 }, () => event()))).body.error.message).toBe('Bad Request');
    expect(await client.accepted()).toHaveLength(0);
  });

  it('refuses tokens, pixels and paths', async () => {
    expect((await send([event()], {}, undefined, 'Bearer old')).body.error.reason).toBe('UNAUTHORIZED');
    expect((await send([event()], {}, undefined, '')).body).toEqual({ error: { code: 401, message: 'No bearer token provided' } });
    const other = await send([event()], {}, 'a2_other');
    expect([other.status, other.body.error.message]).toEqual([403, "You're not authorized to post conversions to Pixel ID a2_other."]);
    expect((await post(`${sandbox.origin}/ads-api.reddit.com/api/v2.0/conversions/events/a2_sandbox`, {})).status).toBe(404);
  });

  it.each([['400', 400], ['401', 401], ['401/text', 401], ['403', 403], ['403/scope', 403], ['403/json', 403], ['429', 429], ['429/user-agent', 429], ['500', 500], ['503', 503]])('answers a fault %s', async (code, status) => {
    await client.fault({ platform: 'reddit', match: { event: 'PURCHASE', eventId: 'order-1' }, answer: { code } });
    expect((await send([event()])).status).toBe(status);
  });
});
