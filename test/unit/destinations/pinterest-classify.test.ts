import { describe, expect, it } from 'vitest';
import { byCode, byWords } from '../../../destinations/pinterest/errors.ts';
import { pinterest } from '../../../destinations/pinterest/pinterest.ts';
import { answer, request } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const classify = (body: unknown, status = 200, headers = {}, count = 1) =>
  pinterest.classify(answer(body, status, headers), request({ url: '', body: null, sent: Array.from({ length: count }, () => ({})) }));
const processed = { status: 'processed', error_message: null, warning_message: null };
const failed = (error_message: string) => ({ status: 'failed', error_message });
const list = (...events: unknown[]) => ({ num_events_received: events.length, num_events_processed: events.filter((one) => one === processed).length, events });

const codes: [string, string][] = [['2', 'unauthorised'], ['3', 'unauthorised'], ['8', 'retry'], ['29', 'misconfigured'], ['4196', 'rejected'], ['4197', 'retry']];
const words: [string, string][] = [
  ['Duplicate event', 'delivered'],
  ['event_time is older than 7 days', 'expired'],
  ['Internal error, try again', 'retry'],
];

describe('what Pinterest answers', () => {
  it.each(codes)('code %s is %s, whatever the HTTP status', (code, kind) => {
    for (const status of [200, 400, 401, 403, 500]) expect(classify({ code: Number(code), message: 'words' }, status)).toMatchObject([{ kind, code }]);
  });
  it.each(words)('an event that failed with "%s" is %s', (message, kind) => {
    for (const status of [200, 422]) expect(classify(list(failed(message)), status)).toMatchObject([{ kind }]);
  });
  it('each row of both tables is tested', () => {
    expect(codes.map(([code]) => code)).toEqual(Object.keys(byCode));
    expect(words.map(([said]) => byWords.findIndex((row) => row.words.test(said)))).toEqual(byWords.map((_, index) => index));
  });

  it.each([200, 422])('each event has its own outcome, in order, with HTTP %i', (status) => {
    expect(classify(list(processed, failed('event_id is missing'), { ...processed, warning_message: 'look' }), status, {}, 3)).toEqual([
      { kind: 'delivered' },
      { kind: 'rejected', code: 'failed', message: 'Pinterest refuses the event: event_id is missing' },
      { kind: 'delivered', warnings: ['look'] },
    ]);
  });
  it('also where a 422 wraps the list in an error', () => {
    const error = { code: 1, message: 'Not all events were successfully processed.' };
    for (const details of [list(failed('bad'), processed), [failed('bad'), processed]])
      expect(classify({ ...error, details }, 422, {}, 2)).toMatchObject([{ kind: 'rejected' }, { kind: 'delivered' }]);
    expect(classify({ ...error, details: {} }, 422, {}, 2)).toMatchObject([{ kind: 'retry', code: 'batch_refused' }, { kind: 'retry' }]);
    expect(classify({ ...error, details: {} }, 422)).toMatchObject([{ kind: 'rejected', code: '1' }]);
  });
  it('HTTP 200 that confirms fewer events than went out is no success', () => {
    expect(classify({ num_events_received: 1, num_events_processed: 0 })).toMatchObject([{ kind: 'retry', code: 'http_200' }]);
    expect(classify(list(processed), 200, {}, 2)).toMatchObject([{ kind: 'retry' }, { kind: 'retry' }]);
    expect(classify({ num_events_received: 2, num_events_processed: 2 }, 200, {}, 2)).toEqual([{ kind: 'delivered' }, { kind: 'delivered' }]);
    expect(classify(list({ status: 'queued' }))).toMatchObject([{ kind: 'retry', code: 'queued' }]);
  });
  it('a refused request is read for its reason', () => {
    expect(classify({ code: 4196, message: 'event_time is too old' }, 400)).toMatchObject([{ kind: 'expired' }]);
    expect(classify({ code: 4196, message: 'bad' }, 400, {}, 2)).toMatchObject([{ kind: 'retry', code: 'batch_refused' }, { kind: 'retry' }]);
  });
  it.each([
    [401, 'unauthorised'], [403, 'misconfigured'], [404, 'misconfigured'], [429, 'retry'], [500, 'retry'], [503, 'retry'], [400, 'rejected'],
  ])('HTTP %i without a known code is %s', (status, kind) => {
    expect(classify({ code: 987_654, message: 'odd' }, status)).toMatchObject([{ kind, code: '987654' }]);
    expect(classify('odd', status)).toMatchObject([{ kind, code: `http_${status}` }]);
  });
  it.each([200, 422, 502])('a web page with HTTP %i is tried again', (status) => {
    expect(classify('<html></html>', status)).toMatchObject([{ kind: 'retry', code: `http_${status}_html` }]);
  });
});

describe('how long Pinterest asks to wait', () => {
  const wait = (headers: Record<string, string>, body: unknown = { code: 8, message: 'x' }) => (classify(body, 429, headers)[0] as { retryAfterMs?: number }).retryAfterMs;
  it('a minute, which is the period of its limit, unless a header says else', () => {
    expect(wait({})).toBe(60_000);
    expect(wait({}, 'slow down')).toBe(60_000);
    expect(wait({ 'x-ratelimit-reset': '12' })).toBe(12_000);
    expect(wait({ 'x-ratelimit-reset': '12', 'retry-after': '3' })).toBe(3000);
  });
  it('a moment of the clock counted from the answer', () => {
    expect(wait({ 'x-ratelimit-reset': '1795168830', date: 'Fri, 20 Nov 2026 10:00:00 GMT' })).toBe(30_000);
    expect(wait({ 'x-ratelimit-reset': '1795168830' })).toBe(60_000);
  });
});

describe('the check of Pinterest', () => {
  it('sends an event of nobody that is not recorded', () => {
    const check = pinterest.check!(settingsOf('pinterest') as never, { nowMs: 1_795_168_800_750 });
    expect(check.url).toBe('https://api.pinterest.com/v5/ad_accounts/549755885175/events?test=true');
    expect(check.sent).toEqual([]);
    expect(JSON.parse(check.body ?? '').data).toMatchObject([{ event_name: 'page_visit', action_source: 'web', event_time: 1795168800 }]);
  });
  it('passes and fails as an event would', () => {
    const checked = (body: unknown, status = 200) => pinterest.classifyCheck!(answer(body, status), request({ sent: [] }));
    expect(checked(list(processed))).toEqual({ kind: 'delivered' });
    expect(checked({ code: 29, message: 'x' }, 403)).toMatchObject({ kind: 'misconfigured' });
  });
});
