import { createHmac, randomUUID } from 'node:crypto';
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

const conversion = (changes: Changes = {}): Changes => ({
  conversion_time: new Date(Date.now() - 60_000).toISOString(), event_id: 'osale', conversion_id: 'order-1', value: 12.5, price_currency: 'EUR',
  identifiers: [{ twclid: '23opevjt88psuo13lu8d020qkn' }, { hashed_email: sha256('jane@example.com') }],
  ...changes,
});
const identifiers = (...list: Changes[]): Changes => conversion({ identifiers: list });
const pixelToken = { 'x-pixel-token': 'sandbox-x-pixel-token' };
const send = (conversions: unknown, headers: Record<string, string> = pixelToken, path = '12/measurement/conversions/osand'): Promise<Reply> =>
  post(`${sandbox.origin}/ads-api.x.com/${path}`, { conversions }, headers);
const unauthorized = { errors: [{ code: 'UNAUTHORIZED_ACCESS', message: 'This request is not properly authenticated' }], request: { params: {} } };

/** RFC 5849 for a URL without characters that need encoding. */
function signed(changes: Record<string, string> = {}, signingKey = 'sandbox-x-consumer-secret&sandbox-x-token-secret'): Record<string, string> {
  const oauth: Record<string, string> = {
    oauth_consumer_key: 'sandbox-x-consumer-key', oauth_nonce: randomUUID(), oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(Math.floor(Date.now() / 1000)), oauth_token: 'sandbox-x-access-token', oauth_version: '1.0', ...changes,
  };
  const parameters = Object.keys(oauth).toSorted().map((key) => `${key}=${oauth[key]}`).join('&');
  const base = `POST&${encodeURIComponent('https://ads-api.x.com/12/measurement/conversions/osand')}&${encodeURIComponent(parameters)}`;
  const signature = createHmac('sha1', signingKey).update(base).digest('base64');
  return { authorization: `OAuth ${Object.entries({ ...oauth, oauth_signature: encodeURIComponent(signature) }).map(([key, value]) => `${key}="${value}"`).join(', ')}` };
}

describe('the X sandbox', () => {
  it('takes a conversion with a pixel token and lists it', async () => {
    const { status, body } = await send([conversion()]);
    expect([status, body.data]).toEqual([200, { conversions_processed: 1, debug_id: expect.any(String) }]);
    expect(await client.accepted('x')).toMatchObject([{ account: 'osand', event: 'Purchase', eventId: 'order-1', value: 12.5, currency: 'EUR', counted: true }]);
  });

  it('takes a signed request', async () => {
    expect((await send([conversion({ event_id: 'tw-osand-olead' })], signed())).status).toBe(200);
    expect((await client.accepted())[0]!.event).toBe('Lead');
  });

  it.each([
    ['another key', () => signed({}, 'sandbox-x-consumer-secret&')],
    ['an unknown consumer', () => signed({ oauth_consumer_key: 'other' })],
    ['an unknown token', () => signed({ oauth_token: 'other' })],
    ['another method', () => signed({ oauth_signature_method: 'HMAC-SHA256' })],
    ['an old timestamp', () => signed({ oauth_timestamp: '1700000000' })],
    ['a bearer token', () => ({ authorization: 'Bearer sandbox-x-access-token' })],
    ['nothing', () => ({})],
    ['an unknown pixel token', () => ({ 'x-pixel-token': 'old' })],
  ])('does not authenticate %s', async (_, headers) => {
    const { status, body } = await send([conversion()], headers());
    expect([status, body]).toEqual([401, unauthorized]);
  });

  it('takes a signature once, and only for what was signed', async () => {
    const headers = signed();
    expect((await send([conversion()], headers, '12/measurement/conversions/osand?a=1')).status).toBe(401);
    expect((await send([conversion()], headers)).status).toBe(200);
    expect((await send([conversion()], headers)).status).toBe(401);
  });

  it('counts the same event and conversion id once', async () => {
    for (const id of ['osale', 'tw-osand-osale', 'osale']) await send([conversion({ event_id: id })]);
    expect((await client.totals()).x).toMatchObject({ accepted: 3, counted: 1, duplicates: 2 });
  });

  it.each([
    ['no event', conversion({ event_id: undefined }), 'Event ID was not found'],
    ['an unknown event', conversion({ event_id: 'other' }), 'Event ID was not found'],
    ['an event of another pixel', conversion({ event_id: 'tw-other-osale' }), 'Event_id (tw-other-osale) is not a single event tag (SET)'],
    ['no identifier', identifiers(), 'At least one user identifier must be provided'],
    ['an address alone', identifiers({ ip_address: '203.0.113.7', user_agent: 'Mozilla/5.0' }), 'At least one user identifier must be provided'],
    ['an email in clear', identifiers({ hashed_email: 'jane@example.com' }), 'Hashed_email is not a valid SHA-256 hash'],
    ['the hash of nothing', identifiers({ hashed_phone_number: emptyHash }), 'Hashed_phone_number is not a valid SHA-256 hash'],
    ['a hashed click id', identifiers({ twclid: sha256('x') }), 'Twclid must be a string that is not hashed'],
    ['seconds', conversion({ conversion_time: Math.floor(Date.now() / 1000) }), 'Conversion_time is not a valid ISO 8601 time'],
    ['a time without a zone', conversion({ conversion_time: '2026-11-24T00:00:00' }), 'Conversion_time is not a valid ISO 8601 time'],
    ['the future', conversion({ conversion_time: new Date(Date.now() + DAY).toISOString() }), 'Conversion_time is in the future'],
    ['an old conversion', conversion({ conversion_time: new Date(Date.now() - 91 * DAY).toISOString() }), 'Conversion_time is more than 90 days ago'],
    ['a currency that is none', conversion({ price_currency: 'XX' }), 'Price_currency is not a valid ISO 4217 code'],
    ['zero items', conversion({ number_items: 0 }), 'Number_items must be a positive number greater than zero'],
  ])('refuses %s', async (_, changed, message) => {
    const { status, body } = await send([changed]);
    expect([status, body]).toEqual([400, { errors: [{ code: 'INVALID_PARAMETER', message, parameter: expect.stringMatching(/^conversions\[0\]/) }], request: { params: {} } }]);
  });

  it('refuses a batch as a whole and lists all errors', async () => {
    const { body } = await send([conversion({ event_id: undefined, number_items: 0 }), conversion(), conversion({ value: 'x' })]);
    expect(body.errors.map((error: Changes) => error.parameter)).toEqual(['conversions[0].event_id', 'conversions[0].number_items', 'conversions[2].value']);
    expect((await send(Array.from({ length: 501 }, () => conversion()))).body.errors[0].message).toBe('Conversion count limit is 500');
    expect(await client.accepted()).toHaveLength(0);
  });

  it('refuses other pixels and versions', async () => {
    expect((await send([conversion()], pixelToken, '12/measurement/conversions/other')).status).toBe(401);
    expect((await send([conversion()], pixelToken, '11/measurement/conversions/osand')).status).toBe(404);
  });

  it('tells when the rate limit ends', async () => {
    await client.fault({ platform: 'x', match: { event: 'Purchase' }, answer: { code: 429 } });
    const { status, headers } = await send([conversion()]);
    expect([status, headers.get('x-rate-limit-remaining')]).toEqual([429, '0']);
    expect(Number(headers.get('x-rate-limit-reset')) * 1000).toBeGreaterThan(Date.now());
  });

  it.each([['400', 400], ['401', 401], ['403', 403], ['404', 404], ['408', 408], ['500', 500], ['503', 503], ['WEB_EVENT_TAG_NOT_FOUND', 404]])('answers a fault %s', async (code, status) => {
    await client.fault({ platform: 'x', match: { eventId: 'order-1' }, answer: { code } });
    expect((await send([conversion()])).status).toBe(status);
  });
});
