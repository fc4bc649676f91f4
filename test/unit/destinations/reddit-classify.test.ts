import { describe, expect, it } from 'vitest';
import { byWords } from '../../../destinations/reddit/errors.ts';
import { reddit } from '../../../destinations/reddit/reddit.ts';
import { answer, request } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const blank = (count: number): Record<string, string>[] => Array.from({ length: count }, () => ({}));
const classify = (body: unknown, status = 400, headers = {}, sent = blank(1)) => reddit.classify(answer(body, status, headers), request({ url: '', body: null, sent }));
const OLD = 'event_at timestamp must be less than 168h0m0s old';
const REFUSED = 'There were 1 invalid conversion events. None were processed.';

/** words, status, kind: one for each row of the table, in its order. */
const rows: [string, number, string][] = [
  ['JSON error unexpected type number on field events event_metadata value', 403, 'rejected'],
  [OLD, 400, 'expired'],
  ['Missing adsconversions scope to post conversions to Pixel.', 403, 'misconfigured'],
  ["You're not authorized to post conversions to Pixel ID a2_x.", 403, 'misconfigured'],
  ['No bearer token provided', 401, 'unauthorised'],
  ['Your user agent was automatically ratelimited.', 429, 'retry'],
  ['Too many requests/events within timeframe.', 429, 'retry'],
  ['The service is currently unavailable. No conversion events were processed.', 500, 'retry'],
  [REFUSED, 400, 'rejected'],
  ['UNAUTHORIZED', 401, 'unauthorised'],
];

describe('what Reddit answers', () => {
  it.each(rows)('"%s" with HTTP %i is %s, in each of its shapes', (words, status, kind) => {
    for (const body of [{ message: words }, { error: { code: status, message: words } }, { success: false, error: { reason: 'UNAUTHORIZED', explanation: words } }, words])
      expect(classify(body, status)).toMatchObject([{ kind }]);
  });
  it('each row of the table is tested, by words that no row before it takes', () => {
    expect(rows.map(([words]) => byWords.findIndex((row) => row.words.test(words)))).toEqual(byWords.map((_, index) => index));
  });

  it('the number of events that went out is delivered', () => {
    expect(classify({ data: { message: 'Successfully processed 2 conversion events.' } }, 200, {}, blank(2))).toEqual([{ kind: 'delivered' }, { kind: 'delivered' }]);
    expect(classify({ message: 'Successfully processed 1 conversion events.' }, 200)).toEqual([{ kind: 'delivered' }]);
  });
  it.each([[{}], [{ data: {} }], [{ data: { message: 'Successfully processed 0 conversion events.' } }]])('%j with HTTP 200 is no success: it is tried again', (body) => {
    expect(classify(body, 200)).toMatchObject([{ kind: 'retry', code: 'unconfirmed' }]);
  });
  it('an error with HTTP 200 is an error', () => {
    expect(classify({ message: REFUSED, invalid_events: [{ error_message: OLD, event: {} }] }, 200)).toMatchObject([{ kind: 'expired', code: 'invalid_event' }]);
  });

  it('the event at fault is known by its conversion id, by its time, or by its place; the others are sent again', () => {
    const sent = [{ eventId: 'a', eventAt: '1795168800000' }, { eventId: 'b', eventAt: '1795168800750' }, { eventId: 'c', eventAt: '1795168800999' }];
    const outcome = [{ kind: 'retry', code: 'batch_refused' }, { kind: 'expired', code: 'invalid_event' }, { kind: 'retry', code: 'batch_refused' }];
    const events = [
      { metadata: { conversion_id: 'b' } },
      { event_metadata: { conversion_id: 'b' } },
      { event_at: 1_795_168_800_750 },
      { event_at: '2026-11-20T10:00:00.750Z' },
    ];
    for (const one of events) expect(classify({ message: REFUSED, invalid_events: [{ error_message: OLD, event: one }] }, 400, {}, sent)).toMatchObject(outcome);
    const fields = [{ field: '$.data.events[1].event_at', message: OLD }];
    expect(classify({ error: { code: 400, message: REFUSED, fields } }, 400, {}, sent)).toMatchObject(outcome);
    expect(classify({ error: { code: 400, message: REFUSED, fields: [{ field: '$.data.events[1].user.UUID', message: 'invalid UUID' }] } }, 400, {}, sent)).toMatchObject([
      { kind: 'retry' }, { kind: 'rejected', message: 'Reddit refuses the event: invalid UUID' }, { kind: 'retry' },
    ]);
  });
  it('as many invalid ones as went out are all of them, in order', () => {
    const invalid_events = [{ error_message: OLD, event: {} }, { error_message: 'bad', event: {} }];
    expect(classify({ message: REFUSED, invalid_events }, 400, {}, blank(2))).toMatchObject([{ kind: 'expired' }, { kind: 'rejected' }]);
  });
  it('nobody is known to be at fault: all are sent again in smaller requests', () => {
    expect(classify({ message: REFUSED, invalid_events: [{ error_message: OLD, event: {} }] }, 400, {}, blank(2))).toMatchObject([{ kind: 'retry' }, { kind: 'retry' }]);
    expect(classify('Bad Request', 400, {}, blank(2))).toMatchObject([{ kind: 'retry' }, { kind: 'retry' }]);
  });
  it('a refused token stops all events, also in plain text', () => {
    expect(classify('Authorization Required', 401, {}, blank(2))).toMatchObject([{ kind: 'unauthorised', refreshable: false }, { kind: 'unauthorised' }]);
    expect(classify({ success: false, error: { reason: 'UNAUTHORIZED', explanation: 'This server could not verify that you are authorized to access the document you requested.' } }, 401)).toMatchObject([
      { kind: 'unauthorised', refreshable: false, code: 'UNAUTHORIZED' },
    ]);
  });
  it.each([
    [401, 'unauthorised'], [403, 'misconfigured'], [404, 'misconfigured'], [429, 'retry'], [500, 'retry'], [503, 'retry'], [400, 'rejected'],
  ])('HTTP %i without known words is %s', (status, kind) => {
    expect(classify({ message: 'odd' }, status)).toMatchObject([{ kind, code: `http_${status}` }]);
    expect(classify('odd', status)).toMatchObject([{ kind, code: `http_${status}` }]);
  });
  it.each([200, 400, 403, 502])('a web page with HTTP %i is tried again', (status) => {
    expect(classify('<html>Authorization Required</html>', status)).toMatchObject([{ kind: 'retry', code: `http_${status}_html` }]);
  });
});

describe('how long Reddit asks to wait', () => {
  const wait = (body: unknown, headers = {}) => (classify(body, 429, headers)[0] as { retryAfterMs?: number }).retryAfterMs;
  it('a second, which is the period of its limit, unless a header says else', () => {
    expect(wait({ message: 'odd' })).toBe(1000);
    expect(wait({ error: { code: 429, message: 'Too many requests/events within timeframe.' } })).toBe(1000);
    expect(wait({ message: 'odd' }, { 'x-ratelimit-reset': '20' })).toBe(20_000);
    expect(wait({ message: 'odd' }, { 'x-ratelimit-reset': '20', 'retry-after': '5' })).toBe(5000);
    expect(wait('Your user agent was automatically ratelimited.')).toBe(60_000);
  });
});

describe('the check of Reddit', () => {
  it('sends no event', () => {
    expect(reddit.check!(settingsOf('reddit') as never, { nowMs: 0 })).toEqual({
      method: 'POST',
      url: 'https://ads-api.reddit.com/api/v3/pixels/a2_abc123/conversion_events',
      headers: { 'content-type': 'application/json', accept: 'application/json', authorization: 'Bearer reddit-token' },
      body: '{"data":{"events":[]}}',
      sent: [],
    });
  });
  const checked = (body: unknown, status: number) => reddit.classifyCheck!(answer(body, status), request({ sent: [] }));
  it.each([
    [{ data: { message: 'Successfully processed 0 conversion events.' } }, 200],
    [{ error: { code: 400, message: 'events is required' } }, 400],
  ])('passes where only the events are missed: %j', (body, status) => {
    expect(checked(body, status)).toEqual({ kind: 'delivered' });
  });
  it.each([
    ['Authorization Required', 401, 'unauthorised'],
    [{ error: { code: 403, message: "You're not authorized to post conversions to Pixel ID a2_x." } }, 403, 'misconfigured'],
    ['<html>', 400, 'retry'],
    [{ message: 'The service is currently unavailable.' }, 500, 'retry'],
  ])('%j with HTTP %i is %s', (body, status, kind) => {
    expect(checked(body, status)).toMatchObject({ kind });
  });
});
