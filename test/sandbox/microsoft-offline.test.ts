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
const iso = (agoMs: number): string => new Date(Date.now() - agoMs).toISOString();
const identity = { ConversionName: 'Purchase', ConversionTime: iso(2 * DAY), MicrosoftClickId: 'dd4afcccb1c9a4cad9544dd7e5006abc' };
const conversion = (changes: Changes = {}): Changes => ({ ...identity, ConversionValue: 12.5, ConversionCurrencyCode: 'EUR', ...changes });
const adjustment = (changes: Changes = {}): Changes => ({ ...identity, AdjustmentType: 'Retract', AdjustmentTime: iso(60_000), ...changes });

const refreshForm = (changes: Record<string, string> = {}): URLSearchParams => new URLSearchParams({
  grant_type: 'refresh_token', client_id: 'sandbox-microsoft-client', client_secret: 'sandbox-microsoft-secret', refresh_token: 'sandbox-microsoft-refresh-token',
  scope: 'https://ads.microsoft.com/msads.manage offline_access', ...changes,
});
const refresh = (changes?: Record<string, string>): Promise<Reply> => post(`${sandbox.origin}/login.microsoftonline.com/common/oauth2/v2.0/token`, refreshForm(changes));

async function call(operation: string, list: string, items: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const authorization = headers.authorization ?? `Bearer ${(await refresh()).body.access_token}`;
  return post(`${sandbox.origin}/campaign.api.bingads.microsoft.com/CampaignManagement/v13/${operation}/Apply`, { [list]: items }, {
    DeveloperToken: 'sandbox-microsoft-developer-token', CustomerId: '3000001', CustomerAccountId: '2000001', ...headers, authorization,
  });
}
const apply = (items: unknown, headers?: Record<string, string>): Promise<Reply> => call('OfflineConversions', 'OfflineConversions', items, headers);
const adjust = (items: unknown): Promise<Reply> => call('OfflineConversionAdjustments', 'OfflineConversionAdjustments', items);
const codesOf = ({ body }: Reply): unknown[] => body.PartialErrors.map((error: any) => [error.Index, error.ErrorCode]);

describe('the offline conversions sandbox', () => {
  it('takes a conversion and lists it', async () => {
    expect(await apply([conversion()])).toMatchObject({ status: 200, body: { PartialErrors: [] } });
    expect(await client.accepted('microsoft-offline')).toMatchObject([{ account: '3000001/2000001', event: 'Purchase', value: 12.5, currency: 'EUR', counted: true }]);
  });

  it('ignores the same click and time, counts another time', async () => {
    await apply([conversion(), conversion(), conversion({ ConversionTime: iso(DAY) })]);
    expect((await client.accepted()).map(({ counted }) => counted)).toEqual([true, false, true]);
  });

  it('takes the good items and names the bad ones by index', async () => {
    const { status, body } = await apply([conversion({ ConversionName: 'Other' }), conversion()]);
    expect([status, body]).toEqual([200, { PartialErrors: [{
      Code: 5606, Details: null, ErrorCode: 'OfflineConversionNameInvalid', FieldPath: null, ForwardCompatibilityMap: null, Index: 0,
      Message: 'The conversion name do not match an existing offline conversion goal.', Type: 'BatchError',
    }] }]);
    expect(await client.accepted()).toHaveLength(1);
  });

  it.each([
    ['nothing', null, 'OfflineConversionIsNull'],
    ['no name', conversion({ ConversionName: '' }), 'OfflineConversionNameNullOrEmpty'],
    ['no time', conversion({ ConversionTime: undefined }), 'OfflineConversionTimeNullOrEmpty'],
    ['a time with an offset', conversion({ ConversionTime: '2026-11-20T10:00:00+01:00' }), 'OfflineConversionTimeInvalid'],
    ['seconds', conversion({ ConversionTime: 1_700_000_000 }), 'OfflineConversionTimeInvalid'],
    ['an old time', conversion({ ConversionTime: iso(91 * DAY) }), 'OfflineConversionTimeOutOfWindow'],
    ['a time in the future', conversion({ ConversionTime: iso(-DAY) }), 'FutureConversionTimeCannotBeSet'],
    ['no click id', conversion({ MicrosoftClickId: undefined }), 'OfflineConversionMicrosoftClickIdNullOrEmpty'],
    ['a short click id', conversion({ MicrosoftClickId: 'abc' }), 'OfflineConversionMicrosoftClickIdInvalid'],
    ['an email in clear', conversion({ HashedEmailAddress: 'jane@example.com' }), 'ConversionEmailAddressIsNotHashed'],
    ['the hash of nothing', conversion({ HashedPhoneNumber: emptyHash }), 'ConversionPhoneNumberIsNotHashed'],
    ['a value in quotes', conversion({ ConversionValue: '12.5' }), 'OfflineConversionValueInvalid'],
    ['a currency that is none', conversion({ ConversionCurrencyCode: 'EURO' }), 'OfflineConversionCurrencyCodeInvalid'],
    ['an unknown field', conversion({ OrderId: 'x' }), 'SandboxUnknownField'],
  ])('refuses %s', async (_, item, code) => {
    expect(codesOf(await apply([item]))).toEqual([[0, code]]);
    expect((await client.totals())['microsoft-offline']).toMatchObject({ accepted: 0, refused: 1 });
  });

  it('takes a hashed email in place of a click id', async () => {
    expect(codesOf(await apply([conversion({ MicrosoftClickId: undefined, HashedEmailAddress: sha256('jane@example.com') })]))).toEqual([]);
  });

  it('restates, retracts, and has no effect on what it does not know', async () => {
    await apply([conversion()]);
    await adjust([adjustment({ AdjustmentType: 'Restate', AdjustmentValue: 5, AdjustmentCurrencyCode: 'EUR' })]);
    for (let n = 0; n < 2; n += 1) expect(codesOf(await adjust([adjustment()]))).toEqual([]);
    expect(codesOf(await adjust([adjustment({ ConversionTime: iso(DAY) })]))).toEqual([]);
    expect((await client.accepted()).map(({ value, counted, adjusted = false }) => [value, counted, adjusted])).toEqual([
      [12.5, true, false], [5, false, true], [0, false, true], [0, false, false], [0, false, false],
    ]);
    expect((await client.totals())['microsoft-offline']).toMatchObject({ counted: 1, adjusted: 2 });
  });

  it.each([
    ['an unknown type', { AdjustmentType: 'RETRACTION' }, 'OfflineConversionInvalidAdjustmentType'],
    ['no time', { AdjustmentTime: undefined }, 'OfflineConversionAdjustmentTimeNullOrEmpty'],
    ['the time of the conversion', { AdjustmentTime: identity.ConversionTime }, 'OfflineConversionAdjustmentTimeEarlierThanConversionTime'],
    ['a time in the future', { AdjustmentTime: iso(-DAY) }, 'OfflineConversionFutureAdjustmentTimeCannotBeSet'],
    ['a restatement without value', { AdjustmentType: 'Restate' }, 'OfflineConversionAdjustmentValueRequired'],
    ['a value in a retraction', { AdjustmentValue: 0 }, 'OfflineConversionAdjustmentValueNotExpected'],
  ])('refuses to adjust: %s', async (_, changes, code) => {
    await apply([conversion()]);
    expect(codesOf(await adjust([adjustment(changes)]))).toEqual([[0, code]]);
    expect(await client.accepted()).toHaveLength(1);
  });

  it('refuses tokens, accounts and sizes with a fault', async () => {
    const fault = async (items: unknown, headers: Record<string, string> = {}): Promise<unknown[]> => {
      const { status, body } = await apply(items, headers);
      return [status, (body.Errors ?? body.OperationErrors)[0].Code, body.Type];
    };
    expect(await fault([conversion()], { authorization: 'Bearer stranger' })).toEqual([401, 105, 'AdApiFaultDetail']);
    expect(await fault([conversion()], { DeveloperToken: 'other' })).toEqual([401, 105, 'AdApiFaultDetail']);
    expect(await fault([conversion()], { CustomerAccountId: '5' })).toEqual([403, 106, 'AdApiFaultDetail']);
    expect(await fault([])).toEqual([400, 5600, 'ApiFaultDetail']);
    expect(await fault(Array.from({ length: 1001 }, () => conversion()))).toEqual([400, 5601, 'ApiFaultDetail']);
    const authorization = `Bearer ${(await refresh()).body.access_token}`;
    await client.settings({ clockOffsetMs: 3_600_000 });
    expect(await fault([conversion()], { authorization })).toEqual([401, 109, 'AdApiFaultDetail']);
  });

  it.each([['OfflineConversionNotAcceptedForGoal', 200], ['5612', 200], ['117', 429], ['InternalError', 500]])('fails with %s when it is told to', async (code, status) => {
    await client.fault({ platform: 'microsoft-offline', match: { event: 'Purchase' }, answer: { code } });
    expect((await apply([conversion()])).status).toBe(status);
    expect(await client.accepted()).toEqual([]);
  });
});

describe("Microsoft's token endpoint", () => {
  it('gives a new refresh token each time and keeps the old one', async () => {
    const { status, body } = await refresh();
    expect([status, body]).toEqual([200, {
      token_type: 'Bearer', scope: 'https://ads.microsoft.com/msads.manage', expires_in: 3599, ext_expires_in: 3599, access_token: expect.any(String), refresh_token: expect.any(String),
    }]);
    expect(body.refresh_token).not.toBe('sandbox-microsoft-refresh-token');
    expect((await refresh({ refresh_token: body.refresh_token })).status).toBe(200);
    expect((await refresh()).status).toBe(200);
  });

  it('forgets what it gave when the account is replaced', async () => {
    const { refresh_token } = (await refresh()).body;
    await client.account({ platform: 'microsoft-oauth', account: 'sandbox-microsoft-client', secret: 'sandbox-microsoft-secret', tokens: ['another'] });
    for (const token of [refresh_token, 'sandbox-microsoft-refresh-token']) expect((await refresh({ refresh_token: token })).body.error).toBe('invalid_grant');
    expect((await refresh({ refresh_token: 'another' })).status).toBe(200);
  });

  it.each([
    [{ refresh_token: 'revoked' }, 400, 'invalid_grant', 70000],
    [{ client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    [{ client_id: 'nobody' }, 400, 'unauthorized_client', 700016],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    [{ scope: 'https://graph.microsoft.com/.default' }, 400, 'invalid_scope', 70011],
  ])('refuses %o', async (changes, status, error, code) => {
    const reply = await refresh(changes);
    expect([reply.status, reply.body]).toMatchObject([status, { error, error_codes: [code], error_description: expect.stringContaining(`AADSTS${code}: `), trace_id: expect.any(String) }]);
  });

  it('fails when it is told to', async () => {
    for (const [code, error] of [['700082', 'invalid_grant'], ['temporarily_unavailable', 'temporarily_unavailable']] as const) {
      await client.fault({ platform: 'microsoft-oauth', answer: { code } });
      expect((await refresh()).body.error).toBe(error);
    }
  });
});
