import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxClient } from '../../dev/sandbox/client.ts';
import type { SandboxClient } from '../../dev/sandbox/client.ts';
import { startSandbox } from '../../dev/sandbox/server.ts';
import { DAY, emptyHash, get, post, seconds, sha256 } from './senders.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let client: SandboxClient;
beforeAll(async () => {
  sandbox = await startSandbox();
  client = sandboxClient(sandbox.origin);
});
beforeEach(() => client.reset());
afterAll(() => sandbox.close());

type Changes = Record<string, unknown>;
const pixel = 'SandboxOpenAIPixel0001';
const bearer = { authorization: 'Bearer sk-svcacct-sandbox-openai' };

const openaiEvent = (changes: Changes = {}): Changes => ({
  id: 'order-1', type: 'order_created', timestamp_ms: Date.now() - 60_000, action_source: 'web', source_url: 'https://shop.example/thanks', oppref: 'oppref_abc',
  user: { emails_sha256: [sha256('jane@example.com')], countries: ['DE'], ip_address: '203.0.113.7', user_agent: 'Mozilla/5.0' },
  data: { type: 'contents', amount: 1250, currency: 'EUR' },
  ...changes,
});
const send = (events: unknown, root: Changes = {}, headers: Record<string, string> = bearer, path = `v1/events?pid=${pixel}`) =>
  post(`${sandbox.origin}/bzr.openai.com/${path}`, { events, ...root }, headers);
const user = (changes: Changes) => openaiEvent({ user: changes });
const data = (changes: Changes) => openaiEvent({ data: { type: 'contents', amount: 1250, currency: 'EUR', ...changes } });

describe('the OpenAI Ads sandbox', () => {
  it('takes a valid event and lists it, with the amount in whole units', async () => {
    const { status, body, headers } = await send([openaiEvent(), data({ amount: 900, currency: 'JPY' })].map((event, n) => ({ ...event, id: `order-${n}` })));
    expect([status, body]).toEqual([200, { accepted_events: 2 }]);
    expect(headers.get('x-request-id')).toMatch(/^req_/);
    expect(await client.accepted('openai')).toMatchObject([
      { account: pixel, event: 'order_created', eventId: 'order-0', value: 12.5, currency: 'EUR', counted: true },
      { eventId: 'order-1', value: 900, currency: 'JPY' },
    ]);
  });

  it('counts the same name and id once, in one batch and over several', async () => {
    const custom = openaiEvent({ type: 'custom', custom_event_name: 'lead_rejected', data: { type: 'custom', reason: 'trash' } });
    await send([openaiEvent(), openaiEvent()]);
    await send([openaiEvent(), custom, { ...custom, custom_event_name: 'lead_hold' }]);
    expect((await client.accepted()).map(({ event, counted }) => [event, counted])).toEqual([
      ['order_created', true], ['order_created', false], ['order_created', false], ['lead_rejected', true], ['lead_hold', true],
    ]);
  });

  it('stores nothing of a batch that it only validates', async () => {
    expect((await send([openaiEvent()], { validate_only: true })).body).toEqual({ accepted_events: 1 });
    expect((await send([openaiEvent({ id: '' })], { validate_only: true })).status).toBe(400);
    expect(await client.accepted()).toEqual([]);
  });

  it('refuses a whole batch for one bad event and names it', async () => {
    const { status, body } = await send([openaiEvent(), openaiEvent({ timestamp_ms: Date.now() - 8 * DAY })]);
    expect(status).toBe(400);
    expect(body).toEqual({ error: { message: 'events[1].timestamp_ms must be within the last 7 days.', type: 'invalid_request_error', param: 'events[1].timestamp_ms', code: 'invalid_value' } });
    expect(await client.accepted()).toEqual([]);
  });

  it.each([
    ['no id', openaiEvent({ id: undefined }), 'events[0].id'],
    ['a number as id', openaiEvent({ id: 7 }), 'events[0].id'],
    ['the key of another platform', openaiEvent({ event_id: 'x' }), 'events[0].event_id'],
    ['an unknown type', openaiEvent({ type: 'Purchase' }), 'events[0].type'],
    ['a custom event without a name', openaiEvent({ type: 'custom', data: { type: 'custom' } }), 'events[0].custom_event_name'],
    ['a custom event with a standard name', openaiEvent({ type: 'custom', custom_event_name: 'lead_created', data: { type: 'custom' } }), 'events[0].custom_event_name'],
    ['a custom name on a standard event', openaiEvent({ custom_event_name: 'x' }), 'events[0].custom_event_name'],
    ['seconds', openaiEvent({ timestamp_ms: seconds() }), 'events[0].timestamp_ms'],
    ['a time in quotes', openaiEvent({ timestamp_ms: String(Date.now()) }), 'events[0].timestamp_ms'],
    ['a time in 11 minutes', openaiEvent({ timestamp_ms: Date.now() + 11 * 60_000 }), 'events[0].timestamp_ms'],
    ['no action source', openaiEvent({ action_source: undefined }), 'events[0].action_source'],
    ['an unknown action source', openaiEvent({ action_source: 'website' }), 'events[0].action_source'],
    ['web without a URL', openaiEvent({ source_url: undefined }), 'events[0].source_url'],
    ['a relative URL', openaiEvent({ source_url: '/thanks' }), 'events[0].source_url'],
    ['a hashed oppref', openaiEvent({ oppref: sha256('x') }), 'events[0].oppref'],
    ['an app event from the web', openaiEvent({ type: 'app_installed', data: { type: 'customer_action' } }), 'events[0].action_source'],
    ['an email in clear', user({ emails_sha256: ['jane@example.com'] }), 'events[0].user.emails_sha256'],
    ['a hash without a list', user({ emails_sha256: sha256('a') }), 'events[0].user.emails_sha256'],
    ['the hash of nothing', user({ phone_numbers_sha256: [emptyHash] }), 'events[0].user.phone_numbers_sha256'],
    ['an upper-case hash', user({ external_ids_sha256: [sha256('a').toUpperCase()] }), 'events[0].user.external_ids_sha256'],
    ['the pixel key for an email', user({ email_sha256: sha256('a') }), 'events[0].user.email_sha256'],
    ['a hashed country', user({ countries: [sha256('de')] }), 'events[0].user.countries'],
    ['a bad IP address', user({ ip_address: 'x' }), 'events[0].user.ip_address'],
    ['a hashed user agent', user({ user_agent: sha256('x') }), 'events[0].user.user_agent'],
    ['no data', openaiEvent({ data: undefined }), 'events[0].data'],
    ['data of another event', openaiEvent({ data: { type: 'customer_action' } }), 'events[0].data.type'],
    ['a field that the shape has not', openaiEvent({ type: 'lead_created', data: { type: 'customer_action', contents: [] } }), 'events[0].data.contents'],
    ['an amount in whole units', data({ amount: 12.5 }), 'events[0].data.amount'],
    ['an amount in quotes', data({ amount: '1250' }), 'events[0].data.amount'],
    ['an amount without currency', data({ currency: undefined }), 'events[0].data.currency'],
    ['a currency in lower case', data({ currency: 'eur' }), 'events[0].data.currency'],
    ['a number as content id', data({ contents: [{ id: 7 }] }), 'events[0].data.contents[0].id'],
  ])('refuses %s', async (_, event, param) => {
    const { status, body } = await send([event]);
    expect([status, body.error.param]).toEqual([400, param]);
    expect((await client.totals()).openai).toMatchObject({ accepted: 0, refused: 1 });
  });

  it('takes what is unusual but right', async () => {
    const events = [
      openaiEvent({ id: 'a', action_source: 'other', source_url: undefined, user: undefined, oppref: undefined, data: { type: 'contents' } }),
      openaiEvent({ id: 'b', type: 'lead_created', opt_out: true, data: { type: 'customer_action', amount: 0, currency: 'USD' } }),
      openaiEvent({ id: 'c', timestamp_ms: Date.now() + 9 * 60_000, data: { type: 'contents', contents: [{ id: '7', quantity: 1, amount: 1, currency: 'USD' }] } }),
    ];
    expect((await send(events, { integration_source: 'tributary' })).body).toEqual({ accepted_events: 3 });
  });

  it('refuses keys, pixels, paths and roots', async () => {
    const at = async (...call: Parameters<typeof send>) => {
      const { status, body } = await send(...call);
      return [status, body.error.code, body.error.message];
    };
    const events = [openaiEvent()];
    expect((await at(events, {}, {}))[0]).toBe(401);
    expect(await at(events, {}, { authorization: 'Bearer sk-other' })).toEqual([401, 'invalid_api_key', 'Incorrect API key provided.']);
    expect(await at(events, {}, bearer, 'v1/events?pid=Other')).toEqual([404, 'not_found', 'Pixel not found.']);
    expect((await at(events, {}, bearer, 'v1/events'))[0]).toBe(400);
    expect((await at(events, {}, bearer, `v2/events?pid=${pixel}`))[2]).toBe('Invalid URL (POST /v2/events)');
    expect(await at(undefined, { data: events })).toEqual([400, 'missing_required_field', 'Missing required field: events']);
    expect((await at([]))[0]).toBe(400);
    expect((await at(events, { test_event_code: 'T' }))[2]).toBe('test_event_code is not a supported field.');
    expect((await at(Array.from({ length: 1001 }, () => openaiEvent())))[2]).toBe('events must have at most 1000 items.');
    expect((await get(`${sandbox.origin}/bzr.openai.com/v1/events?pid=${pixel}`, bearer)).status).toBe(405);
    expect(await client.accepted()).toEqual([]);
  });

  it('fails on demand', async () => {
    await client.fault({ platform: 'openai', match: { event: 'order_created', eventId: 'order-1' }, answer: { code: 'rate_limit_exceeded' } });
    await client.fault({ platform: 'openai', answer: { code: 'missing_scope' } });
    const limited = await send([openaiEvent()]);
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await send([openaiEvent()])).body.error.message).toContain('Missing scopes: ads.third_party_events.write');
    for (const code of ['400', '401', '403', '404', '422', '500', '503']) await client.fault({ platform: 'openai', answer: { code } });
  });
});
