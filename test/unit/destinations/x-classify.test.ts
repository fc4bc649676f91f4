import { describe, expect, it } from 'vitest';
import { byCode, byWords } from '../../../destinations/x/errors.ts';
import { x } from '../../../destinations/x/x.ts';
import { answer, request } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const MINUTE = 60_000;
const classify = (body: unknown, status = 400, headers = {}, count = 1) => x.classify(answer(body, status, headers), request({ sent: Array(count).fill({}) }));
const errors = (...list: Record<string, unknown>[]) => ({ errors: list, request: { params: {} } });

/** code and kind: one row for each row of the table. */
const rows: [string, string][] = [
  ['INVALID_PARAMETER', 'rejected'], ['MISSING_PARAMETER', 'rejected'], ['EXCLUSIVE_PARAMETERS', 'rejected'], ['INCLUSIVE_PARAMETERS', 'rejected'],
  ['ILLEGAL_CHARACTERS', 'rejected'], ['INVALID_TIME_WINDOW', 'rejected'], ['REQUEST_TOO_COMPLEX', 'rejected'],
  ['UNAUTHORIZED_ACCESS', 'unauthorised'],
  ['UNAUTHORIZED_CLIENT_APPLICATION', 'misconfigured'], ['READONLY_CLIENT_APPLICATION', 'misconfigured'], ['INSUFFICIENT_USER_AUTHORIZED_PERMISSION', 'misconfigured'],
  ['FEATURE_NOT_AVAILABLE', 'misconfigured'], ['ACTION_NOT_ALLOWED', 'misconfigured'], ['ACCOUNT_NOT_FOUND', 'misconfigured'], ['ACCOUNT_LOCKED_OUT', 'misconfigured'],
  ['CURRENT_USER_SUSPENDED', 'misconfigured'], ['USER_NOT_FOUND', 'misconfigured'], ['NOT_FOUND', 'misconfigured'], ['ROUTE_NOT_FOUND', 'misconfigured'],
  ['WEB_EVENT_TAG_NOT_FOUND', 'misconfigured'], ['METHOD_NOT_ALLOWED', 'misconfigured'],
  ['TOO_MANY_REQUESTS', 'retry'], ['CANCELLED_REQUEST', 'retry'], ['LOCK_ACQUISITION_TIMEOUT', 'retry'], ['INTERNAL_ERROR', 'retry'],
  ['SERVICE_UNAVAILABLE', 'retry'], ['OVER_CAPACITY', 'retry'],
];

describe('what X answers', () => {
  it.each(rows)('%s is %s, whatever the HTTP status', (code, kind) => {
    for (const status of [200, 400, 403, 503]) expect(classify(errors({ code, message: 'words' }), status)[0]).toMatchObject({ kind, code });
  });
  it.each(['toString', '__proto__', 'constructor', 'hasOwnProperty'])('a code named %s is one that is not known', (code) => {
    expect(classify(errors({ code, message: 'words' }), 400)[0]).toMatchObject({ kind: 'rejected', code });
    expect(classify(errors({ code, message: 'words' }), 503)[0]).toMatchObject({ kind: 'retry', code });
  });
  it('a batch refused without saying why is sent again in smaller requests', () => {
    for (const body of ['plain words', '', {}]) {
      for (const status of [400, 413]) expect(classify(body, status, {}, 2).map(({ kind }) => kind)).toEqual(['retry', 'retry']);
    }
  });
  it('each row of the table is tested', () => {
    expect(Object.keys(byCode).toSorted()).toEqual(rows.map(([code]) => code).toSorted());
    expect(byWords).toHaveLength(5);
  });
  it.each([
    ['At least one user identifier must be provided', 'rejected'],
    ['Hashed_email is not a valid SHA-256 hash', 'rejected'],
    ['Event_id (tw-o8z6j-Lead) is not a single event tag (SET)', 'rejected'],
    ['Event ID was not found', 'rejected'],
    ['conversion_time is older than 90 days', 'expired'],
  ])('"%s" is %s', (message, kind) => {
    expect(classify(errors({ code: 'INVALID_PARAMETER', message, parameter: 'conversions' }))).toEqual([
      { kind, code: 'INVALID_PARAMETER', message: expect.stringContaining(`: ${message} | conversions`) },
    ]);
  });
  it('the number of processed conversions equal to what was sent is delivered, for each event', () => {
    expect(classify({ request: {}, data: { conversions_processed: 2, debug_id: 'x' } }, 200, {}, 2)).toEqual([{ kind: 'delivered' }, { kind: 'delivered' }]);
  });
  it.each([[{ data: { conversions_processed: 0 } }], [{ data: {} }], [{}], [{ data: { conversions_processed: 2 } }]])('%j with HTTP 200 is no success', (body) => {
    expect(classify(body, 200)).toEqual([{ kind: 'retry', code: 'conversions_processed', message: expect.stringContaining('1 went out') }]);
  });
  it.each([
    [400, 'rejected'], [401, 'unauthorised'], [403, 'misconfigured'], [404, 'misconfigured'], [429, 'retry'], [500, 'retry'], [503, 'retry'],
  ])('an unknown code with HTTP %i is %s', (status, kind) => {
    expect(classify(errors({ code: 'NEW_CODE', message: 'words' }), status)[0]).toMatchObject({ kind, code: 'NEW_CODE' });
    expect(classify({ error: 'words' }, status)[0]).toMatchObject({ kind, code: `http_${status}`, message: expect.stringContaining('words') });
    expect(classify({}, status)[0]).toMatchObject({ kind });
    expect(classify('', status)[0]).toMatchObject({ kind });
  });
  it.each([200, 400, 404, 503])('an HTML page with HTTP %i is tried again', (status) => {
    expect(classify('<html></html>', status, {}, 2)).toEqual(Array(2).fill(expect.objectContaining({ kind: 'retry', code: `http_${status}_html` })));
  });
});

describe('a refused request of several conversions', () => {
  it('refuses those that X names, each in its own words, and sends the others again', () => {
    const outcomes = classify(errors(
      { code: 'INVALID_PARAMETER', message: 'Hashed_email is not a valid SHA-256 hash', parameter: 'conversions[1].identifiers' },
      { code: 'MISSING_PARAMETER', message: 'too old', parameter: 'conversions[2].conversion_time' },
    ), 400, {}, 4);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['retry', 'rejected', 'expired', 'retry']);
    expect(outcomes[0]).toMatchObject({ code: 'batch_refused' });
  });
  it('says the first of several errors about one conversion', () => {
    const [outcome] = classify(errors({ code: 'MISSING_PARAMETER', message: 'conversions[0] first' }, { code: 'INVALID_PARAMETER', message: 'conversions[0] second' }), 400, {}, 2);
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'MISSING_PARAMETER' });
  });
  it('sends all again in smaller ones where none is named', () => {
    expect(classify(errors({ code: 'INVALID_PARAMETER', message: 'words' }), 400, {}, 2)).toEqual(Array(2).fill(expect.objectContaining({ kind: 'retry', code: 'batch_refused' })));
  });
  it('pauses all where an error is about the credentials, whatever else is wrong', () => {
    const outcomes = classify(errors({ code: 'INVALID_PARAMETER', message: 'conversions[0]' }, { code: 'UNAUTHORIZED_ACCESS', message: 'no' }), 401, {}, 2);
    expect(outcomes).toEqual(Array(2).fill(expect.objectContaining({ kind: 'unauthorised', refreshable: false })));
  });
});

describe('how long X asks to wait', () => {
  const date = 'Fri, 20 Nov 2026 10:00:00 GMT';
  const at = (seconds: number) => String(Date.parse(date) / 1000 + seconds);
  const wait = (headers: Record<string, string>, body: unknown = errors({ code: 'TOO_MANY_REQUESTS' })) => (classify(body, 429, headers)[0] as { retryAfterMs?: number }).retryAfterMs;
  it("until its headers' reset, the account's own first, counted from the answer's date", () => {
    expect(wait({ date, 'x-rate-limit-reset': at(30) })).toBe(30_000);
    expect(wait({ date, 'x-rate-limit-reset': at(30), 'x-account-rate-limit-reset': at(90) })).toBe(90_000);
    expect(wait({ date, 'x-rate-limit-reset': at(30) }, '')).toBe(30_000);
    expect(wait({ date, 'x-rate-limit-reset': at(30) }, {})).toBe(30_000);
  });
  it('as Retry-After says before that, and a quarter of an hour where nothing is said', () => {
    expect(wait({ date, 'retry-after': '7', 'x-rate-limit-reset': at(30) })).toBe(7000);
    for (const body of [errors({ code: 'TOO_MANY_REQUESTS' }), errors({ code: 'NEW' }), {}, '']) expect(wait({ date }, body)).toBe(15 * MINUTE);
    expect(wait({ 'x-rate-limit-reset': at(30) })).toBe(15 * MINUTE);
  });
});

describe('the check of X', () => {
  it('sends no conversion', () => {
    const { body, sent } = x.check!(settingsOf('x') as never, { nowMs: 0 });
    expect([body, sent]).toEqual(['{"conversions":[]}', []]);
  });
  const checked = (body: unknown, status: number) => x.classifyCheck!(answer(body, status), request({ sent: [] }));
  it('passes where X only misses the conversions', () => {
    expect(checked(errors({ code: 'MISSING_PARAMETER', message: 'conversions' }), 400)).toEqual({ kind: 'delivered' });
    expect(checked({ data: { conversions_processed: 0 } }, 200)).toEqual({ kind: 'delivered' });
  });
  it('fails on the credentials, the pixel and a failure', () => {
    expect(checked(errors({ code: 'UNAUTHORIZED_ACCESS' }), 401)).toMatchObject({ kind: 'unauthorised' });
    expect(checked(errors({ code: 'NOT_FOUND' }), 404)).toMatchObject({ kind: 'misconfigured' });
    expect(checked('', 503)).toMatchObject({ kind: 'retry' });
    expect(checked('<html>', 200)).toMatchObject({ kind: 'retry' });
  });
});
