import { describe, expect, it } from 'vitest';
import { byValidationCode } from '../../../destinations/ga4/errors.ts';
import { ga4 } from '../../../destinations/ga4/ga4.ts';
import { answer, bodyOf, request } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const classify = (body: unknown, status = 204, headers = {}) => ga4.classify(answer(body, status, headers), request())[0];
const message = (validationCode: string, fieldPath = 'events[1].name') => ({ fieldPath, description: 'words', validationCode });

describe('what Google Analytics answers', () => {
  it.each([200, 202, 204])('HTTP %i is delivered, with whatever body', (status) => {
    expect(classify('', status)).toEqual({ kind: 'delivered' });
    expect(classify('GIF89a', status)).toEqual({ kind: 'delivered' });
  });
  it.each([
    [500, '', 'retry'],
    [503, 'busy', 'retry'],
    [429, '', 'retry'],
    [302, '', 'retry'],
    [413, '', 'rejected'],
    [404, '', 'misconfigured'],
    [401, '', 'unauthorised'],
    [200, '<!DOCTYPE html><html></html>', 'retry'],
    [403, '<html></html>', 'retry'],
  ])('HTTP %i with "%s" is %s', (status, body, kind) => {
    expect(classify(body, status)).toMatchObject({ kind });
  });
  it('waits as long as it is told', () => {
    expect(classify('', 429, { 'retry-after': '30' })).toMatchObject({ kind: 'retry', retryAfterMs: 30_000 });
  });
  it('events of a request that is too large are sent again in smaller ones', () => {
    expect(ga4.classify(answer('', 413), request({ sent: [{}, {}] })).map(({ kind }) => kind)).toEqual(['retry', 'retry']);
  });
});

describe('the validation server of Google Analytics', () => {
  it('is asked with an event that nobody stores', () => {
    const check = ga4.check!(settingsOf('ga4') as never, { nowMs: 0 });
    expect(check.url).toBe('https://www.google-analytics.com/debug/mp/collect?measurement_id=G-AB12CD34EF&api_secret=ga-secret');
    expect(bodyOf(check).events).toHaveLength(1);
    expect(check.sent).toEqual([]);
  });
  const checked = (body: unknown, status = 200) => ga4.classifyCheck!(answer(body, status), request({ sent: [] }));
  it('passes without messages, and warns that the secret was not looked at', () => {
    expect(checked({ validationMessages: [] })).toMatchObject({ kind: 'delivered', warnings: [expect.stringContaining('API secret')] });
  });
  it.each(Object.keys(byValidationCode))('%s refuses the event', (code) => {
    expect(checked({ validationMessages: [message(code)] })).toMatchObject({ kind: 'rejected', code, message: expect.stringContaining('events[1].name: words') });
  });
  it.each(['toString', 'constructor', '__proto__'])('a code of "%s" is an unknown one', (code) => {
    expect(ga4.classify(answer({ validationMessages: [message(code)] }, 200), request())[0]).toMatchObject({ kind: 'rejected', code });
  });
  it('refuses for an unknown reason too, and blames settings where it names them', () => {
    expect(checked({ validationMessages: [message('NEW_CODE')] })).toMatchObject({ kind: 'rejected', code: 'NEW_CODE' });
    expect(checked({ validationMessages: [message('VALUE_INVALID', 'measurement_id')] })).toMatchObject({ kind: 'misconfigured' });
  });
  it('fails for now where it fails', () => {
    expect(checked('', 503)).toMatchObject({ kind: 'retry' });
    expect(checked('<html>')).toMatchObject({ kind: 'retry' });
  });
  it('is known by its answer', () => {
    expect(ga4.callOf?.({ validationMessages: [] })).toBe('check');
    expect(ga4.callOf?.({})).toBeNull();
  });
  it('names the event at fault; the others are sent again without it', () => {
    const outcomes = ga4.classify(answer({ validationMessages: [message('NAME_INVALID')] }), request({ sent: [{}, {}] }));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['retry', 'rejected']);
  });
});
