import { describe, expect, it } from 'vitest';
import { byCode, byDetail } from '../../../destinations/microsoft/errors.ts';
import { microsoft } from '../../../destinations/microsoft/microsoft.ts';
import { answer, bodyOf, request } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const classifyAll = (body: unknown, status = 200, events = 1, headers = {}) => microsoft.classify(answer(body, status, headers), request({ sent: Array.from({ length: events }, () => ({})) }));
const classify = (body: unknown, status = 200, headers = {}) => classifyAll(body, status, 1, headers)[0];
const error = (code: string, details?: object[], more = {}) => ({ error: { code, message: 'words', ...(details && { details }) }, ...more });
const detail = (index: number, errorCode?: string, more = {}) => ({ index, propertyName: `data[${index}].x`, errorMessage: 'wrong', ...(errorCode && { errorCode, isWarning: false }), ...more });
const kinds = (outcomes: { kind: string }[]) => outcomes.map(({ kind }) => kind);

/** error.code, kind: one row for each row of the table. */
const codes: [string, string][] = [
  ['Unauthorized', 'unauthorised'],
  ['Forbidden', 'misconfigured'],
  ['ValidationError', 'rejected'],
  ['TooManyRequests', 'retry'],
  ['InternalServerError', 'retry'],
];
const details: [string, string][] = [
  ['InvalidEventTime', 'expired'],
  ['InvalidEnumValue', 'rejected'],
  ['Empty', 'rejected'],
  ['InvalidUrl', 'rejected'],
  ['InvalidSha256', 'rejected'],
];

describe('what the Conversions API of Microsoft answers', () => {
  it.each(codes)('%s is %s, whatever the HTTP status', (code, kind) => {
    for (const status of [200, 400, 401, 500]) expect(classify(error(code), status)).toMatchObject({ kind, code });
  });
  it.each(details)('an event with %s is %s', (code, kind) => {
    expect(classify(error('ValidationError', [detail(0, code)]), 400)).toMatchObject({ kind, code });
    expect(classify(error('ValidationError', [detail(0, code)], { eventsReceived: 0 }), 200)).toMatchObject({ kind, code });
  });
  it('each row of the tables is tested', () => {
    expect(Object.keys(byCode)).toEqual(codes.map(([code]) => code));
    expect(Object.keys(byDetail)).toEqual(details.map(([code]) => code));
  });
  it.each(['toString', 'constructor', '__proto__'])('a code of "%s" goes by the HTTP status', (code) => {
    expect(classify(error(code), 503)).toMatchObject({ kind: 'retry', code });
    expect(classify(error(code), 400)).toMatchObject({ kind: 'rejected', code });
    expect(classify(error('ValidationError', [detail(0, code)]), 400)).toMatchObject({ kind: 'rejected', code });
  });
  it('a wrong token is not cured by a fresh one', () => {
    expect(classify(error('Unauthorized'), 401)).toMatchObject({ kind: 'unauthorised', refreshable: false });
  });
  it('too old is known by the words alone where there is no code', () => {
    const words = "'eventTime' must be a valid UNIX UTC timestamp in seconds within last 7 days.";
    expect(classify(error('ValidationError', [{ index: 0, errorMessage: words }]), 400)).toMatchObject({ kind: 'expired' });
  });

  it('HTTP 200 is delivered; fields that Microsoft removed are warnings', () => {
    expect(classify({ eventsReceived: 1 })).toEqual({ kind: 'delivered' });
    expect(classify({})).toEqual({ kind: 'delivered' });
    expect(classify('')).toEqual({ kind: 'delivered' });
    expect(classify(error('ValidationWarning', [detail(0, 'InvalidSha256', { isWarning: true })], { eventsReceived: 1 }))).toEqual({ kind: 'delivered', warnings: ['data[0].x: wrong'] });
  });
  it('events not taken are named by their place, the others are delivered', () => {
    expect(kinds(classifyAll(error('ValidationError', [detail(1)], { eventsReceived: 2 }), 200, 3))).toEqual(['delivered', 'rejected', 'delivered']);
  });
  it('an error with HTTP 200 that names no event is an error for all', () => {
    expect(classify(error('ValidationError', [{ errorMessage: 'no data' }]))).toMatchObject({ kind: 'rejected' });
    expect(classify(error('Strange'))).toMatchObject({ kind: 'retry', code: 'Strange' });
  });
  it('an error that names no place is about the only event, but a refused token is not', () => {
    const unplaced = { errorMessage: 'eventName is missing' };
    expect(classify({ error: { details: [unplaced] } })).toMatchObject({ kind: 'rejected', message: expect.stringContaining('eventName is missing') });
    expect(classify(error('Unauthorized', [unplaced]), 401)).toMatchObject({ kind: 'unauthorised', code: 'Unauthorized' });
    expect(kinds(classifyAll({ error: { details: [unplaced] } }, 200, 2))).toEqual(['retry', 'retry']);
  });
  it('fewer taken than the list of ten errors explains: the unnamed ones are sent again', () => {
    expect(kinds(classifyAll(error('ValidationError', [detail(0)], { eventsReceived: 1 }), 200, 3))).toEqual(['rejected', 'retry', 'retry']);
    expect(classify({ eventsReceived: 0 })).toMatchObject({ kind: 'retry', code: 'events_received' });
  });
  it('of a request refused as a whole, only events named are at fault', () => {
    expect(kinds(classifyAll(error('ValidationError', [detail(1, 'InvalidEventTime')]), 400, 3))).toEqual(['retry', 'expired', 'retry']);
    expect(kinds(classifyAll(error('Unauthorized'), 401, 2))).toEqual(['unauthorised', 'unauthorised']);
  });
  it('all words of an event and the trace id are kept', () => {
    const outcome = classify(error('ValidationError', [detail(0, 'Empty'), detail(0, 'InvalidUrl')], { traceId: 'T-1' }), 400);
    expect(outcome).toMatchObject({ code: 'Empty', message: 'a field is missing: data[0].x: wrong; data[0].x: wrong | traceId T-1' });
  });
  it.each([
    [400, 'rejected'],
    [401, 'unauthorised'],
    [403, 'misconfigured'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
  ])('HTTP %i without a code is %s', (status, kind) => {
    expect(classify({ title: 'words' }, status)).toMatchObject({ kind, code: `http_${status}` });
  });
  it.each([200, 400, 403, 502])('an HTML page with HTTP %i is tried again', (status) => {
    expect(classify('<html></html>', status)).toMatchObject({ kind: 'retry' });
  });
  it('waits as long as it is told', () => {
    expect(classify(error('TooManyRequests'), 429, { 'retry-after': '7' })).toMatchObject({ retryAfterMs: 7000 });
  });
});

describe('the check of the Conversions API of Microsoft', () => {
  it('sends no event', () => {
    const check = microsoft.check!(settingsOf('microsoft') as never, { nowMs: 0 });
    expect(bodyOf(check).data).toEqual([]);
    expect(check.headers['authorization']).toBe('Bearer uet-token');
  });
  const checked = (body: unknown, status: number) => microsoft.classifyCheck!(answer(body, status), request({ sent: [] }));
  it('passes where Microsoft misses the events, and fails where it refuses the token', () => {
    expect(checked(error('ValidationError'), 400)).toEqual({ kind: 'delivered' });
    expect(checked({ eventsReceived: 0 }, 200)).toEqual({ kind: 'delivered' });
    expect(checked(error('Unauthorized'), 401)).toMatchObject({ kind: 'unauthorised' });
    expect(checked('<html>', 200)).toMatchObject({ kind: 'retry' });
    expect(checked('nope', 400)).toMatchObject({ kind: 'rejected' });
  });
});
