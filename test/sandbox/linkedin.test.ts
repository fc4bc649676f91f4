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
  conversion: 'urn:lla:llaPartnerConversion:104013', conversionHappenedAt: Date.now() - 60_000, eventId: 'order-1',
  conversionValue: { currencyCode: 'EUR', amount: '12.50' },
  user: { userIds: [{ idType: 'SHA256_EMAIL', idValue: sha256('jane@example.com') }, { idType: 'LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID', idValue: 'df5gf5-gh6t7' }] },
  ...changes,
});
const userId = (idType: string, idValue: unknown): Changes => event({ user: { userIds: [{ idType, idValue }] } });
const value = (changes: Changes): Changes => event({ conversionValue: { currencyCode: 'EUR', amount: '1', ...changes } });
/** A version of two or three months ago: out, and not yet sunset, whenever the tests run. */
const served = new Date(Date.now() - 62 * DAY).toISOString().slice(0, 7).replace('-', '');
const needed = { authorization: 'Bearer sandbox-linkedin-token', 'linkedin-version': served, 'x-restli-protocol-version': '2.0.0' };
const send = (body: unknown, headers: Record<string, string> = needed, path = 'rest/conversionEvents'): Promise<Reply> =>
  post(`${sandbox.origin}/api.linkedin.com/${path}`, body, headers);
const sendBatch = (elements: unknown): Promise<Reply> => send({ elements }, { ...needed, 'x-restli-method': 'BATCH_CREATE' });
const missing = 'field is required but not found and has no default value';

describe('the LinkedIn sandbox', () => {
  it('takes an event with 201 and no body', async () => {
    const { status, body } = await send(event());
    expect([status, body]).toEqual([201, '']);
    expect(await client.accepted('linkedin')).toMatchObject([{ account: '104013', event: 'Purchase', eventId: 'order-1', value: 12.5, currency: 'EUR', counted: true }]);
  });

  it('takes a batch with 200 and a status for each', async () => {
    const { status, body } = await sendBatch([event(), event({ conversion: 'urn:lla:llaPartnerConversion:104012' })]);
    expect([status, body]).toEqual([200, { elements: [{ status: 201 }, { status: 201 }] }]);
    expect((await client.accepted()).map((one) => one.event)).toEqual(['Purchase', 'Lead']);
  });

  it('counts the same rule and event id once', async () => {
    for (let n = 0; n < 3; n += 1) await send(event());
    expect((await client.totals()).linkedin).toMatchObject({ accepted: 3, counted: 1, duplicates: 2 });
  });

  it.each([
    ['no time', event({ conversionHappenedAt: undefined }), `/conversionHappenedAt :: ${missing}`],
    ['a field it does not know', event({ ip: 'x' }), '/ip :: unrecognized field found but not allowed'],
    ['an amount as a number', value({ amount: 19.9 }), '/conversionValue/amount :: 19.9 cannot be coerced to String'],
    ['no amount', value({ amount: undefined }), `/conversionValue/amount :: ${missing}`],
    ['a currency that is none', value({ currencyCode: 'XX' }), '/conversionValue/currencyCode :: "XX" is not a valid currency code'],
    ['a wrong URN', event({ conversion: 'urn:lla:llaConversionRule:104013' }), '/conversion :: Invalid Urn format. Invalid prefix.'],
    ['a time as a text', event({ conversionHappenedAt: '2026-11-24T00:00:00Z' }), '/conversionHappenedAt :: 2026-11-24T00:00:00Z cannot be coerced to Long'],
    ['no user ids', event({ user: { userInfo: { firstName: 'Jane', lastName: 'Doe' } } }), `/user/userIds :: ${missing}`],
    ['half a name', event({ user: { userIds: [], userInfo: { firstName: 'Jane' } } }), `/user/userInfo/lastName :: ${missing}`],
    ['an unknown id type', userId('EMAIL', 'x'), '/user/userIds/0/idType :: "EMAIL" is not an enum symbol'],
    ['an email in clear', userId('SHA256_EMAIL', 'jane@example.com'), '/user/userIds/0/idValue :: is not a SHA-256 hash in lower-case hex'],
    ['the hash of nothing', userId('SHA256_EMAIL', emptyHash), '/user/userIds/0/idValue :: is not a SHA-256 hash in lower-case hex'],
    ['a hashed click id', userId('LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID', sha256('x')), '/user/userIds/0/idValue :: must not be hashed'],
  ])('refuses %s with 422', async (_, changed, problem) => {
    const { status, body } = await send(changed);
    expect([status, body]).toEqual([422, { status: 422, message: `ERROR :: ${problem}\n` }]);
    expect((await client.totals()).linkedin).toMatchObject({ accepted: 0, refused: 1 });
  });

  it('names the elements of a batch that it refuses as a whole', async () => {
    const { status, body } = await sendBatch([event(), event({ user: undefined, extra: 1 })]);
    expect([status, body.message]).toEqual([422, `Index: 1, ERROR :: /extra :: unrecognized field found but not allowed\nERROR :: /user :: ${missing}\n`]);
    expect(await client.accepted()).toHaveLength(0);
  });

  it.each([
    ['seconds', Math.floor(Date.now() / 1000)], ['an old event', Date.now() - 91 * DAY], ['the future', Date.now() + DAY],
  ])('refuses %s with 400 and indices', async (_, conversionHappenedAt) => {
    const { status, body } = await sendBatch([event(), event({ conversionHappenedAt })]);
    expect([status, body]).toEqual([400, { status: 400, message: 'Conversion time should be within 90 days and not exceed current time, indices [1] (0-indexed).' }]);
  });

  it('answers an unknown conversion rule as if the account were missing', async () => {
    const { status, body } = await send(event({ conversion: 'urn:lla:llaPartnerConversion:1' }));
    expect([status, body]).toEqual([403, { status: 403, message: 'No ad accounts found' }]);
  });

  it.each([['202511', '20251101'], ['202501', '20250101'], ['209901', '20990101']])('no longer, or not yet, serves version %s', async (version, named) => {
    const { status, body } = await send(event(), { ...needed, 'linkedin-version': version });
    expect([status, body]).toEqual([426, { status: 426, code: 'NONEXISTENT_VERSION', message: `Requested version ${named} is not active` }]);
  });

  it('sunsets a version about a year after it came out', async () => {
    const offsetTo = (day: string): number => Date.parse(day) - Date.now();
    const status = async (day: string): Promise<number> => {
      await client.settings({ clockOffsetMs: offsetTo(day) });
      return (await send(event({ conversionHappenedAt: Date.parse(day) }), { ...needed, 'linkedin-version': '202603' })).status;
    };
    expect([await status('2026-03-20'), await status('2026-04-01'), await status('2027-03-15'), await status('2027-03-16')]).toEqual([426, 201, 201, 426]);
  });

  it('needs its headers', async () => {
    const { 'linkedin-version': _version, ...unversioned } = needed;
    expect((await send(event(), unversioned)).body).toEqual({ status: 400, code: 'VERSION_MISSING', message: 'A version must be present. Please specify a version by adding the LinkedIn-Version header.' });
    const { 'x-restli-protocol-version': _protocol, ...oldProtocol } = needed;
    expect((await send(event(), oldProtocol)).status).toBe(400);
    expect((await send({ elements: [event()] })).status).toBe(422);
    expect((await sendBatch(Array.from({ length: 5001 }, () => ({})))).status).toBe(400);
    expect((await send(event(), { ...needed, authorization: 'Bearer old' })).body).toEqual({ status: 401, serviceErrorCode: 65600, code: 'INVALID_ACCESS_TOKEN', message: 'Invalid access token' });
    expect((await send(event(), { ...needed, authorization: '' })).body.serviceErrorCode).toBe(65604);
    expect((await send(event(), needed, 'v2/conversionEvents')).status).toBe(404);
  });

  it.each([
    ['400', 400], ['400/method', 400], ['401', 401], ['REVOKED_ACCESS_TOKEN', 401], ['65602', 401], ['403', 403], ['ACCESS_DENIED', 403], ['404', 404],
    ['422', 422], ['426', 426], ['429', 429], ['500', 500], ['503', 503], ['504', 504],
  ])('answers a fault %s', async (code, status) => {
    await client.fault({ platform: 'linkedin', match: { event: 'Purchase', eventId: 'order-1' }, answer: { code } });
    expect((await send(event())).status).toBe(status);
  });
});
