import { createSign, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxClient } from '../../dev/sandbox/client.ts';
import type { SandboxClient } from '../../dev/sandbox/client.ts';
import { startSandbox } from '../../dev/sandbox/server.ts';
import { DAY, emptyHash, googleDestination, googleEvent, googleStatus, googleToken, post, refreshForm, sendGoogle, sha256, tokenUrl } from './senders.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let client: SandboxClient;
beforeAll(async () => {
  sandbox = await startSandbox();
  client = sandboxClient(sandbox.origin);
});
beforeEach(() => client.reset());
afterAll(() => sandbox.close());

const hashed = (emailAddress: string, encoding: string | undefined = 'HEX') => [googleEvent({ userData: { userIdentifiers: [{ emailAddress }] } }), { encoding }] as const;
const outcome = async (requestId: string) => (await googleStatus(sandbox.origin, requestId)).body.requestStatusPerDestination[0];

describe('the Data Manager sandbox', () => {
  it('takes an event, processes it and then has its result', async () => {
    const { status, body } = await sendGoogle(sandbox.origin, [googleEvent()]);
    expect([status, body]).toEqual([200, { requestId: expect.stringMatching(/^[0-9a-f]{32}$/) }]);
    expect(await outcome(body.requestId)).toEqual({ destination: googleDestination(), requestStatus: 'PROCESSING' });
    await client.settings({ clockOffsetMs: 301 });
    expect(await outcome(body.requestId)).toEqual({ destination: googleDestination(), requestStatus: 'SUCCESS', eventsIngestionStatus: { recordCount: '1' } });
    expect(await client.accepted('google-data-manager')).toMatchObject([{ account: '222', event: 'Purchase', transactionId: 'order-1', value: 12.5, counted: true }]);
  });

  it('adjusts the value of a transaction that it knows, and reports a plain repeat as a duplicate', async () => {
    await client.settings({ processingMs: 0 });
    const ids: string[] = [];
    for (const value of [12.5, 0, 0]) ids.push((await sendGoogle(sandbox.origin, [googleEvent({ conversionValue: value })])).body.requestId);
    expect((await client.accepted()).map(({ counted, adjusted = false, value }) => [counted, adjusted, value])).toEqual([[true, false, 12.5], [false, true, 0], [false, false, 0]]);
    expect((await outcome(ids[1]!)).requestStatus).toBe('SUCCESS');
    expect(await outcome(ids[2]!)).toMatchObject({
      requestStatus: 'FAILED', errorInfo: { errorCounts: [{ recordCount: '1', reason: 'PROCESSING_ERROR_REASON_DUPLICATE_TRANSACTION_ID' }] },
    });
    expect((await client.totals())['google-data-manager']).toMatchObject({ accepted: 3, counted: 1, adjusted: 1, duplicates: 1 });
  });

  it('counts the same transaction id at two conversion actions twice', async () => {
    await sendGoogle(sandbox.origin, [googleEvent()], { destinations: [googleDestination(), googleDestination({ productDestinationId: '111' })] });
    expect((await client.accepted()).map(({ account, event, counted }) => [account, event, counted])).toEqual([['222', 'Purchase', true], ['111', 'Lead', true]]);
  });

  it.each([
    ['EVENT_TOO_OLD', { eventTimestamp: new Date(Date.now() - 100 * DAY).toISOString() }],
    ['INVALID_GCLID', { adIdentifiers: { gclid: sha256('gclid') } }],
    ['INVALID_WBRAID', { adIdentifiers: { wbraid: 'not valid' } }],
    ['DENIED_CONSENT', { consent: { adUserData: 'CONSENT_DENIED' } }],
  ])('finds %s only afterwards', async (reason, changes) => {
    await client.settings({ processingMs: 0 });
    const { status, body } = await sendGoogle(sandbox.origin, [googleEvent(), googleEvent({ transactionId: 'order-2', ...changes })]);
    expect(status).toBe(200);
    expect(await outcome(body.requestId)).toMatchObject({ requestStatus: 'PARTIAL_SUCCESS', errorInfo: { errorCounts: [{ recordCount: '1', reason: `PROCESSING_ERROR_REASON_${reason}` }] } });
    expect((await client.accepted()).map(({ counted }) => counted)).toEqual([true, false]);
  });

  it('refuses the whole request for one bad event, with the details of google.rpc', async () => {
    const { status, body } = await sendGoogle(sandbox.origin, [googleEvent(), googleEvent({ currency: 'EURO' })]);
    expect(status).toBe(400);
    expect(body).toEqual({
      error: {
        code: 400, message: 'There was a problem with the request.', status: 'INVALID_ARGUMENT',
        details: [
          { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'INVALID_CURRENCY_CODE', domain: 'datamanager.googleapis.com' },
          { '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: expect.any(String) },
          { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: 'events[1].currency', description: 'The currency code is not supported.', reason: 'INVALID_CURRENCY_CODE' }] },
        ],
      },
    });
    expect(await client.accepted()).toEqual([]);
  });

  it.each([
    ['an unknown field', { gclid: 'x' }, 'events[0]', `Invalid JSON payload received. Unknown name "gclid" at 'events[0]': Cannot find field.`],
    ['a value in quotes', { conversionValue: '12.5' }, 'events[0].conversion_value', `Invalid value at 'events[0].conversion_value' (TYPE_DOUBLE), "12.5"`],
    ['an unknown source', { eventSource: 'WEBSITE' }, 'events[0].event_source', `Invalid value at 'events[0].event_source' (type.googleapis.com/google.ads.datamanager.v1.EventSource), "WEBSITE"`],
    ['an unknown consent', { consent: { adUserData: 'GRANTED' } }, 'events[0].consent.ad_user_data', `Invalid value at 'events[0].consent.ad_user_data' (type.googleapis.com/google.ads.datamanager.v1.ConsentStatus), "GRANTED"`],
    ['a time without zone', { eventTimestamp: '2026-11-20T10:00:00' }, 'events[0].event_timestamp', `Invalid value at 'events[0].event_timestamp' (type.googleapis.com/google.protobuf.Timestamp), Field 'eventTimestamp', Illegal timestamp format; timestamps must end with 'Z' or have a valid timezone offset.`],
  ])('refuses %s while reading', async (_, changes, field, description) => {
    const { status, body } = await sendGoogle(sandbox.origin, [googleEvent(changes)]);
    expect([status, body]).toEqual([400, { error: {
      code: 400, message: description, status: 'INVALID_ARGUMENT',
      details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, description }] }],
    } }]);
  });

  it.each([
    ['no destination', googleEvent(), { destinations: [] }, 'destinations', 'REQUIRED_FIELD_MISSING'],
    ['dashes in the account', googleEvent(), { destinations: [googleDestination({ operatingAccount: { accountType: 'GOOGLE_ADS', accountId: '123-456-7890' } })] }, 'destinations[0].operating_account.account_id', 'INVALID_NUMBER_FORMAT'],
    ['a resource name as action', googleEvent(), { destinations: [googleDestination({ productDestinationId: 'customers/1/conversionActions/2' })] }, 'destinations[0].product_destination_id', 'INVALID_CONVERSION_ACTION_ID'],
    ['an unknown action', googleEvent(), { destinations: [googleDestination({ productDestinationId: '999' })] }, 'destinations[0].product_destination_id', 'INVALID_CONVERSION_ACTION_ID'],
    ['no time', googleEvent({ eventTimestamp: undefined }), {}, 'events[0].event_timestamp', 'REQUIRED_FIELD_MISSING'],
    ['a time in the future', googleEvent({ eventTimestamp: new Date(Date.now() + DAY).toISOString() }), {}, 'events[0].event_timestamp', 'EVENT_TIME_INVALID'],
    ['no source', googleEvent({ eventSource: undefined }), {}, 'events[0].event_source', 'REQUIRED_FIELD_MISSING'],
    ['a placeholder as transaction id', googleEvent({ transactionId: 'undefined' }), {}, 'events[0].transaction_id', 'INVALID_FORMAT'],
    ['a short transaction id', googleEvent({ transactionId: '7' }), {}, 'events[0].transaction_id', 'INVALID_FORMAT'],
    ['gclid and gbraid together', googleEvent({ adIdentifiers: { gclid: 'CjwK', gbraid: '0AAA' } }), {}, 'events[0].ad_identifiers', 'INVALID_ARGUMENT'],
    ['no identifier', googleEvent({ adIdentifiers: undefined }), {}, 'events[0]', 'NO_IDENTIFIERS_PROVIDED'],
    ['user data without encoding', hashed(sha256('a'))[0], {}, 'encoding', 'REQUIRED_FIELD_MISSING'],
    ['an email in clear', ...hashed('jane@example.com'), 'events[0].user_data.user_identifiers[0].email_address', 'INVALID_HEX_ENCODING'],
    ['a short hash', ...hashed('abcdef'), 'events[0].user_data.user_identifiers[0].email_address', 'INVALID_SHA256_FORMAT'],
    ['the hash of nothing', ...hashed(emptyHash), 'events[0].user_data.user_identifiers[0].email_address', 'INVALID_SHA256_FORMAT'],
    ['the hash of nothing in base64', ...hashed(Buffer.from(emptyHash, 'hex').toString('base64'), 'BASE64'), 'events[0].user_data.user_identifiers[0].email_address', 'INVALID_SHA256_FORMAT'],
  ])('refuses %s', async (_, event, root, field, reason) => {
    const { status, body } = await sendGoogle(sandbox.origin, [event], root);
    expect(status).toBe(400);
    expect(body.error.details[2].fieldViolations).toContainEqual({ field, reason, description: expect.any(String) });
  });

  it('takes user data hashed and encoded either way', async () => {
    expect((await sendGoogle(sandbox.origin, [hashed(sha256('a'))[0]], { encoding: 'HEX' })).status).toBe(200);
    expect((await sendGoogle(sandbox.origin, [hashed(Buffer.from(sha256('a'), 'hex').toString('base64'))[0]], { encoding: 'BASE64' })).status).toBe(200);
  });

  it('records nothing and keeps no status for validateOnly', async () => {
    const { status, body } = await sendGoogle(sandbox.origin, [googleEvent()], { validateOnly: true });
    expect(status).toBe(200);
    expect((await googleStatus(sandbox.origin, body.requestId)).body.error.details[0].reason).toBe('INVALID_REQUEST_ID');
    expect(await client.accepted()).toEqual([]);
  });

  it('refuses strangers, other accounts, and tokens that have expired', async () => {
    const stranger = await sendGoogle(sandbox.origin, [googleEvent()], {}, 'stranger');
    expect([stranger.status, stranger.body.error.status]).toEqual([401, 'UNAUTHENTICATED']);
    const other = await sendGoogle(sandbox.origin, [googleEvent()], { destinations: [googleDestination({ operatingAccount: { accountType: 'GOOGLE_ADS', accountId: '5' } })] });
    expect([other.status, other.body.error.message]).toEqual([403, 'The caller does not have permission']);
    const token = await googleToken(sandbox.origin);
    await client.settings({ clockOffsetMs: 3_600_000 });
    const late = await sendGoogle(sandbox.origin, [googleEvent()], {}, token);
    expect([late.status, late.body.error.details[0].reason]).toEqual([401, 'ACCESS_TOKEN_EXPIRED']);
    const lost = await post(`${sandbox.origin}/datamanager.googleapis.com/v1/events`, {});
    expect([lost.status, lost.headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8']);
  });
});

describe('the OAuth sandbox', () => {
  it('gives an access token for a refresh token', async () => {
    const { status, body } = await post(tokenUrl(sandbox.origin), refreshForm());
    expect(status).toBe(200);
    expect(body).toEqual({ access_token: expect.stringMatching(/^ya29\./), expires_in: 3599, scope: 'https://www.googleapis.com/auth/datamanager https://www.googleapis.com/auth/adwords', token_type: 'Bearer' });
  });

  it.each([
    [{ refresh_token: 'revoked' }, 400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }],
    [{ client_id: 'nobody' }, 401, { error: 'invalid_client', error_description: 'The OAuth client was not found.' }],
    [{ client_secret: 'wrong' }, 401, { error: 'invalid_client', error_description: 'Unauthorized' }],
    [{ grant_type: 'password' }, 400, { error: 'unsupported_grant_type', error_description: 'Invalid grant_type: password' }],
  ])('refuses %o', async (changes, status, body) => {
    expect(await post(tokenUrl(sandbox.origin), refreshForm(changes))).toMatchObject({ status, body });
  });

  it('gives an access token for an assertion of a service account, if its signature is good', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const iss = 'sender@sandbox.iam.gserviceaccount.com';
    await client.account({ platform: 'google-oauth', account: iss, publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() });
    const iat = Math.floor(Date.now() / 1000);
    const claims = { iss, scope: 'https://www.googleapis.com/auth/datamanager', aud: 'https://oauth2.googleapis.com/token', iat, exp: iat + 3600 };
    const sign = (payload: object): URLSearchParams => {
      const unsigned = [{ alg: 'RS256', typ: 'JWT' }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
      const signature = createSign('RSA-SHA256').update(unsigned).sign(privateKey).toString('base64url');
      return new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: `${unsigned}.${signature}` });
    };
    const { body } = await post(tokenUrl(sandbox.origin), sign(claims));
    expect((await sendGoogle(sandbox.origin, [googleEvent()], {}, body.access_token)).status).toBe(200);
    const forged = sign(claims);
    forged.set('assertion', `${forged.get('assertion')!.split('.').slice(0, 2).join('.')}.AAAA`);
    expect((await post(tokenUrl(sandbox.origin), forged)).body).toEqual({ error: 'invalid_grant', error_description: 'Invalid JWT Signature.' });
    expect((await post(tokenUrl(sandbox.origin), sign({ ...claims, exp: iat + 7200 }))).body.error_description).toContain('60 minutes');
    expect((await post(tokenUrl(sandbox.origin), sign({ ...claims, aud: 'https://example.com' }))).body.error_description).toBe('Invalid JWT: Failed audience check.');
  });
});
