import { describe, expect, it } from 'vitest';
import { byCode, byWords } from '../../../destinations/openai/errors.ts';
import { openai } from '../../../destinations/openai/openai.ts';
import { answer, bodyOf, request } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const classify = (body: unknown, status = 400, headers = {}, count = 1) => openai.classify(answer(body, status, headers), request({ sent: Array(count).fill({}) }));
const error = (message: string, more = {}) => ({ error: { message, type: 'invalid_request_error', param: null, code: null, ...more } });

/** code and kind: one row for each row of the table. */
const rows: [string, string][] = [
  ['invalid_api_key', 'unauthorised'], ['invalid_authentication', 'unauthorised'], ['authentication_error', 'unauthorised'], ['missing_scope', 'unauthorised'],
  ['insufficient_permissions', 'misconfigured'], ['permission_error', 'misconfigured'], ['permission_denied', 'misconfigured'],
  ['pixel_not_found', 'misconfigured'], ['not_found_error', 'misconfigured'], ['not_found', 'misconfigured'],
  ['rate_limit_exceeded', 'retry'], ['rate_limit_error', 'retry'], ['server_error', 'retry'], ['api_error', 'retry'], ['overloaded_error', 'retry'], ['service_unavailable', 'retry'],
  ['invalid_request_error', 'rejected'], ['validation_error', 'rejected'],
];

describe('what OpenAI answers', () => {
  it.each(rows)('code %s is %s, also as a type, whatever the HTTP status', (code, kind) => {
    for (const status of [200, 400, 500]) {
      expect(classify(error('words', { code }), status)[0]).toMatchObject({ kind, code });
      expect(classify({ error: { message: 'words', type: code } }, status)[0]).toMatchObject({ kind, code });
    }
  });
  it.each(['toString', '__proto__', 'constructor', 'hasOwnProperty'])('a code named %s is one that is not known', (code) => {
    expect(classify(error('words', { code, type: code }), 400)[0]).toMatchObject({ kind: 'rejected', code });
    expect(classify(error('words', { code, type: code }), 503)[0]).toMatchObject({ kind: 'retry', code });
  });
  it('a batch refused without saying why is sent again in smaller requests', () => {
    for (const body of ['plain words', '', {}]) {
      for (const status of [400, 413]) expect(classify(body, status, {}, 2).map(({ kind }) => kind)).toEqual(['retry', 'retry']);
    }
  });
  it('each row of the tables is tested', () => {
    expect(Object.keys(byCode).toSorted()).toEqual(rows.map(([code]) => code).toSorted());
    expect(byWords).toHaveLength(4);
  });
  it.each([
    [401, 'Missing scopes: ads.third_party_events.write', 'unauthorised'],
    [400, 'events[0].timestamp_ms must be within the last 7 days', 'expired'],
    [400, 'events[0].timestamp_ms is in the future', 'rejected'],
    [400, 'Pixel RrQu was not found', 'misconfigured'],
    [400, 'Invalid pid', 'misconfigured'],
    [400, 'Missing required field: events', 'rejected'],
    [401, 'words', 'unauthorised'],
    [403, 'words', 'misconfigured'],
    [404, 'words', 'misconfigured'],
    [413, 'words', 'rejected'],
    [422, 'words', 'rejected'],
    [429, 'words', 'retry'],
  ])('HTTP %i with "%s" is %s', (status, message, kind) => {
    expect(classify(error(message), status)[0]).toMatchObject({ kind, message: expect.stringContaining(message) });
  });
  it.each([[400, 'rejected'], [401, 'unauthorised'], [403, 'misconfigured'], [404, 'misconfigured'], [429, 'retry'], [500, 'retry'], [503, 'retry']])('an unknown code with HTTP %i is %s', (status, kind) => {
    for (const body of [{ error: { code: 'new', message: 'words' } }, { error: 'words' }, { message: 'words' }, {}, '', 'plain words']) expect(classify(body, status)[0]).toMatchObject({ kind });
  });
  it("OpenAI's own words and request id are kept", () => {
    expect(classify(error('Bad type', { param: 'events[0].type', code: 'invalid_value' }), 400, { 'x-request-id': 'req_1' })).toEqual([
      { kind: 'rejected', code: 'invalid_value', message: 'OpenAI refuses the event: Bad type | events[0].type | x-request-id req_1' },
    ]);
  });
  it('the number of accepted events equal to what was sent is delivered, for each event', () => {
    expect(classify({ accepted_events: 2 }, 200, {}, 2)).toEqual([{ kind: 'delivered' }, { kind: 'delivered' }]);
    expect(classify({ status: 'ok' }, 202)).toEqual([{ kind: 'delivered' }]);
  });
  it.each([0, 2, null])('accepted_events %j is no success', (accepted_events) => {
    expect(classify({ accepted_events }, 200)[0]).toMatchObject({ kind: 'retry', code: 'accepted_events' });
  });
  it.each([200, 400, 403, 502])('an HTML page with HTTP %i is tried again', (status) => {
    expect(classify('<html></html>', status)).toEqual([expect.objectContaining({ kind: 'retry', code: `http_${status}_html` })]);
  });
  it('a rate limit waits as Retry-After says, else a minute', () => {
    const wait = (body: unknown, headers = {}) => (classify(body, 429, headers)[0] as { retryAfterMs?: number }).retryAfterMs;
    for (const body of ['', {}, error('slow down'), error('slow down', { code: 'rate_limit_exceeded' })]) {
      expect(wait(body)).toBe(60_000);
      expect(wait(body, { 'retry-after': '7' })).toBe(7000);
    }
  });
});

describe('a refused request of several events', () => {
  it('refuses the one that OpenAI names, in its words, and sends the others again', () => {
    for (const body of [error('events[1].type is wrong'), error('wrong', { param: 'events.1.type' }), { errors: [{ index: 1, message: 'wrong' }] }]) {
      expect(classify(body, 400, {}, 3).map(({ kind }) => kind)).toEqual(['retry', 'rejected', 'retry']);
    }
  });
  it('refuses each one that is named, in its own words', () => {
    const outcomes = classify({ errors: [{ index: 0, message: 'a' }, { index: 2, message: 'older than 7 days' }] }, 400, {}, 3);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['rejected', 'retry', 'expired']);
  });
  it('sends all again in smaller ones where none is named, and pauses all over the key', () => {
    expect(classify(error('words'), 400, {}, 2)).toEqual(Array(2).fill(expect.objectContaining({ kind: 'retry', code: 'batch_refused' })));
    expect(classify(error('no', { code: 'invalid_api_key' }), 401, {}, 2)).toEqual(Array(2).fill(expect.objectContaining({ kind: 'unauthorised', refreshable: false })));
  });
});

describe('the check of OpenAI', () => {
  it('sends an event that is only looked at', () => {
    const checked = openai.check!(settingsOf('openai') as never, { nowMs: 5.5 });
    expect(bodyOf(checked)).toEqual({
      validate_only: true,
      events: [{ id: 'connection-check', type: 'lead_created', timestamp_ms: 5, action_source: 'other', data: { type: 'customer_action' } }],
    });
    expect(checked.sent).toEqual([]);
  });
  const checked = (body: unknown, status: number) => openai.classifyCheck!(answer(body, status), request({ sent: [] }));
  it('passes where it is accepted, and fails in the words of the table', () => {
    expect(checked({ accepted_events: 1 }, 200)).toEqual({ kind: 'delivered' });
    expect(checked(error('Missing scopes: ads.third_party_events.write'), 401)).toMatchObject({ kind: 'unauthorised' });
    expect(checked('', 503)).toMatchObject({ kind: 'retry' });
  });
});

describe('settings of OpenAI', () => {
  it.each([['a pixel id that is none', { pixelId: 'a b' }], ['no key', { apiKey: '' }]])('refuse %s', (_, changes) => {
    expect(() => settingsOf('openai', changes)).toThrow();
  });
});
