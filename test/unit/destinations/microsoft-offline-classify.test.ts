import { describe, expect, it } from 'vitest';
import { byErrorCode, nameOfCode } from '../../../destinations/microsoft-offline/errors.ts';
import { microsoftOffline } from '../../../destinations/microsoft-offline/microsoft-offline.ts';
import { answer, bodyOf, request } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const classifyAll = (body: unknown, status = 200, events = 1, headers = {}) =>
  microsoftOffline.classify(answer(body, status, headers), request({ sent: Array.from({ length: events }, () => ({})) }));
const classify = (body: unknown, status = 200, headers = {}) => classifyAll(body, status, 1, headers)[0];
const partial = (...errors: object[]) => ({ PartialErrors: errors });
const item = (ErrorCode: string, Index: number | undefined = 0) => ({ Index, Code: 5600, ErrorCode, Message: 'words' });
const kinds = (outcomes: { kind: string }[]) => outcomes.map(({ kind }) => kind);

/** ErrorCode, kind: one row for each row of the table. */
const rows: [string, string][] = [
  ['InternalError', 'retry'],
  ['ApiExecutionError', 'retry'],
  ['SystemInReadOnlyMode', 'retry'],
  ['CallRateExceeded', 'retry'],
  ['ConcurrentRequestOverLimit', 'retry'],
  ['AuthenticationTokenExpired', 'unauthorised'],
  ['InvalidCredentials', 'unauthorised'],
  ['OAuthTokenInvalid', 'unauthorised'],
  ['UserCompromised', 'unauthorised'],
  ['UserLoginAccessDenied', 'unauthorised'],
  ['PersonalIdentityNotAvailable', 'unauthorised'],
  ['UserIsNotAuthorized', 'misconfigured'],
  ['InvalidAccount', 'misconfigured'],
  ['InvalidAccountId', 'misconfigured'],
  ['InvalidCustomerId', 'misconfigured'],
  ['InvalidAccountStatus', 'misconfigured'],
  ['RequestMissingHeaders', 'misconfigured'],
  ['CustomerIdHasToBeSpecified', 'misconfigured'],
  ['AccountIdHasToBeSpecified', 'misconfigured'],
  ['AccountIdMissingInRequestHeader', 'misconfigured'],
  ['InvalidVersion', 'misconfigured'],
  ['OperationNotSupported', 'misconfigured'],
  ['NullRequest', 'rejected'],
  ['NullParameter', 'rejected'],
  ['NullArrayArgument', 'rejected'],
  ['ApiInputValidationError', 'rejected'],
  ['InvalidDateObject', 'rejected'],
  ['OfflineConversionGoalTooRecent', 'retry'],
  ['OfflineConversionNameInvalid', 'misconfigured'],
  ['OfflineConversionNameNullOrEmpty', 'misconfigured'],
  ['NotEligibleForEnhancedConversions', 'misconfigured'],
  ['GoalNotEligibleForExternalAttribution', 'misconfigured'],
  ['OfflineConversionTimeOutOfWindow', 'expired'],
  ['ClickIdDateTimeOutsideGoalConversionWindow', 'expired'],
  ['FutureConversionTimeCannotBeSet', 'retry'],
  ['ConversionTimeEarlierThanClickTime', 'rejected'],
  ['OfflineConversionTimeNullOrEmpty', 'rejected'],
  ['OfflineConversionTimeInvalid', 'rejected'],
  ['OfflineConversionMSClickIdNullOrEmpty', 'rejected'],
  ['OfflineConversionMSClickIdInvalid', 'rejected'],
  ['OfflineConversionValueInvalid', 'rejected'],
  ['OfflineConversionCurrencyCodeInvalid', 'rejected'],
  ['ConversionEmailAddressIsNotHashed', 'rejected'],
  ['ConversionPhoneNumberIsNotHashed', 'rejected'],
  ['ExternalAttributionRequiredFieldEmpty', 'rejected'],
  ['ExternalAttributionModelTooLong', 'rejected'],
  ['ExternalAttributionCreditValueInvalid', 'rejected'],
  ['OfflineConversionsNullOrEmpty', 'rejected'],
  ['OfflineConversionIsNull', 'rejected'],
  ['OfflineConversionBatchSizeExceedsLimit', 'rejected'],
  ['OfflineConversionInvalidAdjustmentType', 'rejected'],
  ['OfflineConversionRestateRetractNotSupported', 'rejected'],
  ['OfflineConversionAdjustmentTimeNullOrEmpty', 'rejected'],
  ['OfflineConversionAdjustmentTimeInvalid', 'rejected'],
  ['OfflineConversionFutureAdjustmentTimeCannotBeSet', 'retry'],
  ['OfflineConversionAdjustmentTimeOutOfWindow', 'expired'],
  ['OfflineConversionAdjustmentTimeEarlierThanConversionTime', 'rejected'],
  ['OfflineConversionAdjustmentValueNotExpected', 'rejected'],
  ['OfflineConversionAdjustmentValueRequired', 'rejected'],
];

describe('what Microsoft answers to offline conversions', () => {
  it.each(rows)('%s is %s, wherever it stands and whatever the HTTP status', (ErrorCode, kind) => {
    expect(classify(partial(item(ErrorCode)))).toMatchObject({ kind, code: ErrorCode });
    for (const list of ['Errors', 'OperationErrors', 'BatchErrors'])
      for (const status of [200, 400, 401, 500]) expect(classify({ TrackingId: 'T', [list]: [item(ErrorCode)] }, status), `${list} ${status}`).toMatchObject({ kind });
  });
  it('each row of the table is tested', () => {
    expect(Object.keys(byErrorCode)).toEqual(rows.map(([code]) => code));
  });
  it.each(Object.entries(nameOfCode))('Code %s means %s', (Code, name) => {
    const known = rows.find(([code]) => code === name);
    expect(classify({ Errors: [{ Code: Number(Code), Message: 'words' }] }, 400)).toMatchObject({ kind: known?.[1], code: Code });
  });
  it.each(['toString', 'constructor', '__proto__'])('a code of "%s" goes by the HTTP status, of one conversion it is a refusal', (odd) => {
    expect(classify({ Errors: [{ ErrorCode: odd }] }, 503)).toMatchObject({ kind: 'retry', code: odd });
    expect(classify({ Errors: [{ Code: odd }] }, 503)).toMatchObject({ kind: 'retry', code: odd });
    expect(classify(partial(item(odd)))).toMatchObject({ kind: 'rejected', code: odd });
  });
  it('names with the prefix of the service mean the same', () => {
    expect(classify({ OperationErrors: [item('CampaignServiceSystemInReadOnlyMode')] }, 400)).toMatchObject({ kind: 'retry' });
  });

  it('without partial errors all are delivered', () => {
    for (const body of [{ PartialErrors: [] }, { PartialErrors: null }, {}]) expect(kinds(classifyAll(body, 200, 2))).toEqual(['delivered', 'delivered']);
  });
  it('partial errors belong to the conversion at their place', () => {
    expect(kinds(classifyAll(partial(item('OfflineConversionMSClickIdInvalid', 1), item('OfflineConversionTimeOutOfWindow', 2)), 200, 4))).toEqual(['delivered', 'rejected', 'expired', 'delivered']);
  });
  it('one without a place leaves it open whose it is', () => {
    expect(kinds(classifyAll({ PartialErrors: [{ Code: 1, ErrorCode: 'OfflineConversionMSClickIdInvalid' }] }, 200, 2))).toEqual(['retry', 'retry']);
  });
  it('of a request refused as a whole, only conversions named are at fault', () => {
    expect(kinds(classifyAll({ BatchErrors: [item('OfflineConversionValueInvalid', 1)] }, 400, 3))).toEqual(['retry', 'rejected', 'retry']);
    expect(kinds(classifyAll({ Errors: [item('AuthenticationTokenExpired')] }, 401, 2))).toEqual(['unauthorised', 'unauthorised']);
  });
  it('an unknown error of one conversion refuses it; an unknown fault goes by the HTTP status', () => {
    expect(classify(partial(item('New')))).toMatchObject({ kind: 'rejected', code: 'New' });
    expect(classify({ Errors: [item('New')] }, 500)).toMatchObject({ kind: 'retry' });
    expect(classify({ Errors: [item('New')] }, 400)).toMatchObject({ kind: 'rejected' });
    expect(classify({ Errors: [item('New')] }, 200)).toMatchObject({ kind: 'retry' });
  });
  it('a fresh access token cures an expired one, not a blocked user', () => {
    expect(classify({ Errors: [{ Code: 109, ErrorCode: 'AuthenticationTokenExpired' }] }, 401)).toMatchObject({ refreshable: true });
    expect(classify({ Message: 'no' }, 401)).toMatchObject({ kind: 'unauthorised', refreshable: true });
    expect(classify({ Errors: [{ Code: 108, ErrorCode: 'UserCompromised' }] }, 401)).toMatchObject({ refreshable: false });
  });
  it('limits wait a minute, a young goal two hours, and Retry-After wins', () => {
    expect(classify({ Errors: [{ Code: 117 }] }, 400)).toMatchObject({ kind: 'retry', retryAfterMs: 60_000 });
    expect(classify('slow down', 429)).toMatchObject({ kind: 'retry', retryAfterMs: 60_000 });
    expect(classify(partial(item('OfflineConversionGoalTooRecent')))).toMatchObject({ retryAfterMs: 7_200_000 });
    expect(classify({ Errors: [{ Code: 117 }] }, 400, { 'retry-after': '5' })).toMatchObject({ retryAfterMs: 5000 });
  });
  it('the words of Microsoft and the tracking id are kept', () => {
    const fault = { ApplicationFault: { TrackingId: 'T-1', OperationErrors: [{ Code: 106, ErrorCode: 'UserIsNotAuthorized', Message: 'No', Details: 'account' }] } };
    expect(classify(fault, 400)).toEqual({ kind: 'misconfigured', code: 'UserIsNotAuthorized', message: 'the user may not use this customer or account: No | account | TrackingId T-1' });
    expect(classify(partial(item('New')), 200, { trackingid: 'H-1' })).toMatchObject({ message: expect.stringContaining('TrackingId H-1') });
  });
  it.each([
    [200, '<html></html>', 'retry'],
    [502, 'Bad gateway', 'retry'],
    [200, '', 'retry'],
    [404, 'Not Found', 'misconfigured'],
    [403, '{"Message":"no"}', 'misconfigured'],
    [500, '{}', 'retry'],
    [400, '{}', 'rejected'],
    [200, '{"error":"x"}', 'retry'],
  ])('HTTP %i with %s is %s', (status, body, kind) => {
    expect(classify(body, status)).toMatchObject({ kind });
  });
  it('corrections are judged alike', () => {
    expect(microsoftOffline.reversal?.classify(answer(partial(item('OfflineConversionAdjustmentTimeOutOfWindow'))), request())).toMatchObject([{ kind: 'expired' }]);
  });
});

describe('the check of offline conversions', () => {
  const check = () => microsoftOffline.check!(settingsOf('microsoft-offline', { conversionName: 'Any' }) as never, { nowMs: 0, accessToken: 'at-1' });
  it('reads the goals of the account', () => {
    const { url, sent, ...rest } = check();
    expect(url).toBe('https://campaign.api.bingads.microsoft.com/CampaignManagement/v13/ConversionGoals/QueryByIds');
    expect(bodyOf({ url, sent, ...rest })).toEqual({ ConversionGoalIds: null, ConversionGoalTypes: 'OfflineConversion' });
    expect(sent).toEqual([{ conversionName: 'Any' }, { conversionName: 'Affiliate lead' }, { conversionName: 'Affiliate sale' }]);
  });
  const checked = (names: string[]) => microsoftOffline.classifyCheck!(answer({ ConversionGoals: names.map((Name) => ({ Name })), PartialErrors: [] }), check());
  it('passes where every goal exists under its very name', () => {
    expect(checked(['Any', 'Affiliate lead', 'Affiliate sale', 'More'])).toEqual({ kind: 'delivered' });
    expect(checked(['Any', 'Affiliate Lead', 'Affiliate sale'])).toMatchObject({ kind: 'misconfigured', code: 'goal_missing', message: expect.stringContaining('"Affiliate lead"') });
  });
  it('fails where Microsoft refuses', () => {
    expect(microsoftOffline.classifyCheck!(answer({ Errors: [{ Code: 105 }] }, 401), check())).toMatchObject({ kind: 'unauthorised' });
  });
  it('is known by its answer', () => {
    expect(microsoftOffline.callOf?.({ ConversionGoals: [] })).toBe('check');
    expect(microsoftOffline.callOf?.({ PartialErrors: [] })).toBeNull();
  });
});
