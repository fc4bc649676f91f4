import { createSign, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxClient } from '../../dev/sandbox/client.ts';
import type { SandboxClient } from '../../dev/sandbox/client.ts';
import { startSandbox } from '../../dev/sandbox/server.ts';
import { DAY, emptyHash, googleToken, post, sha256, tokenUrl } from './senders.ts';
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
const HOUR = 3_600_000;
/** Counted from one moment, so that equal ages are equal texts. */
const startedAtMs = Date.now();
const at = (agoMs: number): string => `${new Date(startedAtMs - agoMs).toISOString().slice(0, 19).replace('T', ' ')}+00:00`;
const action = 'customers/1234567890/conversionActions/222';
const conversion = (changes: Changes = {}): Changes => ({
  conversionAction: action, conversionDateTime: at(2 * DAY), gclid: 'CjwKCAjw-sandbox_1', conversionValue: 12.5, currencyCode: 'EUR', orderId: 'order-1', ...changes,
});
const adjustment = (changes: Changes = {}): Changes => ({ conversionAction: action, adjustmentType: 'RETRACTION', adjustmentDateTime: at(HOUR), orderId: 'order-1', ...changes });
const restatement = (adjustedValue: number, agoMs: number): Changes => adjustment({ adjustmentType: 'RESTATEMENT', adjustmentDateTime: at(agoMs), restatementValue: { adjustedValue, currencyCode: 'EUR' } });

async function call(method: string, body: Changes, headers: Record<string, string> = {}, path = `v26/customers/1234567890:${method}`): Promise<Reply> {
  const authorization = `Bearer ${await googleToken(sandbox.origin)}`;
  return post(`${sandbox.origin}/googleads.googleapis.com/${path}`, body, { authorization, 'developer-token': 'sandbox-developer-token', ...headers });
}
const upload = (conversions: Changes[], root: Changes = {}, headers: Record<string, string> = {}): Promise<Reply> => call('uploadClickConversions', { conversions, partialFailure: true, ...root }, headers);
const adjust = (conversionAdjustments: Changes[], root: Changes = {}): Promise<Reply> => call('uploadConversionAdjustments', { conversionAdjustments, partialFailure: true, ...root });
const errorsOf = (body: any): any[] => body.partialFailureError?.details[0].errors ?? [];
const codesOf = (body: any): unknown[] => errorsOf(body).map((error) => [error.location.fieldPathElements[0].index, Object.values(error.errorCode)[0]]);
const taken = async (): Promise<unknown[]> => (await client.accepted('google-ads')).map(({ value, counted, adjusted = false }) => [value, counted, adjusted]);

describe('the Google Ads sandbox', () => {
  it('takes a conversion and lists it', async () => {
    const { status, body, headers } = await upload([conversion()]);
    expect([status, headers.get('request-id')]).toEqual([200, expect.any(String)]);
    expect(body).toEqual({ results: [{ gclid: 'CjwKCAjw-sandbox_1', conversionAction: action, conversionDateTime: expect.any(String) }], jobId: expect.stringMatching(/^21474836\d\d$/) });
    expect(await client.accepted('google-ads')).toMatchObject([{ account: '222', event: 'Purchase', transactionId: 'order-1', value: 12.5, currency: 'EUR', counted: true }]);
  });

  it('takes the good items of a request and names the bad ones by index', async () => {
    const { status, body } = await upload([conversion({ currencyCode: 'EURO' }), conversion({ orderId: 'order-2' })]);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      results: [{}, { conversionAction: action }],
      partialFailureError: {
        code: 3, message: 'The currency code is not supported., at conversions[0].currency_code',
        details: [{
          '@type': 'type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure', requestId: expect.any(String),
          errors: [{
            errorCode: { currencyCodeError: 'UNSUPPORTED' }, message: 'The currency code is not supported.', trigger: { stringValue: 'EURO' },
            location: { fieldPathElements: [{ fieldName: 'conversions', index: 0 }, { fieldName: 'currency_code' }] },
          }],
        }],
      },
    });
    expect(body.results[0]).toEqual({});
    expect(await taken()).toHaveLength(1);
  });

  it('refuses a repeat of an order id, or of a click and time, each per conversion action', async () => {
    await upload([conversion(), conversion({ orderId: undefined })]);
    expect(codesOf((await upload([conversion(), conversion({ orderId: undefined })])).body)).toEqual([[0, 'ORDER_ID_ALREADY_IN_USE'], [1, 'CLICK_CONVERSION_ALREADY_EXISTS']]);
    expect(codesOf((await upload([conversion({ conversionAction: 'customers/1234567890/conversionActions/111' })])).body)).toEqual([]);
    expect(codesOf((await upload([conversion({ orderId: 'twin' }), conversion({ orderId: 'twin' })])).body)).toEqual([[0, 'DUPLICATE_ORDER_ID'], [1, 'DUPLICATE_ORDER_ID']]);
    expect(await taken()).toHaveLength(3);
  });

  it.each([
    ['no action', { conversionAction: undefined }, 'REQUIRED'],
    ['an action by its number', { conversionAction: '222' }, 'RESOURCE_NAME_MALFORMED'],
    ['an unknown action', { conversionAction: 'customers/1234567890/conversionActions/9' }, 'NO_CONVERSION_ACTION_FOUND'],
    ['a time with T and Z', { conversionDateTime: new Date(Date.now() - DAY).toISOString() }, 'INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET'],
    ['an offset without a colon', { conversionDateTime: at(DAY).replace('+00:00', '+0000') }, 'INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET'],
    ['a time in the future', { conversionDateTime: at(-DAY) }, 'LATER_THAN_MAXIMUM_DATE'],
    ['an old time', { conversionDateTime: at(91 * DAY) }, 'EXPIRED_EVENT'],
    ['no identifier', { gclid: undefined }, 'REQUIRED'],
    ['gbraid and wbraid', { gclid: undefined, gbraid: '0AAA', wbraid: '0BBB' }, 'GBRAID_WBRAID_BOTH_SET'],
    ['gclid and gbraid', { gbraid: '0AAA' }, 'VALUE_MUST_BE_UNSET'],
    ['a hashed gclid', { gclid: sha256('gclid') }, 'UNPARSEABLE_GCLID'],
    ['an empty order id', { orderId: '' }, 'TOO_SHORT'],
    ['an email as order id', { orderId: 'jane@example.com' }, 'ORDER_ID_CONTAINS_PII'],
    ['the hash of nothing', { userIdentifiers: [{ hashedEmail: emptyHash }] }, 'INVALID_USER_IDENTIFIER'],
    ['an email in clear', { userIdentifiers: [{ hashedEmail: 'jane@example.com' }] }, 'INVALID_USER_IDENTIFIER'],
    ['an address', { userIdentifiers: [{ addressInfo: { countryCode: 'DE' } }] }, 'UNSUPPORTED_USER_IDENTIFIER'],
    ['a negative value', { conversionValue: -1 }, 'TOO_LOW'],
    ['an environment', { conversionEnvironment: 'WEB' }, 'CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE'],
  ])('refuses %s', async (_, changes, code) => {
    const { status, body } = await upload([conversion(changes)]);
    expect([status, codesOf(body)]).toEqual([200, [[0, code]]]);
    expect((await client.totals())['google-ads']).toMatchObject({ accepted: 0, refused: 1 });
  });

  it.each([
    ['a value in quotes', { conversionValue: '12.5' }, `Invalid value at 'conversions[0].conversion_value' (TYPE_DOUBLE), "12.5"`],
    ['an unknown field', { order_id: 'x' }, `Invalid JSON payload received. Unknown name "order_id" at 'conversions[0]': Cannot find field.`],
    ['an unknown consent', { consent: { adUserData: 'CONSENT_GRANTED' } }, `Invalid value at 'conversions[0].consent.ad_user_data' (type.googleapis.com/google.ads.googleads.v26.enums.ConsentStatusEnum.ConsentStatus), "CONSENT_GRANTED"`],
  ])('refuses %s while reading', async (_, changes, message) => {
    expect((await upload([conversion(changes)])).body.error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT', message });
  });

  it('refuses requests without partialFailure, without items, with too many', async () => {
    const code = async (conversions: Changes[], root: Changes): Promise<unknown> => (await upload(conversions, root)).body.error.details[0].errors[0].errorCode;
    expect(await code([conversion()], { partialFailure: false })).toEqual({ partialFailureError: 'PARTIAL_FAILURE_MODE_REQUIRED' });
    expect(await code([], {})).toEqual({ requestError: 'REQUIRED_FIELD_MISSING' });
    expect(await code(Array.from({ length: 2001 }, () => ({})), {})).toEqual({ conversionUploadError: 'TOO_MANY_CONVERSIONS_IN_REQUEST' });
    expect(await code([conversion()], { jobId: 0 })).toEqual({ conversionUploadError: 'INVALID_JOB_ID' });
  });

  it('records nothing for validateOnly', async () => {
    expect((await upload([conversion()], { validateOnly: true })).body).toEqual({ jobId: expect.any(String) });
    expect(codesOf((await upload([conversion({ orderId: '' })], { validateOnly: true })).body)).toEqual([[0, 'TOO_SHORT']]);
    expect(await taken()).toEqual([]);
  });

  it('restates, then retracts for good', async () => {
    await upload([conversion()]);
    expect((await adjust([restatement(5, 3 * HOUR)])).body).toMatchObject({ results: [{ orderId: 'order-1', adjustmentType: 'RESTATEMENT' }] });
    expect(codesOf((await adjust([restatement(4, 3 * HOUR)])).body)).toEqual([[0, 'RESTATEMENT_ALREADY_EXISTS']]);
    expect(codesOf((await adjust([restatement(4, 4 * HOUR)])).body)).toEqual([[0, 'MORE_RECENT_RESTATEMENT_FOUND']]);
    expect(codesOf((await adjust([adjustment()])).body)).toEqual([]);
    expect(codesOf((await adjust([adjustment()])).body)).toEqual([[0, 'CONVERSION_ALREADY_RETRACTED']]);
    expect(codesOf((await upload([conversion()])).body)).toEqual([[0, 'ORDER_ID_ALREADY_IN_USE']]);
    expect(await taken()).toEqual([[12.5, true, false], [5, false, true], [0, false, true]]);
    expect((await client.totals())['google-ads']).toMatchObject({ accepted: 3, counted: 1, adjusted: 2 });
  });

  it('wants a day before and 54 days after a conversion', async () => {
    await upload([conversion({ conversionDateTime: at(HOUR) })]);
    expect(codesOf((await adjust([adjustment({ adjustmentDateTime: at(0) })])).body)).toEqual([[0, 'TOO_RECENT_CONVERSION']]);
    await client.settings({ clockOffsetMs: DAY });
    expect(codesOf((await adjust([adjustment({ adjustmentDateTime: at(0) })], { validateOnly: true })).body)).toEqual([]);
    await client.settings({ clockOffsetMs: 55 * DAY });
    expect(codesOf((await adjust([adjustment({ adjustmentDateTime: at(0) })])).body)).toEqual([[0, 'CONVERSION_EXPIRED']]);
  });

  it.each([
    ['both identifiers', { gclidDateTimePair: { gclid: 'CjwKCAjw-sandbox_1', conversionDateTime: at(2 * DAY) } }, 'GCLID_DATE_TIME_PAIR_AND_ORDER_ID_BOTH_SET'],
    ['no identifier', { orderId: undefined }, 'REQUIRED'],
    ['an unknown order', { orderId: 'other' }, 'CONVERSION_NOT_FOUND'],
    ['the click of a conversion with an order id', { orderId: undefined, gclidDateTimePair: { gclid: 'CjwKCAjw-sandbox_1', conversionDateTime: at(2 * DAY) } }, 'CONVERSION_NOT_FOUND'],
    ['a wbraid conversion', { orderId: 'braid' }, 'CONVERSION_NOT_FOUND'],
    ['a value in a retraction', { restatementValue: { adjustedValue: 0 } }, 'VALUE_MUST_BE_UNSET'],
    ['a restatement without value', { adjustmentType: 'RESTATEMENT' }, 'REQUIRED'],
    ['a time before the conversion', { adjustmentDateTime: at(3 * DAY) }, 'ADJUSTMENT_PRECEDES_CONVERSION'],
    ['an enhancement', { adjustmentType: 'ENHANCEMENT' }, 'INVALID_CONVERSION_ACTION_TYPE'],
  ])('refuses to adjust: %s', async (_, changes, code) => {
    await upload([conversion(), conversion({ orderId: 'braid', gclid: undefined, wbraid: '0BBB' })]);
    expect(codesOf((await adjust([adjustment(changes)])).body)).toEqual([[0, code]]);
    expect(await taken()).toHaveLength(2);
  });

  it('adjusts a conversion without order id by its click and time', async () => {
    const conversionDateTime = at(2 * DAY);
    await upload([conversion({ orderId: undefined, conversionDateTime })]);
    expect(codesOf((await adjust([adjustment({ orderId: undefined, gclidDateTimePair: { gclid: 'CjwKCAjw-sandbox_1', conversionDateTime } })])).body)).toEqual([]);
  });

  it('refuses tokens, customers, headers and paths', async () => {
    const failure = async (headers: Record<string, string>, path?: string): Promise<unknown[]> => {
      const { status, body } = await call('uploadClickConversions', { conversions: [conversion()], partialFailure: true }, headers, path);
      return [status, body.error.status, body.error.details[0].errors?.[0].errorCode ?? body.error.details[0].reason];
    };
    expect(await failure({ authorization: 'Bearer stranger' })).toEqual([401, 'UNAUTHENTICATED', 'ACCESS_TOKEN_TYPE_UNSUPPORTED']);
    expect(await failure({ 'developer-token': '' })).toEqual([401, 'UNAUTHENTICATED', { requestError: 'DEVELOPER_TOKEN_PARAMETER_MISSING' }]);
    expect(await failure({ 'developer-token': 'other' })).toEqual([401, 'UNAUTHENTICATED', { authenticationError: 'DEVELOPER_TOKEN_INVALID' }]);
    expect(await failure({ 'login-customer-id': '123-456-7890' })).toEqual([400, 'INVALID_ARGUMENT', { headerError: 'INVALID_LOGIN_CUSTOMER_ID' }]);
    expect(await failure({}, 'v26/customers/5:uploadClickConversions')).toEqual([403, 'PERMISSION_DENIED', { authorizationError: 'USER_PERMISSION_DENIED' }]);
    expect(await failure({}, 'v26/customers/123-456-7890:uploadClickConversions')).toEqual([400, 'INVALID_ARGUMENT', { requestError: 'INVALID_CUSTOMER_ID' }]);
    const sunset = await call('', {}, {}, 'v22/customers/1234567890:uploadClickConversions');
    expect([sunset.status, sunset.headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8']);
  });

  it('wants a token of its own scope', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const iss = 'sender@sandbox.iam.gserviceaccount.com';
    await client.account({ platform: 'google-oauth', account: iss, publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() });
    const statusWith = async (scope: string): Promise<unknown> => {
      const iat = Math.floor(Date.now() / 1000);
      const unsigned = [{ alg: 'RS256', typ: 'JWT' }, { iss, scope, aud: 'https://oauth2.googleapis.com/token', iat, exp: iat + 3600 }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
      const assertion = `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(privateKey).toString('base64url')}`;
      const { body } = await post(tokenUrl(sandbox.origin), new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }));
      return (await upload([conversion()], {}, { authorization: `Bearer ${body.access_token}` })).status;
    };
    expect(await statusWith('https://www.googleapis.com/auth/datamanager')).toBe(403);
    expect(await statusWith('https://www.googleapis.com/auth/adwords')).toBe(200);
  });

  it.each([
    ['TOO_RECENT_EVENT', 200, { conversionUploadError: 'TOO_RECENT_EVENT' }],
    ['INTERNAL_ERROR', 200, { internalError: 'INTERNAL_ERROR' }],
    ['RESOURCE_EXHAUSTED', 429, { quotaError: 'RESOURCE_EXHAUSTED' }],
    ['INTERNAL', 500, { internalError: 'INTERNAL' }],
    ['CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE', 200, { notAllowlistedError: 'CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE' }],
  ])('fails with %s when it is told to', async (code, status, errorCode) => {
    await client.fault({ platform: 'google-ads', match: { transactionId: 'order-1', event: 'Purchase' }, answer: { code } });
    const answer = await upload([conversion()]);
    expect([answer.status, (answer.body.error ?? answer.body.partialFailureError).details[0].errors[0].errorCode]).toEqual([status, errorCode]);
    expect((await upload([conversion()])).body.partialFailureError).toBeUndefined();
  });
});
