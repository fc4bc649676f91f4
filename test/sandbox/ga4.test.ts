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
const purchase = (changes: Changes = {}): Changes => ({ name: 'purchase', params: { transaction_id: 'order-1', value: 12.5, currency: 'EUR', session_id: '1700000000', engagement_time_msec: 1, ...changes } });
const micros = (agoMs: number): number => (Date.now() - agoMs) * 1000;

const send = (events: Changes[], root: Changes = {}, { path = 'mp/collect', host = 'www.google-analytics.com', query = 'measurement_id=G-SANDBOX001&api_secret=sandbox-ga4-secret' } = {}): Promise<Reply> =>
  post(`${sandbox.origin}/${host}/${path}?${query}`, { client_id: '123456.7890', timestamp_micros: micros(60_000), events, ...root });
const debug = async (events: Changes[], root: Changes = {}): Promise<any[]> => (await send(events, root, { path: 'debug/mp/collect' })).body.validationMessages;

describe('the Analytics sandbox', () => {
  it.each(['www.google-analytics.com', 'region1.google-analytics.com'])('takes an event at %s and lists it', async (host) => {
    const { status, body } = await send([purchase()], {}, { host });
    expect([status, body]).toEqual([204, '']);
    expect(await client.accepted('ga4')).toMatchObject([{ account: 'G-SANDBOX001', event: 'purchase', transactionId: 'order-1', value: 12.5, currency: 'EUR', counted: true }]);
  });

  it('counts a purchase once, and takes it back with a refund', async () => {
    for (let n = 0; n < 2; n += 1) await send([purchase()]);
    const refund = { name: 'refund', params: { transaction_id: 'order-1' } };
    for (let n = 0; n < 2; n += 1) await send([refund]);
    await send([{ ...refund, params: { transaction_id: 'other' } }, { name: 'disqualify_lead' }, { name: 'generate_lead' }]);
    expect((await client.accepted()).map(({ event, counted, adjusted = false, value }) => [event, counted, adjusted, value])).toEqual([
      ['purchase', true, false, 12.5], ['purchase', false, false, 12.5], ['refund', false, true, 0], ['refund', false, false, null],
      ['refund', false, false, null], ['disqualify_lead', false, false, null], ['generate_lead', true, false, null],
    ]);
    expect((await client.totals()).ga4).toMatchObject({ counted: 2, duplicates: 2, adjusted: 1, refused: 0 });
  });

  it.each([
    ['no client id', purchase(), { client_id: undefined }, 'client_id', 'VALUE_REQUIRED', 'Measurement requires a client_id.'],
    ['milliseconds', purchase(), { timestamp_micros: Date.now() }, 'timestamp_micros', 'VALUE_INVALID', expect.stringContaining('72 hours')],
    ['seconds', purchase(), { timestamp_micros: seconds() }, 'timestamp_micros', 'VALUE_INVALID', expect.stringContaining('72 hours')],
    ['an old event', purchase(), { timestamp_micros: micros(3 * DAY + 60_000) }, 'timestamp_micros', 'VALUE_INVALID', expect.stringContaining('72 hours')],
    ['a time in quotes', purchase(), { timestamp_micros: String(micros(0)) }, 'timestamp_micros', 'VALUE_INVALID', expect.stringContaining('integer')],
    ['an unknown field', purchase(), { clientId: 'x' }, undefined, 'VALUE_INVALID', 'Unable to parse Measurement Protocol JSON payload. clientId: Cannot find field.'],
    ['an email in clear', purchase(), { user_data: { sha256_email_address: 'jane@example.com' } }, 'user_data.sha256_email_address', 'VALUE_INVALID', expect.any(String)],
    ['the hash of nothing', purchase(), { user_data: { sha256_phone_number: [emptyHash] } }, 'user_data.sha256_phone_number', 'VALUE_INVALID', expect.any(String)],
    ['an unknown consent', purchase(), { consent: { ad_user_data: 'CONSENT_GRANTED' } }, 'consent.ad_user_data', 'VALUE_INVALID', expect.any(String)],
    ['a name with _ in front', { name: '_badEventName', params: {} }, {}, 'events', 'NAME_INVALID', 'Event at index: [0] has invalid name [_badEventName]. Names must start with an alphabetic character.'],
    ['a name with @', { name: 'campaign@details' }, {}, 'events', 'NAME_INVALID', 'Event at index: [0] has invalid name [campaign@details]. Only alphanumeric characters and underscores are allowed.'],
    ['a reserved name', { name: 'session_start' }, {}, 'events', 'NAME_RESERVED', expect.any(String)],
    ['no transaction id', purchase({ transaction_id: undefined }), {}, 'events[0].params.transaction_id', 'VALUE_REQUIRED', 'purchase requires a transaction_id.'],
    ['a value in quotes', purchase({ value: '12.5' }), {}, 'events[0].params.value', 'VALUE_INVALID', expect.any(String)],
    ['a value without currency', purchase({ currency: undefined }), {}, 'events[0].params.currency', 'VALUE_REQUIRED', expect.any(String)],
    ['a lower-case currency', purchase({ currency: 'eur' }), {}, 'events[0].params.currency', 'VALUE_INVALID', 'currency: eur must be a valid uppercase 3-letter ISO 4217 format'],
    ['a boolean', purchase({ approved: true }), {}, 'events[0].params.approved', 'VALUE_INVALID', 'Value is not a string or number.'],
    ['a long text', purchase({ coupon: 'x'.repeat(101) }), {}, 'events[0].params.coupon', 'VALUE_OUT_OF_BOUNDS', expect.any(String)],
  ])('says 204 to %s, but drops it; the validation server tells', async (_, event, root, fieldPath, validationCode, description) => {
    expect((await send([event], root)).status).toBe(204);
    expect(await client.accepted()).toEqual([]);
    expect(await debug([event], root)).toContainEqual({ ...(fieldPath ? { fieldPath } : {}), validationCode, description });
    expect((await client.totals()).ga4).toMatchObject({ requests: 2, accepted: 0, refused: 2 });
  });

  it('drops one bad event of a request, and all of too many', async () => {
    await send([purchase(), { name: '1st' }]);
    await send(Array.from({ length: 26 }, () => ({ name: 'generate_lead' })));
    expect(await client.accepted()).toHaveLength(1);
    expect((await client.requests('ga4')).map(({ valid }) => valid)).toEqual([false, false]);
  });

  it('says 204 to a wrong secret or stream, but records nothing', async () => {
    for (const query of ['measurement_id=G-SANDBOX001&api_secret=wrong', 'measurement_id=G-OTHER&api_secret=sandbox-ga4-secret', '']) expect((await send([purchase()], {}, { query })).status).toBe(204);
    expect(await client.accepted()).toEqual([]);
  });

  it('stores nothing at the validation server', async () => {
    expect(await debug([purchase()], { user_data: { sha256_email_address: [sha256('jane@example.com')] } })).toEqual([]);
    expect((await debug([purchase()], { client_id: 'abc', validation_behavior: 'ENFORCE_RECOMMENDATIONS' }))[0]).toMatchObject({ description: 'client_id [abc] has invalid format. It should be in <number>.<number> format.' });
    expect((await client.totals()).ga4).toMatchObject({ accepted: 0, refused: 1 });
  });

  it('fails when it is told to', async () => {
    await client.fault({ platform: 'ga4', match: { transactionId: 'order-1' }, answer: { code: '503' } });
    expect((await send([purchase()])).status).toBe(503);
    await client.fault({ platform: 'ga4', answer: { code: 'NAME_INVALID' } });
    expect(await debug([purchase()])).toHaveLength(1);
    expect((await send([purchase()], {}, { path: 'collect' })).status).toBe(404);
  });
});
