import { describe, expect, it } from 'vitest';
import { byWords } from '../../../destinations/snapchat/errors.ts';
import { snapchat } from '../../../destinations/snapchat/snapchat.ts';
import { answer, request } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const classify = (body: unknown, status = 400, headers = {}, count = 1) =>
  snapchat.classify(answer(body, status, headers), request({ url: '', body: null, sent: Array.from({ length: count }, () => ({})) }));
const invalid = (words: string, more = {}) => ({ status: 'INVALID', errors: { codes: ['E1'], error_msgs: [words] }, ...more });

/** words and kind: one for each row of the table, in its order. */
const rows: [string, string][] = [
  ['Rate limit exceeded', 'retry'],
  ['Internal server error', 'retry'],
  ['Invalid access token', 'unauthorised'],
  ['Pixel ID does not exist', 'misconfigured'],
  ['Timestamp invalid or out of range', 'expired'],
  ['event_time is malformed', 'rejected'],
  ['Insufficient PII', 'rejected'],
  ['Unhashed PII', 'rejected'],
  ['Unrecognized event type', 'rejected'],
  ['Missing price and/or currency in Purchase events', 'rejected'],
  ['action_source is required', 'rejected'],
];

describe('what Snapchat answers', () => {
  it.each(rows)('"%s" is %s, with HTTP 400 and 200', (words, kind) => {
    for (const status of [200, 400]) expect(classify(invalid(words), status)).toMatchObject([{ kind, code: 'E1' }]);
  });
  it('each row of the table is tested, by words that no row before it takes', () => {
    expect(rows.map(([words]) => byWords.findIndex((row) => row.words.test(words)))).toEqual(byWords.map((_, index) => index));
  });

  it('VALID is delivered, for every event, with the warnings of the test tool', () => {
    const body = { status: 'VALID', reason: 'Events have been processed successfully.' };
    expect(classify(body, 200, {}, 2)).toEqual([{ kind: 'delivered' }, { kind: 'delivered' }]);
    expect(classify({ ...body, event_logs: [{ event: 0, status: 'VALID', warnings: ['no url'] }] }, 200)).toEqual([{ kind: 'delivered', warnings: ['no url'] }]);
  });
  it('HTTP 200 without a status is no success', () => {
    expect(classify({}, 200)).toMatchObject([{ kind: 'retry', code: 'http_200' }]);
    expect(classify({ status: 'INVALID' }, 200)).toMatchObject([{ kind: 'rejected', code: 'INVALID' }]);
  });
  it('the event that is named is at fault, the others are sent again', () => {
    expect(classify(invalid('Timestamp invalid or out of range', { event: 1 }), 400, {}, 3)).toMatchObject([
      { kind: 'retry', code: 'batch_refused' }, { kind: 'expired', code: 'E1' }, { kind: 'retry', code: 'batch_refused' },
    ]);
    const logs = [{ event: 0, status: 'VALID' }, { event: 1, status: 'INVALID', errors: { error_msgs: ['Insufficient PII'] } }];
    expect(classify({ status: 'INVALID', event_logs: logs }, 400, {}, 2)).toMatchObject([{ kind: 'retry' }, { kind: 'rejected' }]);
  });
  it('nobody is named: all are sent again in smaller requests', () => {
    expect(classify(invalid('Insufficient PII'), 400, {}, 2)).toMatchObject([{ kind: 'retry' }, { kind: 'retry' }]);
  });
  it('a refused token stops all events, also in plain text', () => {
    expect(classify(invalid('Invalid access token', { event: 0 }), 400, {}, 2)).toMatchObject([{ kind: 'unauthorised' }, { kind: 'unauthorised' }]);
    expect(classify('invalid token', 400)).toMatchObject([{ kind: 'unauthorised', refreshable: false }]);
  });
  it.each([
    [401, 'unauthorised'], [403, 'misconfigured'], [404, 'misconfigured'], [429, 'retry'], [500, 'retry'], [503, 'retry'], [418, 'rejected'],
  ])('HTTP %i without known words is %s', (status, kind) => {
    expect(classify({ reason: 'odd' }, status)).toMatchObject([{ kind }]);
    expect(classify('odd', status)).toMatchObject([{ kind, code: `http_${status}` }]);
  });
  it.each([200, 400, 401, 502])('a web page with HTTP %i is tried again', (status) => {
    expect(classify('<html>token</html>', status)).toMatchObject([{ kind: 'retry', code: `http_${status}_html` }]);
  });
  it('Retry-After is heard', () => {
    expect(classify({}, 429, { 'retry-after': '7' })).toMatchObject([{ kind: 'retry', retryAfterMs: 7000 }]);
  });
});

describe('the check of Snapchat', () => {
  const settings = settingsOf('snapchat') as never;
  it('sends an event of nobody to the test event tool', () => {
    const check = snapchat.check!(settings, { nowMs: 1_795_168_800_750 });
    expect(check.url).toContain('/events/validate?access_token=snap.token');
    expect(check.sent).toEqual([]);
    expect(JSON.parse(check.body ?? '').data).toMatchObject([{ event_name: 'PAGE_VIEW', event_time: 1795168800, action_source: 'WEB' }]);
  });
  it('passes and fails as an event would', () => {
    const checked = (body: unknown, status = 200) => snapchat.classifyCheck!(answer(body, status), request({ sent: [] }));
    expect(checked({ status: 'VALID', test_event: true })).toEqual({ kind: 'delivered' });
    expect(checked(invalid('Invalid access token'), 401)).toMatchObject({ kind: 'unauthorised' });
  });
  it('is known by its answer', () => {
    expect(snapchat.callOf!({ status: 'VALID', test_event: true })).toBe('check');
    expect(snapchat.callOf!({ status: 'VALID', reason: 'x' })).toBeNull();
  });
});
