import { describe, expect, it } from 'vitest';
import { byCode, byStatus, byWords } from '../../../destinations/linkedin/errors.ts';
import { linkedin } from '../../../destinations/linkedin/linkedin.ts';
import { answer, request } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const classify = (body: unknown, status = 400, headers = {}, count = 1) => linkedin.classify(answer(body, status, headers), request({ sent: Array(count).fill({}) }));
const kinds = (body: unknown, status: number, count: number) => classify(body, status, {}, count).map(({ kind }) => kind);

/** code, kind, refreshable: one row for each row of the table. */
const rows: [string, string, boolean?][] = [
  ['INVALID_ACCESS_TOKEN', 'unauthorised', true], ['65600', 'unauthorised', true],
  ['REVOKED_ACCESS_TOKEN', 'unauthorised', false], ['65601', 'unauthorised', false],
  ['EXPIRED_ACCESS_TOKEN', 'unauthorised', true], ['65602', 'unauthorised', true],
  ['EMPTY_ACCESS_TOKEN', 'unauthorised', false], ['65604', 'unauthorised', false],
  ['ACCESS_DENIED', 'misconfigured'], ['NONEXISTENT_VERSION', 'misconfigured'], ['VERSION_MISSING', 'misconfigured'], ['TOO_MANY_REQUESTS', 'retry'],
];

describe('what LinkedIn answers', () => {
  it.each(rows)('code %s is %s, refreshable %s', (code, kind, refreshable) => {
    const error = /^\d+$/.test(code) ? { serviceErrorCode: Number(code) } : { code };
    for (const status of [200, 400, 401, 403]) {
      expect(classify({ ...error, message: 'words', status: 401 }, status)[0]).toMatchObject({ kind, code, message: expect.stringContaining('words'), ...(refreshable !== undefined && { refreshable }) });
    }
  });
  it.each(['toString', '__proto__', 'constructor', 'hasOwnProperty'])('a code named %s is one that is not known', (code) => {
    expect(classify({ code, message: 'words' }, 400)[0]).toMatchObject({ kind: 'rejected', code });
    expect(classify({ code, message: 'words' }, 503)[0]).toMatchObject({ kind: 'retry', code });
  });
  it('a bare 401 asks for a fresh token first', () => {
    expect(classify('', 401)[0]).toMatchObject({ kind: 'unauthorised', refreshable: true });
    expect(classify({ message: 'words' }, 401)[0]).toMatchObject({ kind: 'unauthorised', refreshable: true });
  });
  it('a batch refused without saying why is sent again in smaller requests', () => {
    for (const body of ['plain words', '', {}]) {
      for (const status of [400, 413]) expect(classify(body, status, {}, 2).map(({ kind }) => kind)).toEqual(['retry', 'retry']);
    }
  });
  it('plain text names events as JSON does, each with all that is said of it', () => {
    expect(classify('Index: 1, ERROR :: /a :: bad\nIndex: 1, ERROR :: /b :: worse', 422, {}, 2)).toMatchObject([
      { kind: 'retry' }, { kind: 'rejected', message: expect.stringMatching(/bad \| ERROR :: \/b :: worse/) },
    ]);
  });
  it('each row of the tables is tested', () => {
    expect(Object.keys(byCode).toSorted()).toEqual(rows.map(([code]) => code).toSorted());
    expect([byWords.length, Object.keys(byStatus)]).toEqual([4, ['401', '403', '422', '426', '429']]);
  });
  it.each([
    [400, "Incorrect conversions information provided. Conversion's method should be CONVERSIONS_API, indices [0] (0-indexed)", 'misconfigured'],
    [400, 'Timestamp should be within the past 90 days', 'expired'],
    [400, 'words', 'rejected'],
    [401, 'Empty oauth2_access_token', 'unauthorised'],
    [403, 'No ad accounts found', 'misconfigured'],
    [403, 'words', 'misconfigured'],
    [404, 'words', 'misconfigured'],
    [422, 'ERROR :: /eventId :: field is required but not found and has no default value\n', 'rejected'],
    [422, 'Index: 0, ERROR :: /conversionHappenedAt :: must be within the past 90 days\n', 'expired'],
    [426, 'Version Header is Deprecated', 'misconfigured'],
    [426, 'words', 'misconfigured'],
    [429, 'words', 'retry'],
    [500, 'Internal Server Error', 'retry'],
    [503, 'words', 'retry'],
  ])('HTTP %i with "%s" is %s', (status, message, kind) => {
    expect(classify({ message, status }, status)).toEqual([expect.objectContaining({ kind, code: `http_${status}` })]);
  });
  it('the ended version of an older kind of answer is one too', () => {
    expect(classify({ message: 'Requested version 20250101 is not active', status: 400 })[0]).toMatchObject({ kind: 'misconfigured' });
  });
  it("a revoked token's words and LinkedIn's trace id are kept", () => {
    const body = { status: 401, serviceErrorCode: 65601, code: 'REVOKED_ACCESS_TOKEN', message: 'revoked by the user' };
    expect(classify(body, 401, { 'x-li-uuid': 'Abc' })).toEqual([
      { kind: 'unauthorised', refreshable: false, code: 'REVOKED_ACCESS_TOKEN', message: 'the access token was revoked: revoked by the user | x-li-uuid Abc' },
    ]);
  });
  it('201 is delivered, with and without a body', () => {
    for (const body of ['', {}]) expect(classify(body, 201)).toEqual([{ kind: 'delivered' }]);
  });
  it('of a batch each element has its own status', () => {
    const elements = [{ status: 201 }, { status: 422, error: { message: 'words', status: 422 } }, { status: 429 }, { status: 201 }, {}];
    expect(classify({ elements }, 200, {}, 6).map(({ kind }) => kind)).toEqual(['delivered', 'rejected', 'retry', 'delivered', 'retry', 'retry']);
  });
  it.each([['', 200], [{}, 200], [{ elements: [] }, 200], ['', 202]])('%j with HTTP %i is no success', (body, status) => {
    expect(classify(body, status)[0]).toMatchObject({ kind: 'retry' });
  });
  it.each([200, 201, 400, 403, 503])('an HTML page with HTTP %i is tried again', (status) => {
    expect(classify('<html></html>', status)).toEqual([expect.objectContaining({ kind: 'retry', code: `http_${status}_html` })]);
  });
  it.each([[502, 'Bad gateway', 'retry'], [429, '', 'retry'], [401, '', 'unauthorised'], [403, '', 'misconfigured'], [426, '', 'misconfigured'], [422, '', 'rejected']])(
    'HTTP %i with the text "%s" is %s',
    (status, body, kind) => {
      expect(classify(body, status)[0]).toMatchObject({ kind, code: `http_${status}` });
    },
  );
});

describe('a refused request of several events', () => {
  const message = 'Index: 0, ERROR :: /conversionValue/amount :: field is required but not found\nERROR :: /user/userInfo/firstName :: field is required\nIndex: 2, ERROR :: /conversionHappenedAt :: within the past 90 days\n';
  it('refuses those that a 422 names, each in its own words, and sends the others again', () => {
    const outcomes = classify({ message, status: 422 }, 422, {}, 4);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['rejected', 'retry', 'expired', 'retry']);
    expect(outcomes[0]).toMatchObject({ message: expect.stringMatching(/amount[\s\S]*firstName/) });
    expect(outcomes[0]).not.toMatchObject({ message: expect.stringContaining('conversionHappenedAt') });
    expect(outcomes[1]).toMatchObject({ code: 'batch_refused' });
  });
  it('pauses only for those whose rule a 400 names', () => {
    expect(kinds({ message: "Conversion's method should be CONVERSIONS_API, indices [0, 2] (0-indexed)" }, 400, 3)).toEqual(['misconfigured', 'retry', 'misconfigured']);
  });
  it('sends all again in smaller ones where none is named, and pauses all over the token', () => {
    expect(kinds({ message: 'words' }, 422, 2)).toEqual(['retry', 'retry']);
    expect(kinds({ code: 'INVALID_ACCESS_TOKEN' }, 401, 2)).toEqual(['unauthorised', 'unauthorised']);
    expect(kinds({ message: 'No ad accounts found' }, 403, 2)).toEqual(['misconfigured', 'misconfigured']);
  });
});

describe('how long LinkedIn asks to wait', () => {
  const date = 'Fri, 20 Nov 2026 22:30:00 GMT';
  const wait = (body: unknown, headers: Record<string, string> = { date }) => (classify(body, 429, headers)[0] as { retryAfterMs?: number }).retryAfterMs;
  it('a minute, since it counts by the minute', () => {
    for (const body of ['', {}, { message: 'Too many requests' }, { code: 'TOO_MANY_REQUESTS' }]) expect(wait(body)).toBe(60_000);
  });
  it("until midnight UTC by the answer's date where the limit of the day is used up", () => {
    const daily = { message: 'Resource level throttle APPLICATION_AND_MEMBER DAY limit for calls to this resource is reached.', status: 429, code: 'TOO_MANY_REQUESTS' };
    expect(wait(daily)).toBe(90 * 60_000);
    expect(wait(daily, {})).toBe(60 * 60_000);
  });
  it('as Retry-After says, before that', () => {
    expect(wait({}, { date, 'retry-after': '7' })).toBe(7000);
  });
});

describe('the check of LinkedIn', () => {
  it('sends no event', () => {
    const { body, headers, sent } = linkedin.check!(settingsOf('linkedin') as never, { nowMs: 0, accessToken: 'fresh' });
    expect([body, sent]).toEqual(['{"elements":[]}', []]);
    expect(headers).toMatchObject({ authorization: 'Bearer fresh', 'x-restli-method': 'BATCH_CREATE' });
  });
  const checked = (body: unknown, status: number) => linkedin.classifyCheck!(answer(body, status), request({ sent: [] }));
  it('passes where LinkedIn only misses the events', () => {
    for (const [body, status] of [[{ elements: [] }, 200], [{ message: 'empty', status: 400 }, 400], [{ message: 'empty', status: 422 }, 422]] as const)
      expect(checked(body, status)).toEqual({ kind: 'delivered' });
  });
  it('fails on the token, the version and a failure', () => {
    expect(checked({ code: 'INVALID_ACCESS_TOKEN' }, 401)).toMatchObject({ kind: 'unauthorised' });
    expect(checked({ message: 'Version Header is Deprecated' }, 426)).toMatchObject({ kind: 'misconfigured' });
    expect(checked('', 503)).toMatchObject({ kind: 'retry' });
  });
});
