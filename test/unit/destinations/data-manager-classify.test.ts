import { describe, expect, it } from 'vitest';
import { RESEND } from '../../../destinations/contract.ts';
import { byProcessingReason, byReason, byStatus } from '../../../destinations/google-data-manager/errors.ts';
import { googleDataManager } from '../../../destinations/google-data-manager/google-data-manager.ts';
import { answer, request } from './sample.ts';

const HOUR = 3_600_000;
const classify = (body: unknown, status = 200, headers = {}) => googleDataManager.classify(answer(body, status, headers), request())[0];
const info = (reason: string, metadata = {}) => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'datamanager.googleapis.com', metadata });
const violation = (reason: string, field = 'events.events[0].currency') => ({ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, reason, description: 'why' }] });
const error = (status: string, ...details: unknown[]) => ({ error: { code: 400, message: 'words', status, details } });

const MISCONFIGURED = `PERMISSION_DENIED NOT_FOUND INVALID_DESTINATION INVALID_CONVERSION_ACTION_ID INVALID_CONVERSION_ACTION_TYPE
  EVENT_SOURCE_AND_DESTINATION_MISMATCH DESTINATION_ACCOUNT_TYPE_MISMATCH MISMATCHED_ACCOUNT_TYPE INVALID_CLIENT_ACCOUNT_ID
  OPERATING_ACCOUNT_LOGIN_ACCOUNT_MISMATCH DESTINATION_ACCOUNT_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS
  DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED DESTINATION_ACCOUNT_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS
  UNSUPPORTED_OPERATING_ACCOUNT_FOR_DATA_PARTNER UNSUPPORTED_LINKED_ACCOUNT_FOR_DATA_PARTNER
  LINKED_ACCOUNT_ONLY_ALLOWED_WITH_DATA_PARTNER_LOGIN_ACCOUNT TERMS_AND_CONDITIONS_NOT_SIGNED THIRD_PARTY_USER_DATA_NOT_ALLOWED NOT_ALLOWLISTED SERVICE_DISABLED BILLING_DISABLED
  CONSUMER_INVALID USER_PROJECT_DENIED ACCESS_TOKEN_SCOPE_INSUFFICIENT`.split(/\s+/);
const REJECTED = `INVALID_ARGUMENT REQUIRED_FIELD_MISSING INVALID_FORMAT INVALID_NUMBER_FORMAT INVALID_ENUM_VALUE INVALID_HEX_ENCODING
  INVALID_BASE64_ENCODING INVALID_SHA256_FORMAT INVALID_POSTAL_CODE INVALID_CURRENCY_CODE INVALID_EVENT INVALID_EVENT_NAME RESERVED_NAME_USED
  INVALID_AD_IDENTIFIER_FOR_ACCOUNT NO_IDENTIFIERS_PROVIDED EVENT_TIME_INVALID FIELD_VALUE_TOO_LONG FIELD_VALUE_TOO_SHORT
  TOO_MANY_DESTINATIONS TOO_MANY_EVENTS TOO_MANY_USER_IDENTIFIERS TOO_MANY_ELEMENTS TOO_FEW_ELEMENTS`.split(/\s+/);

/** reason, kind: one row for each row of the table. */
const reasons: [string, string][] = [
  ['INTERNAL_ERROR', 'retry'],
  ['DEADLINE_EXCEEDED', 'retry'],
  ['RESOURCE_EXHAUSTED', 'retry'],
  ['RATE_LIMIT_EXCEEDED', 'retry'],
  ['CONVERSION_ACTION_TOO_RECENTLY_CREATED', 'retry'],
  ['ACCESS_TOKEN_EXPIRED', 'unauthorised'],
  ...MISCONFIGURED.map((reason): [string, string] => [reason, 'misconfigured']),
  ...REJECTED.map((reason): [string, string] => [reason, 'rejected']),
];

const statuses: [string, string][] = [
  ['UNAUTHENTICATED', 'unauthorised'],
  ['PERMISSION_DENIED', 'misconfigured'],
  ['NOT_FOUND', 'misconfigured'],
  ['UNIMPLEMENTED', 'misconfigured'],
  ['RESOURCE_EXHAUSTED', 'retry'],
  ['INTERNAL', 'retry'],
  ['UNKNOWN', 'retry'],
  ['UNAVAILABLE', 'retry'],
  ['DEADLINE_EXCEEDED', 'retry'],
  ['ABORTED', 'retry'],
  ['CANCELLED', 'retry'],
  ['INVALID_ARGUMENT', 'rejected'],
  ['FAILED_PRECONDITION', 'rejected'],
  ['OUT_OF_RANGE', 'rejected'],
];

describe('what Google answers at once', () => {
  it.each(reasons)('reason %s is %s, as the reason of the error or of a field', (reason, kind) => {
    expect(classify(error('INVALID_ARGUMENT', info(reason)), 400)).toMatchObject({ kind, code: reason });
    expect(classify(error('INVALID_ARGUMENT', info('INVALID_ARGUMENT'), violation(reason)), 500)).toMatchObject({ kind, code: reason });
  });
  it.each(statuses)('status %s is %s, where no reason is known', (status, kind) => {
    expect(classify(error(status), 400)).toMatchObject({ kind, code: status });
    expect(classify(error(status, info('SOMETHING_NEW')), 400)).toMatchObject({ kind, code: 'SOMETHING_NEW' });
  });
  it('each row of the tables is tested', () => {
    expect(Object.keys(byReason).filter((reason) => !reasons.some(([tested]) => tested === reason))).toEqual([]);
    expect(Object.keys(byStatus)).toEqual(statuses.map(([status]) => status));
  });

  it('HTTP 200 means accepted, with the request id to ask by and the warnings', () => {
    expect(classify({ requestId: 'req-1' })).toEqual({ kind: 'accepted', receipt: 'req-1' });
    expect(classify({ requestId: 'req-1', fieldWarnings: [{ reason: 'X', description: 'odd', field: 'events[0]' }] })).toEqual({
      kind: 'accepted',
      receipt: 'req-1',
      warnings: ['X: odd: events[0]'],
    });
  });
  it('HTTP 200 without a request id cannot be followed: it is sent again, which the transaction id makes safe', () => {
    expect(classify({})).toMatchObject({ kind: 'retry', code: 'no_request_id' });
  });
  it('a refused batch: the event that is named fails, the others are sent again', () => {
    const classifyAll = (body: unknown) => googleDataManager.classify(answer(body, 400), request({ sent: [{}, {}, {}] }));
    const body = error('INVALID_ARGUMENT', violation('INVALID_CURRENCY_CODE', 'events[1].currency'));
    expect(classifyAll(body).map(({ kind }) => kind)).toEqual(['retry', 'rejected', 'retry']);
    expect(classifyAll(error('INVALID_ARGUMENT')).map(({ kind }) => kind)).toEqual(['retry', 'retry', 'retry']);
    expect(classifyAll(error('INVALID_ARGUMENT', violation('NOT_ALLOWLISTED', 'events[1]'))).map(({ kind }) => kind)).toEqual(['misconfigured', 'misconfigured', 'misconfigured']);
  });
  it.each(['toString', 'constructor', '__proto__'])('a reason of "%s" goes by the status', (reason) => {
    expect(classify(error('INVALID_ARGUMENT', info(reason), violation(reason)), 400)).toMatchObject({ kind: 'rejected', code: reason });
    expect(classify(error(reason), 400)).toMatchObject({ kind: 'rejected', code: reason });
    expect(classify(error(reason), 503)).toMatchObject({ kind: 'retry' });
    expect(classify({ error: reason }, 400)).toMatchObject({ kind: 'rejected' });
  });
  it('a refused refresh token is said as such', () => {
    expect(classify({ error: 'invalid_grant' }, 400)).toMatchObject({ kind: 'unauthorised', refreshable: false, code: 'invalid_grant' });
  });
  it('a batch that was accepted is accepted for each event', () => {
    expect(googleDataManager.classify(answer({ requestId: 'r' }), request({ sent: [{}, {}] }))).toEqual([{ kind: 'accepted', receipt: 'r' }, { kind: 'accepted', receipt: 'r' }]);
  });
  it('the answer to a question is told by its shape', () => {
    expect(googleDataManager.callOf?.({ requestStatusPerDestination: [] })).toBe('status');
    expect(googleDataManager.callOf?.({ requestId: 'r' })).toBeNull();
  });
  it('a 401 asks for a fresh access token, with or without a body', () => {
    expect(classify(error('UNAUTHENTICATED'), 401)).toMatchObject({ kind: 'unauthorised', refreshable: true });
    expect(classify('', 401)).toMatchObject({ kind: 'unauthorised', refreshable: true });
  });
  it('of several reasons the one that keeps the event decides', () => {
    expect(classify(error('INVALID_ARGUMENT', violation('INVALID_FORMAT'), violation('TERMS_AND_CONDITIONS_NOT_SIGNED')), 400)).toMatchObject({
      kind: 'misconfigured',
      code: 'TERMS_AND_CONDITIONS_NOT_SIGNED',
    });
  });
  it("Google's words, the field and the request id are kept", () => {
    const requestInfo = { '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: 'req-9' };
    expect(classify(error('INVALID_ARGUMENT', violation('INVALID_CURRENCY_CODE'), requestInfo), 400)).toMatchObject({
      message: 'Google refuses the event: Google does not know the currency: words | events.events[0].currency: why | requestId req-9',
    });
  });
  it.each([
    [500, '<html></html>', 'retry'],
    [404, '<html></html>', 'retry'],
    [503, '', 'retry'],
    [302, '', 'retry'],
    [400, 'bad', 'rejected'],
  ])('HTTP %i with "%s" is %s', (status, body, kind) => {
    expect(classify(body, status)).toMatchObject({ kind });
  });
});

describe('how long Google asks to wait', () => {
  const wait = (limit: string, headers = {}) =>
    (classify(error('RESOURCE_EXHAUSTED', info('RATE_LIMIT_EXCEEDED', { quota_limit: limit })), 429, headers) as { retryAfterMs?: number }).retryAfterMs;
  it('a minute for a quota per minute', () => {
    expect(wait('IngestionMutateRequestsPerMinutePerProject')).toBe(60_000);
  });
  it('until midnight Pacific time for a quota per day, in winter, in summer and over the change', () => {
    const perDay = 'IngestionMutateRequestsPerDayPerProject';
    expect(wait(perDay, { date: 'Fri, 20 Nov 2026 10:00:00 GMT' })).toBe(22 * HOUR);
    expect(wait(perDay, { date: 'Wed, 01 Jul 2026 10:00:00 GMT' })).toBe(21 * HOUR);
    expect(wait(perDay, { date: 'Sun, 01 Nov 2026 07:30:00 GMT' })).toBe(24.5 * HOUR);
    expect(wait(perDay)).toBe(HOUR);
  });
  it('as long as RetryInfo or Retry-After says', () => {
    const body = error('UNAVAILABLE', { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '12.5s' });
    expect(classify(body, 503)).toMatchObject({ retryAfterMs: 12_500 });
    expect(classify(body, 503, { 'retry-after': '3' })).toMatchObject({ retryAfterMs: 3000 });
  });
  it('six hours for a conversion action that was just created', () => {
    expect(classify(error('INVALID_ARGUMENT', violation('CONVERSION_ACTION_TOO_RECENTLY_CREATED')), 400)).toMatchObject({ retryAfterMs: 6 * HOUR });
  });
});

describe('what Google answers half an hour later', () => {
  const asked = request({ method: 'GET', url: 'https://datamanager.googleapis.com/v1/requestStatus:retrieve?requestId=req-1', body: null });
  const result = (body: unknown, status = 200) => googleDataManager.result?.classify(answer(body, status), asked);
  const processed = (requestStatus: string, reason?: string, more = {}) => ({
    requestStatusPerDestination: [{ requestStatus, ...(reason && { errorInfo: { errorCounts: [{ recordCount: '1', reason }] } }), ...more }],
  });

  /** reason without its prefix, kind: one row for each row of the table. */
  const rows: [string, string][] = [
    ['DUPLICATE_GCLID', 'delivered'],
    ['DUPLICATE_TRANSACTION_ID', 'delivered'],
    ['INTERNAL_ERROR', 'retry'],
    ['TOO_RECENT_CLICK', 'retry'],
    ['DESTINATION_TOO_RECENTLY_CREATED', 'retry'],
    ['EVENT_TOO_OLD', 'expired'],
    ['OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER', 'misconfigured'],
    ['DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED', 'misconfigured'],
    ['ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID', 'misconfigured'],
    ['EXTERNAL_ATTRIBUTION_DATA_MISSING', 'misconfigured'],
    ['INVALID_GCLID', 'rejected'],
    ['INVALID_GBRAID', 'rejected'],
    ['INVALID_WBRAID', 'rejected'],
    ['INVALID_AD_IDENTIFIERS', 'rejected'],
    ['INVALID_CLICK', 'rejected'],
    ['CLICK_NOT_FOUND', 'rejected'],
    ['INVALID_OPERATING_ACCOUNT_FOR_CLICK', 'rejected'],
    ['CONVERSION_PRECEDES_CLICK', 'rejected'],
    ['ORIGINAL_CONVERSIONS_NOT_FOUND', 'rejected'],
    ['INVALID_CUSTOM_VARIABLE', 'rejected'],
    ['CUSTOM_VARIABLE_NOT_ENABLED', 'misconfigured'],
    ['INVALID_MERCHANT_ID', 'rejected'],
    ['INVALID_EVENT', 'rejected'],
    ['INVALID_FORMAT', 'rejected'],
    ['DENIED_CONSENT', 'rejected'],
    ['NO_CONSENT', 'rejected'],
    ['UNKNOWN_CONSENT', 'rejected'],
  ];
  it.each(rows)('reason %s is %s', (reason, kind) => {
    for (const status of ['FAILED', 'FAILURE', 'PARTIAL_SUCCESS'])
      for (const prefix of ['PROCESSING_ERROR_REASON_', 'PROCESSING_ERROR_']) expect(result(processed(status, prefix + reason))).toMatchObject({ kind });
  });
  it('each row of the table is tested', () => {
    expect(Object.keys(byProcessingReason)).toEqual(rows.map(([reason]) => reason));
  });
  it('a repeat that Google knows is delivered as a duplicate', () => {
    expect(result(processed('FAILED', 'PROCESSING_ERROR_REASON_DUPLICATE_TRANSACTION_ID'))).toMatchObject({ duplicate: true });
  });
  it('SUCCESS is delivered, with its warnings', () => {
    expect(result(processed('SUCCESS'))).toEqual({ kind: 'delivered' });
    const warningInfo = { warningCounts: [{ recordCount: '1', reason: 'PROCESSING_WARNING_REASON_INTERNAL_ERROR' }] };
    expect(result(processed('SUCCESS', undefined, { warningInfo }))).toEqual({ kind: 'delivered', warnings: ['INTERNAL_ERROR'] });
  });
  it.each([['PROCESSING'], ['REQUEST_STATUS_UNKNOWN'], ['SOMETHING_NEW']])('%s is asked again', (status) => {
    expect(result(processed(status))).toEqual({ kind: 'accepted', receipt: 'req-1' });
  });
  it('a failure without or with an unknown reason ends the delivery visibly; a part without a reason stands', () => {
    expect(result(processed('FAILED'))).toMatchObject({ kind: 'rejected', code: 'FAILED' });
    expect(result(processed('FAILED', 'PROCESSING_ERROR_REASON_NEW'))).toMatchObject({ kind: 'rejected', code: 'NEW' });
    expect(result(processed('PARTIAL_SUCCESS'))).toMatchObject({ kind: 'delivered', warnings: [expect.any(String)] });
  });
  it('what Google could not process for now is sent again, after six hours where it was too early', () => {
    expect(result(processed('FAILED', 'PROCESSING_ERROR_REASON_INTERNAL_ERROR'))).toMatchObject({ kind: 'retry', code: RESEND, message: expect.stringContaining('INTERNAL_ERROR') });
    expect(result(processed('FAILED', 'PROCESSING_ERROR_REASON_TOO_RECENT_CLICK'))).toMatchObject({ kind: 'retry', code: RESEND, retryAfterMs: 6 * HOUR });
  });
  it.each([
    [503, ''],
    [200, '<html></html>'],
    [429, JSON.stringify(error('RESOURCE_EXHAUSTED'))],
  ])('HTTP %i with "%s" is a failed question: it is asked again, never sent again', (status, body) => {
    const outcome = result(body, status);
    expect(outcome).toMatchObject({ kind: 'retry' });
    expect(outcome).not.toMatchObject({ code: RESEND });
  });
  it.each([
    [200, '{}'],
    [404, JSON.stringify(error('NOT_FOUND'))],
    [400, JSON.stringify(error('INVALID_ARGUMENT'))],
  ])('HTTP %i with %s says nothing of the event: it stays accepted', (status, body) => {
    expect(result(body, status)).toEqual({ kind: 'accepted', receipt: 'req-1' });
  });
  it('of several events of a request nobody knows which failed: they are sent again', () => {
    const partly = googleDataManager.result?.classify(answer(processed('PARTIAL_SUCCESS', 'PROCESSING_ERROR_REASON_INVALID_GCLID')), { ...asked, sent: [{}, {}] });
    expect(partly).toMatchObject({ kind: 'retry', code: RESEND, message: expect.stringContaining('INVALID_GCLID') });
  });
  it('of several events of a request all are delivered where the others were counted before', () => {
    const partly = googleDataManager.result?.classify(answer(processed('PARTIAL_SUCCESS', 'PROCESSING_ERROR_REASON_DUPLICATE_GCLID')), { ...asked, sent: [{}, {}] });
    expect(partly).toMatchObject({ kind: 'delivered', duplicate: true });
  });
  it('of several events that failed for several reasons none is judged by the reason of another', () => {
    const errorInfo = { errorCounts: ['INVALID_GCLID', 'INTERNAL_ERROR'].map((reason) => ({ recordCount: '1', reason: `PROCESSING_ERROR_REASON_${reason}` })) };
    expect(googleDataManager.result?.classify(answer(processed('FAILURE', undefined, { errorInfo })), { ...asked, sent: [{}, {}] })).toMatchObject({ kind: 'retry', code: RESEND });
  });
  it.each(['toString', '__proto__'])('a reason of "%s" ends the delivery as any unknown one', (reason) => {
    expect(result(processed('FAILURE', `PROCESSING_ERROR_REASON_${reason}`))).toMatchObject({ kind: 'rejected', code: reason });
  });
  it('an answer without its question can be read, too', () => {
    expect(googleDataManager.result?.classify(answer(processed('SUCCESS')), request({ url: '', body: null }))).toEqual({ kind: 'delivered' });
  });
  it('refused credentials are said as such', () => {
    expect(result(error('UNAUTHENTICATED'), 401)).toMatchObject({ kind: 'unauthorised', refreshable: true });
    expect(result(error('PERMISSION_DENIED'), 403)).toMatchObject({ kind: 'misconfigured' });
  });
});

describe('the check of Google', () => {
  it('passes without a request id, and fails in the words of the table', () => {
    const checked = (body: unknown, status = 200) => googleDataManager.classifyCheck?.(answer(body, status), request({ sent: [] }));
    expect(checked({})).toEqual({ kind: 'delivered' });
    expect(checked({ fieldWarnings: [{ reason: 'X' }] })).toEqual({ kind: 'delivered', warnings: ['X'] });
    expect(checked(error('INVALID_ARGUMENT', violation('INVALID_CONVERSION_ACTION_ID')), 400)).toMatchObject({ kind: 'misconfigured' });
  });
});
