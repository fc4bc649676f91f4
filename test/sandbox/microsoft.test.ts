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
const msclkid = 'dd4afcccb1c9a4cad9544dd7e5006abc';
const event = (changes: Changes = {}): Changes => ({
  eventType: 'custom', eventName: 'Purchase', eventTime: seconds(60_000), eventId: 'order-1', adStorageConsent: 'G',
  userData: { msclkid, em: sha256('jane@example.com'), clientIpAddress: '203.0.113.7' }, customData: { value: 12.5, currency: 'EUR', transactionId: 'order-1' }, ...changes,
});
const user = (changes: Changes): Changes => event({ userData: { msclkid, ...changes } });
const custom = (changes: Changes): Changes => event({ customData: changes });
const send = (data: Changes[], root: Changes = {}, headers: Record<string, string> = { authorization: 'Bearer sandbox-uet-token' }, path = 'v1/97000001/events'): Promise<Reply> =>
  post(`${sandbox.origin}/capi.uet.microsoft.com/${path}`, { data, ...root }, headers);

describe('the UET Conversions API sandbox', () => {
  it('takes an event and lists it', async () => {
    const { status, body } = await send([event()], { dataProvider: 'Tributary' });
    expect([status, body]).toEqual([200, { eventsReceived: 1, traceId: expect.any(String) }]);
    expect(await client.accepted('microsoft')).toMatchObject([{ account: '97000001', event: 'Purchase', eventId: 'order-1', transactionId: 'order-1', value: 12.5, counted: true }]);
  });

  it('counts the same event and id once', async () => {
    for (let n = 0; n < 3; n += 1) await send([event()]);
    expect((await client.totals()).microsoft).toMatchObject({ accepted: 3, counted: 1, duplicates: 2 });
  });

  it('takes the good events of a batch where it may, otherwise none', async () => {
    const batch = (flag?: boolean) => [event({ continueOnValidationError: flag }), event({ eventTime: 1, continueOnValidationError: flag })];
    expect((await send(batch())).status).toBe(400);
    expect(await client.accepted()).toEqual([]);
    for (const [data, root] of [[batch(), { continueOnValidationError: true }], [batch(true), {}]] as const) {
      const { status, body } = await send([...data], root);
      expect([status, body]).toMatchObject([200, { eventsReceived: 1, error: { code: 'ValidationError', details: [{ index: 1, propertyName: 'eventTime', attemptedValue: 1, errorMessage: "'Event Time' must be within the last 7 days." }] } }]);
    }
    expect(await client.accepted()).toHaveLength(2);
  });

  it.each([
    ['an unknown type', event({ eventType: 'purchase' }), 'eventType'],
    ['no name', event({ eventName: undefined }), 'eventName'],
    ['a page without URL', event({ eventType: 'pageLoad' }), 'eventSourceUrl'],
    ['a time in quotes', event({ eventTime: String(seconds()) }), 'eventTime'],
    ['milliseconds', event({ eventTime: Date.now() }), 'eventTime'],
    ['an old event', event({ eventTime: seconds(8 * DAY) }), 'eventTime'],
    ['a time in the future', event({ eventTime: seconds(-DAY) }), 'eventTime'],
    ['an unknown consent', event({ adStorageConsent: 'granted' }), 'adStorageConsent'],
    ['no user', event({ userData: undefined }), 'userData'],
    ['no identifier', event({ userData: { clientIpAddress: '203.0.113.7', clientUserAgent: 'x' } }), 'userData'],
    ['an email in clear', user({ em: 'jane@example.com' }), 'userData.em'],
    ['the hash of nothing', user({ ph: emptyHash }), 'userData.ph'],
    ['a hashed click id', user({ msclkid: sha256('x') }), 'userData.msclkid'],
    ['a bad IP address', user({ clientIpAddress: 'x' }), 'userData.clientIpAddress'],
    ['a value in quotes', custom({ value: '1' }), 'customData.value'],
    ['a currency that is none', custom({ currency: 'EURO' }), 'customData.currency'],
    ['an unknown property', event({ event_name: 'x' }), 'event_name'],
  ])('refuses %s', async (_, bad, propertyName) => {
    const { status, body } = await send([bad]);
    expect([status, body.error.details]).toMatchObject([400, [{ index: 0, propertyName }]]);
    expect((await client.totals()).microsoft).toMatchObject({ accepted: 0, refused: 1 });
  });

  it('takes null for a field that is not set', async () => {
    expect((await send([user({ em: null, ph: null })])).status).toBe(200);
  });

  it('refuses tokens, tags, sizes and paths, and fails when it is told to', async () => {
    expect((await send([event()], {}, {})).body).toMatchObject({ error: { code: 'Unauthorized' } });
    expect((await send([event()], {}, undefined, 'v1/5/events')).status).toBe(403);
    expect((await send([event()], {}, undefined, 'v2/97000001/events')).status).toBe(404);
    expect((await send([])).status).toBe(400);
    expect((await send(Array.from({ length: 1001 }, () => event()))).status).toBe(400);
    for (const [code, status] of [['429', 429], ['ValidationError/200', 200]] as const) {
      await client.fault({ platform: 'microsoft', match: { eventId: 'order-1' }, answer: { code } });
      expect((await send([event()])).status).toBe(status);
    }
    expect(await client.accepted()).toEqual([]);
  });
});
