import { describe, expect, it } from 'vitest';
import { byCode } from '../../../destinations/meta/errors.ts';
import { meta } from '../../../destinations/meta/meta.ts';
import { answer, request } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const HOUR = 3_600_000;
const classify = (body: unknown, status = 400, headers = {}) => meta.classify(answer(body, status, headers), request())[0];
const error = (code: number, subcode?: number, more = {}) => ({ error: { message: 'words', code, ...(subcode && { error_subcode: subcode }), fbtrace_id: 'Abc', ...more } });

/** code, subcode, kind: one row for each row of the table. */
const rows: [number, number | undefined, string][] = [
  [1, undefined, 'retry'],
  [2, undefined, 'retry'],
  [3, undefined, 'misconfigured'],
  [4, undefined, 'retry'],
  [10, undefined, 'misconfigured'],
  [17, undefined, 'retry'],
  [32, undefined, 'retry'],
  [34, undefined, 'rejected'],
  [38, undefined, 'rejected'],
  [100, undefined, 'rejected'],
  [100, 33, 'misconfigured'],
  [100, 2804001, 'rejected'],
  [100, 2804003, 'expired'],
  [100, 2804004, 'rejected'],
  [100, 2804007, 'rejected'],
  [100, 2804009, 'rejected'],
  [100, 2804016, 'rejected'],
  [100, 2804017, 'rejected'],
  [100, 2804019, 'rejected'],
  [100, 2804048, 'rejected'],
  [100, 2804050, 'rejected'],
  [100, 9999999, 'rejected'],
  [102, undefined, 'unauthorised'],
  [104, undefined, 'unauthorised'],
  [190, undefined, 'unauthorised'],
  [190, 460, 'unauthorised'],
  [190, 463, 'unauthorised'],
  [190, 467, 'unauthorised'],
  [200, undefined, 'misconfigured'],
  [299, undefined, 'misconfigured'],
  [341, undefined, 'retry'],
  [368, undefined, 'retry'],
  [613, undefined, 'retry'],
  [2500, undefined, 'misconfigured'],
  [2635, undefined, 'misconfigured'],
  [5000, undefined, 'retry'],
  [21009, undefined, 'retry'],
  [80000, undefined, 'retry'],
  [80014, undefined, 'retry'],
];

describe('what Meta answers', () => {
  it.each(rows)('code %i/%s is %s, whatever the HTTP status', (code, subcode, kind) => {
    for (const status of [200, 400, 401, 403, 500]) expect(classify(error(code, subcode), status)).toMatchObject({ kind });
  });
  it('each row of the table is tested', () => {
    const tested = new Set(rows.map(([code, subcode]) => (subcode ? `${code}/${subcode}` : String(code))));
    expect(Object.keys(byCode).filter((code) => !tested.has(code))).toEqual([]);
  });

  it('events_received equal to what was sent is delivered, its messages are kept as warnings', () => {
    expect(classify({ events_received: 1, messages: [], fbtrace_id: 'x' }, 200)).toEqual({ kind: 'delivered' });
    expect(classify({ events_received: 1, messages: ['look out'] }, 200)).toEqual({ kind: 'delivered', warnings: ['look out'] });
  });
  it.each([[{ events_received: 0, messages: [] }], [{}], [{ events_received: 2 }]])('%j with HTTP 200 is no success: it is tried again', (body) => {
    expect(classify(body, 200)).toMatchObject({ kind: 'retry', code: 'events_received' });
  });
  it('all events of a request share its outcome', () => {
    expect(meta.classify(answer({ events_received: 2 }), request({ sent: [{}, {}] }))).toEqual([{ kind: 'delivered' }, { kind: 'delivered' }]);
    expect(meta.classify(answer(error(190)), request({ sent: [{}, {}] }))).toHaveLength(2);
  });
  it('is_transient is tried again, whatever the code', () => {
    expect(classify(error(100, 2804001, { is_transient: true }))).toMatchObject({ kind: 'retry', code: '100/2804001' });
  });
  it('a wrong app secret pauses the destination although its code is that of bad parameters', () => {
    expect(classify({ error: { code: 100, message: 'Invalid appsecret_proof provided in the API argument' } })).toMatchObject({ kind: 'misconfigured' });
  });
  it("the platform's own words and trace id are kept", () => {
    expect(classify(error(190, 463, { error_user_title: 'Title', error_user_msg: 'Say' }))).toEqual({
      kind: 'unauthorised',
      refreshable: false,
      code: '190/463',
      message: 'the access token has expired: words | Title | Say | fbtrace_id Abc',
    });
  });
  it.each([
    [500, 'retry'],
    [429, 'retry'],
    [401, 'unauthorised'],
    [403, 'misconfigured'],
    [400, 'rejected'],
    [200, 'retry'],
  ])('an unknown code with HTTP %i is %s', (status, kind) => {
    expect(classify(error(987654), status)).toMatchObject({ kind, code: '987654' });
  });
  it.each([200, 400, 404, 500, 502])('an HTML page with HTTP %i is tried again', (status) => {
    expect(classify('<!DOCTYPE html><html></html>', status)).toMatchObject({ kind: 'retry', code: `http_${status}_html` });
  });
  it.each([
    [502, 'Bad gateway', 'retry'],
    [301, '', 'retry'],
    [200, '', 'retry'],
    [429, '', 'retry'],
    [404, 'Not Found', 'misconfigured'],
    [400, 'nope', 'rejected'],
  ])('HTTP %i with the text "%s" is %s', (status, body, kind) => {
    expect(classify(body, status)).toMatchObject({ kind, code: `http_${status}` });
  });
});

describe('how long Meta asks to wait', () => {
  const wait = (headers: Record<string, string>, code = 80004) => (classify(error(code), 400, headers) as { retryAfterMs?: number }).retryAfterMs;
  it('the longest of the business use cases, in minutes', () => {
    const usage = { '1': [{ type: 'ads', estimated_time_to_regain_access: 3 }, { estimated_time_to_regain_access: 19 }], '2': [{ call_count: 100 }] };
    expect(wait({ 'x-business-use-case-usage': JSON.stringify(usage) })).toBe(19 * 60_000);
  });
  it("the ad account's seconds, and an hour where the app's rolling hour is full", () => {
    expect(wait({ 'x-ad-account-usage': '{"acc_id_util_pct":100,"reset_time_duration":100}' })).toBe(100_000);
    expect(wait({ 'x-app-usage': '{"call_count":100,"total_time":25,"total_cputime":25}' })).toBe(HOUR);
  });
  it('Retry-After wins, in seconds or as a date counted from the answer', () => {
    expect(wait({ 'retry-after': '30', 'x-app-usage': '{"call_count":100}' })).toBe(30_000);
    expect(wait({ 'retry-after': 'Fri, 20 Nov 2026 10:02:00 GMT', date: 'Fri, 20 Nov 2026 10:00:30 GMT' })).toBe(90_000);
    expect(wait({ 'retry-after': 'Fri, 20 Nov 2026 10:02:00 GMT' })).toBe(5 * 60_000);
  });
  it('else five minutes for a rate limit, an hour for a block, the usual backoff for a failure', () => {
    expect(wait({ 'x-app-usage': 'junk' })).toBe(5 * 60_000);
    expect(wait({}, 368)).toBe(HOUR);
    expect(wait({}, 2)).toBeUndefined();
  });
});

describe('the check of Meta', () => {
  it('reads the pixel and sends no event, the token in a header', () => {
    expect(meta.check?.(settingsOf('meta') as never, { nowMs: 0 })).toEqual({
      method: 'GET',
      url: 'https://graph.facebook.com/v26.0/1234567890?fields=id,name',
      headers: { accept: 'application/json', authorization: 'Bearer EAAtoken' },
      body: null,
      sent: [],
      secrets: [],
    });
  });
  const checked = (body: unknown, status = 200) =>
    meta.classifyCheck?.(answer(body, status), request({ url: 'https://graph.facebook.com/v26.0/1?fields=id,name' }));
  it('passes where the pixel is named', () => {
    expect(checked({ id: '1', name: 'Main' })).toEqual({ kind: 'delivered' });
  });
  it('fails in the words of the table', () => {
    expect(checked(error(190), 400)).toMatchObject({ kind: 'unauthorised' });
    expect(checked(error(100, 33), 400)).toMatchObject({ kind: 'misconfigured' });
    expect(checked({}, 200)).toMatchObject({ kind: 'retry' });
    expect(checked('<html>', 200)).toMatchObject({ kind: 'retry' });
  });
});
