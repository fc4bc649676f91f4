import { describe, expect, it } from 'vitest';
import { byCode } from '../../../destinations/google-ads/errors.ts';
import { googleAds } from '../../../destinations/google-ads/google-ads.ts';
import { answer, request } from './sample.ts';

const HOUR = 3_600_000;
const FAILURE = 'type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure';
const failure = (code: string, index: number | null = 0, category = 'conversionUploadError') => ({
  errorCode: { [category]: code },
  message: `words of ${code}`,
  ...(index !== null && { location: { fieldPathElements: [{ fieldName: 'conversions', index }, { fieldName: 'gclid' }] } }),
});
const partly = (...errors: unknown[]) => ({ partialFailureError: { code: 3, message: 'Only the first', details: [{ '@type': FAILURE, errors, requestId: 'req-1' }] } });
const refused = (status: string, ...errors: unknown[]) => ({ error: { code: 400, message: 'words', status, details: errors.length > 0 ? [{ '@type': FAILURE, errors, requestId: 'req-1' }] : [] } });
const classify = (body: unknown, status = 200, count = 1, headers = {}) =>
  googleAds.classify(answer(body, status, headers), request({ sent: Array.from({ length: count }, () => ({})) }));
const kinds = (...of: Parameters<typeof classify>) => classify(...of).map(({ kind }) => kind);

const KINDS: Record<string, string> = {
  retry: `TOO_RECENT_EVENT TOO_RECENT_CALL TOO_RECENT_CONVERSION_ACTION TOO_RECENT_CONVERSION INTERNAL_ERROR TRANSIENT_ERROR DEADLINE_EXCEEDED
    CONCURRENT_MODIFICATION RESOURCE_EXHAUSTED RESOURCE_TEMPORARILY_EXHAUSTED RATE_LIMIT_EXCEEDED`,
  delivered: `ORDER_ID_ALREADY_IN_USE CLICK_CONVERSION_ALREADY_EXISTS CALL_CONVERSION_ALREADY_EXISTS DUPLICATE_ORDER_ID DUPLICATE_CLICK_CONVERSION_IN_REQUEST
    DUPLICATE_CALL_CONVERSION_IN_REQUEST CONVERSION_ALREADY_RETRACTED RESTATEMENT_ALREADY_EXISTS MORE_RECENT_RESTATEMENT_FOUND
    DUPLICATE_ADJUSTMENT_IN_REQUEST CONVERSION_ALREADY_ENHANCED DUPLICATE_ENHANCEMENT_IN_REQUEST`,
  expired: 'EXPIRED_EVENT EXPIRED_CALL CONVERSION_EXPIRED',
  rejected: `CONVERSION_PRECEDES_EVENT CONVERSION_PRECEDES_CALL EVENT_NOT_FOUND CLICK_NOT_FOUND CALL_NOT_FOUND UNPARSEABLE_GCLID UNPARSEABLE_GBRAID
    UNPARSEABLE_WBRAID UNPARSEABLE_CALLERS_PHONE_NUMBER GBRAID_WBRAID_BOTH_SET INVALID_CUSTOMER_FOR_CLICK INVALID_CUSTOMER_FOR_CALL
    CONVERSION_TRACKING_NOT_ENABLED_AT_IMPRESSION_TIME CONVERSION_TRACKING_NOT_ENABLED_AT_CALL_TIME CONVERSION_NOT_COMPLIANT_WITH_ATT_POLICY
    CUSTOM_VARIABLE_VALUE_CONTAINS_PII ORDER_ID_CONTAINS_PII INVALID_USER_IDENTIFIER UNSUPPORTED_USER_IDENTIFIER TOO_MANY_CONVERSIONS_IN_REQUEST
    INVALID_JOB_ID CONVERSION_NOT_FOUND ADJUSTMENT_PRECEDES_CONVERSION TOO_MANY_ADJUSTMENTS_IN_REQUEST TOO_MANY_ADJUSTMENTS
    GCLID_DATE_TIME_PAIR_AND_ORDER_ID_BOTH_SET MISSING_ORDER_ID_FOR_WEBPAGE`,
  misconfigured: `NO_CONVERSION_ACTION_FOUND INVALID_CONVERSION_ACTION_TYPE ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID
    CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS CUSTOMER_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS CUSTOMER_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS
    CUSTOMER_DATA_POLICY_PROHIBITS_ENHANCEMENT CONVERSION_ACTION_NOT_ELIGIBLE_FOR_ENHANCEMENT
    CANNOT_RESTATE_CONVERSION_ACTION_THAT_ALWAYS_USES_DEFAULT_CONVERSION_VALUE CUSTOM_VARIABLE_NOT_ENABLED
    EXTERNAL_ATTRIBUTION_DATA_SET_FOR_NON_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION
    EXTERNAL_ATTRIBUTION_DATA_NOT_SET_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION
    ORDER_ID_NOT_PERMITTED_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION_NOT_PERMITTED_WITH_USER_IDENTIFIER
    UNAUTHORIZED_CUSTOMER CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE ACCESS_PROHIBITED NOT_ADS_USER CUSTOMER_NOT_FOUND CLIENT_CUSTOMER_ID_INVALID
    TWO_STEP_VERIFICATION_NOT_ENROLLED ADVANCED_PROTECTION_NOT_ENROLLED DEVELOPER_TOKEN_INVALID USER_PERMISSION_DENIED DEVELOPER_TOKEN_NOT_APPROVED
    DEVELOPER_TOKEN_NOT_ON_ALLOWLIST DEVELOPER_TOKEN_PROHIBITED CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION CLOUD_PROJECT_NOT_UNDER_ORGANIZATION
    PROJECT_DISABLED AUTHORIZATION_ERROR ACTION_NOT_PERMITTED ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT ACCESS_DENIED_FOR_ACCOUNT_TYPE
    INCOMPLETE_SIGNUP CUSTOMER_NOT_ENABLED MISSING_TOS INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION SERVICE_ACCESS_DENIED
    UNSUPPORTED_VERSION INVALID_CUSTOMER_ID SERVICE_DISABLED BILLING_DISABLED CONSUMER_INVALID USER_PROJECT_DENIED ACCESS_TOKEN_SCOPE_INSUFFICIENT`,
  unauthorised: `AUTHENTICATION_ERROR OAUTH_TOKEN_INVALID OAUTH_TOKEN_EXPIRED OAUTH_TOKEN_HEADER_INVALID OAUTH_TOKEN_DISABLED OAUTH_TOKEN_REVOKED
    GOOGLE_ACCOUNT_DELETED GOOGLE_ACCOUNT_AUTHENTICATION_FAILED ACCESS_TOKEN_EXPIRED`,
};

/** code, kind: one row for each row of the table. */
const rows = Object.entries(KINDS).flatMap(([kind, codes]) => codes.split(/\s+/).map((code): [string, string] => [code, kind]));

describe('what Google Ads answers', () => {
  it.each(rows)('%s is %s, for one conversion or for the request', (code, kind) => {
    expect(classify(partly(failure(code)))).toMatchObject([{ kind, ...(kind !== 'delivered' && { code }) }]);
    expect(classify(refused('INVALID_ARGUMENT', failure(code, null)), 400)).toMatchObject([{ kind }]);
  });
  it('each row of the table is tested', () => {
    expect(Object.keys(byCode).toSorted()).toEqual(rows.map(([code]) => code).toSorted());
  });
  it('a result is delivered; a success without any is none', () => {
    expect(classify({ results: [{ gclid: 'g' }], jobId: '1' })).toEqual([{ kind: 'delivered' }]);
    expect(classify({ results: [{}] })).toMatchObject([{ kind: 'retry', code: 'no_result' }]);
    expect(classify({})).toMatchObject([{ kind: 'retry', code: 'no_result' }]);
  });
  it('each conversion of a batch has its own outcome and its own words', () => {
    const body = { ...partly(failure('TOO_RECENT_EVENT', 2), failure('UNPARSEABLE_GCLID', 1)), results: [{ gclid: 'g' }, {}, {}] };
    expect(classify(body, 200, 3)).toMatchObject([
      { kind: 'delivered' },
      { kind: 'rejected', message: 'Google refuses the event: the gclid cannot be read: words of UNPARSEABLE_GCLID | requestId req-1' },
      { kind: 'retry', retryAfterMs: 6 * HOUR, message: expect.stringContaining('words of TOO_RECENT_EVENT') },
    ]);
    expect(kinds(partly(failure('UNPARSEABLE_GCLID', 1)), 200, 2)).toEqual(['delivered', 'rejected']);
  });
  it('an index that was left out is the first one', () => {
    const first = { ...failure('UNPARSEABLE_GCLID'), location: { fieldPathElements: [{ fieldName: 'conversions' }] } };
    expect(kinds({ ...partly(first), results: [{}, { gclid: 'g' }] }, 200, 2)).toEqual(['rejected', 'delivered']);
  });
  it('an adjustment is found by its own place', () => {
    const second = { ...failure('CONVERSION_ALREADY_RETRACTED'), location: { fieldPathElements: [{ fieldName: 'conversion_adjustments', index: 1 }] } };
    expect(classify({ ...partly(second), results: [{ orderId: '1' }, {}] }, 200, 2)).toMatchObject([{ kind: 'delivered' }, { kind: 'delivered', duplicate: true }]);
  });
  it('of several errors the one that keeps the event decides', () => {
    expect(kinds(partly(failure('UNPARSEABLE_GCLID'), failure('CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS')))).toEqual(['misconfigured']);
  });
  it('an error that names no conversion is of those without a result', () => {
    expect(kinds({ ...partly(failure('INTERNAL_ERROR', null, 'internalError')), results: [{ gclid: 'g' }, {}] }, 200, 2)).toEqual(['delivered', 'retry']);
  });
  it('an unknown code is refused where Google blames the conversion, and kept where it does not', () => {
    expect(classify(partly(failure('SOMETHING_NEW')))).toMatchObject([{ kind: 'rejected', code: 'SOMETHING_NEW' }]);
    expect(kinds({ partialFailureError: { code: 13, message: 'internal' } })).toEqual(['retry']);
  });
  it.each(['toString', 'constructor', '__proto__'])('a code of "%s" goes by the status', (code) => {
    expect(classify(partly(failure(code)))).toMatchObject([{ kind: 'rejected', code }]);
    expect(classify({ error: { code: 400, status: code, message: 'm', details: [{ reason: code }] } }, 400)).toMatchObject([{ kind: 'rejected', code }]);
    expect(kinds({ error: { code: 503, status: code, message: 'm' } }, 503)).toEqual(['retry']);
    expect(googleAds.classifyCheck?.(answer(partly(failure(code))), request())).toMatchObject({ kind: 'rejected', code });
  });
  it('an error that names no conversion of the request blames none of several', () => {
    expect(kinds({ partialFailureError: { code: 3, message: 'm' }, results: [{}, { gclid: 'g' }] }, 200, 2)).toEqual(['retry', 'delivered']);
    expect(kinds(partly(failure('UNPARSEABLE_GCLID', 9)), 200, 2)).toEqual(['retry', 'retry']);
    expect(kinds(partly(failure('UNPARSEABLE_GCLID', null)), 200, 2)).toEqual(['retry', 'retry']);
    expect(kinds(partly(failure('UNPARSEABLE_GCLID', null)))).toEqual(['rejected']);
  });
  it('a batch that was refused without a word blames none of several', () => {
    for (const body of ['bad', {}, { error: 'toString' }]) {
      expect(kinds(body, 400, 2)).toEqual(['retry', 'retry']);
      expect(kinds(body, 400)).toEqual(['rejected']);
    }
  });
  it('a refused refresh token is said as such', () => {
    expect(classify({ error: 'invalid_grant', error_description: 'Token has been revoked.' }, 400)).toMatchObject([{ kind: 'unauthorised', refreshable: false, code: 'invalid_grant' }]);
  });
  it('an index or a code that is no number is none', () => {
    const odd = { ...failure('UNPARSEABLE_GCLID'), location: { fieldPathElements: [{ fieldName: 'conversions', index: [{ toString: 'x' }] }] } };
    expect(kinds({ partialFailureError: { code: { toString: 'x' }, details: [{ errors: [odd] }] } })).toEqual(['rejected']);
  });
  it('a full batch of failures is read, each by its index', () => {
    const count = 2000;
    expect(kinds(partly(...Array.from({ length: count }, (_, index) => failure('UNPARSEABLE_GCLID', index))), 200, count)).toEqual(Array.from({ length: count }, () => 'rejected'));
  });
  it('a request that failed as a whole: the named conversion fails, the others go again', () => {
    expect(kinds(refused('INVALID_ARGUMENT', failure('UNPARSEABLE_GCLID', 1)), 400, 3)).toEqual(['retry', 'rejected', 'retry']);
    const badField = { error: { status: 'INVALID_ARGUMENT', message: 'm', details: [{ fieldViolations: [{ field: 'conversions[0].foo', description: 'Unknown name' }] }] } };
    expect(kinds(badField, 400, 2)).toEqual(['rejected', 'retry']);
    expect(kinds(refused('PERMISSION_DENIED', failure('USER_PERMISSION_DENIED', null, 'authorizationError')), 403, 2)).toEqual(['misconfigured', 'misconfigured']);
  });
  it.each([
    ['UNAUTHENTICATED', 401, 'unauthorised'],
    ['PERMISSION_DENIED', 403, 'misconfigured'],
    ['RESOURCE_EXHAUSTED', 429, 'retry'],
    ['UNAVAILABLE', 503, 'retry'],
    ['INTERNAL', 500, 'retry'],
    ['DEADLINE_EXCEEDED', 504, 'retry'],
    ['INVALID_ARGUMENT', 400, 'rejected'],
    ['UNIMPLEMENTED', 501, 'misconfigured'],
  ])('status %s with HTTP %i is %s', (status, http, kind) => {
    expect(kinds(refused(status), http)).toEqual([kind]);
  });
  it('a fresh access token may help where the old one ran out, not where it was revoked', () => {
    expect(classify('', 401)).toMatchObject([{ kind: 'unauthorised', refreshable: true }]);
    expect(classify(refused('UNAUTHENTICATED', failure('OAUTH_TOKEN_EXPIRED', null, 'authenticationError')), 401)).toMatchObject([{ refreshable: true }]);
    expect(classify(refused('UNAUTHENTICATED', failure('OAUTH_TOKEN_REVOKED', null, 'authenticationError')), 401)).toMatchObject([{ refreshable: false }]);
  });
  it.each([
    [404, '<html></html>', 'retry'],
    [200, '<html></html>', 'retry'],
    [502, '', 'retry'],
    [302, '', 'retry'],
    [404, 'nothing', 'misconfigured'],
  ])('HTTP %i with "%s" is %s', (status, body, kind) => {
    expect(kinds(body, status)).toEqual([kind]);
  });
});

describe('how long Google Ads asks to wait', () => {
  it('six hours after a click or a new action, a day after a conversion', () => {
    for (const code of ['TOO_RECENT_EVENT', 'TOO_RECENT_CALL', 'TOO_RECENT_CONVERSION_ACTION']) expect(classify(partly(failure(code)))).toMatchObject([{ retryAfterMs: 6 * HOUR }]);
    expect(classify(partly(failure('TOO_RECENT_CONVERSION')))).toMatchObject([{ retryAfterMs: 24 * HOUR }]);
  });
  it('as long as the quota says, or Retry-After', () => {
    const quota = { ...failure('RESOURCE_EXHAUSTED', null, 'quotaError'), details: { quotaErrorDetails: { rateScope: 'DEVELOPER', retryDelay: '42s' } } };
    expect(classify(refused('RESOURCE_EXHAUSTED', quota), 429)).toMatchObject([{ kind: 'retry', retryAfterMs: 42_000 }]);
    expect(classify(refused('RESOURCE_EXHAUSTED', quota), 429, 1, { 'retry-after': '7' })).toMatchObject([{ retryAfterMs: 7000 }]);
  });
  it('the rest of a day for a conversion that is not found in its first', () => {
    const classifyAt = (date: string) =>
      googleAds.reversal?.classify(answer(partly(failure('CONVERSION_NOT_FOUND')), 200, { date }), request({ sent: [{ conversionDateTime: '2026-11-20 11:00:00+01:00' }] }));
    expect(classifyAt('Fri, 20 Nov 2026 20:00:00 GMT')).toMatchObject([{ kind: 'retry', retryAfterMs: 14 * HOUR }]);
    expect(classifyAt('Sat, 21 Nov 2026 10:00:00 GMT')).toMatchObject([{ kind: 'rejected' }]);
  });
});

describe('the check of Google Ads', () => {
  const checked = (body: unknown, status = 200) => googleAds.classifyCheck?.(answer(body, status), request({ sent: [] }));
  it('passes where only the sample click was refused', () => {
    expect(checked(partly(failure('UNPARSEABLE_GCLID', 0), failure('UNPARSEABLE_GCLID', 1)))).toEqual({ kind: 'delivered' });
    expect(checked({ results: [] })).toEqual({ kind: 'delivered' });
  });
  it('fails in the words of the table, or where nothing can be read', () => {
    expect(checked(partly(failure('UNPARSEABLE_GCLID', 0), failure('NO_CONVERSION_ACTION_FOUND', 1)))).toMatchObject({ kind: 'misconfigured' });
    expect(checked(refused('PERMISSION_DENIED', failure('CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE', null, 'notAllowlistedError')), 403)).toMatchObject({ kind: 'misconfigured' });
    expect(checked(refused('INVALID_ARGUMENT'), 400)).toMatchObject({ kind: 'rejected' });
    expect(checked('<html></html>', 404)).toMatchObject({ kind: 'retry' });
    expect(checked({}, 401)).toMatchObject({ kind: 'unauthorised' });
  });
});
