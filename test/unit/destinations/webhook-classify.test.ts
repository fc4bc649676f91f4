import { describe, expect, it } from 'vitest';
import { byStatus } from '../../../destinations/webhook/classify.ts';
import { webhook } from '../../../destinations/webhook/webhook.ts';
import { answer, event, request } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const classify = (status: number, body = '', headers = {}, sentTo = request()) => webhook.classify(answer(body, status, headers), sentTo)[0];

const rows: [number, string][] = [
  [408, 'retry'], [425, 'retry'], [429, 'retry'], [500, 'retry'], [502, 'retry'], [503, 'retry'], [504, 'retry'], [599, 'retry'], [100, 'retry'],
  [410, 'misconfigured'],
  [301, 'rejected'], [302, 'rejected'], [307, 'rejected'], [308, 'rejected'],
  [400, 'rejected'], [401, 'rejected'], [403, 'rejected'], [404, 'rejected'], [409, 'rejected'], [422, 'rejected'], [451, 'rejected'],
];

describe('what a webhook answers', () => {
  it.each([200, 201, 202, 204, 299])('HTTP %i is delivered, whatever the body', (status) => {
    for (const body of ['', 'OK', '{"ok":false}', '<html>']) expect(classify(status, body)).toEqual({ kind: 'delivered' });
  });
  it.each(rows)('HTTP %i is %s', (status, kind) => {
    expect(classify(status)).toMatchObject({ kind, code: `http_${status}` });
  });
  it('each row of the table is tested', () => {
    expect(Object.keys(byStatus).filter((status) => !rows.some(([tested]) => String(tested) === status))).toEqual([]);
  });
  it('a page changes nothing of what its status says', () => {
    expect(classify(404, '<html>')).toMatchObject({ kind: 'rejected' });
    expect(classify(502, '<html>')).toMatchObject({ kind: 'retry' });
  });
  it('waits as long as it is asked to, in seconds or until a date of its own clock', () => {
    expect(classify(429, '', { 'retry-after': '30' })).toMatchObject({ retryAfterMs: 30_000 });
    expect(classify(503, '', { 'retry-after': 'Fri, 20 Nov 2026 10:02:00 GMT', date: 'Fri, 20 Nov 2026 10:00:30 GMT' })).toMatchObject({ retryAfterMs: 90_000 });
    expect(classify(500)).not.toHaveProperty('retryAfterMs');
  });
  it('the words of the target are kept', () => {
    expect(classify(400, ' no such click ')).toMatchObject({ message: 'the target refused the request: no such click' });
  });
  it('one outcome for each event; a correction is read alike', () => {
    expect(webhook.classify(answer('', 400), request({ sent: [{}, {}] }))).toHaveLength(2);
    expect(webhook.reversal!.classify(answer('', 410), request())[0]).toMatchObject({ kind: 'misconfigured' });
  });
});

describe('a pattern of success', () => {
  const sentTo = webhook.build([event()], settingsOf('webhook', { successPattern: '^(OK|"status":"ok")' }) as never, { nowMs: 0 });
  it('makes a 200 with other words a refusal', () => {
    expect(classify(200, 'OK 1', {}, sentTo)).toEqual({ kind: 'delivered' });
    expect(classify(200, 'Error: no such click', {}, sentTo)).toMatchObject({ kind: 'rejected', code: 'no_success', message: expect.stringContaining('no such click') });
    expect(classify(204, '', {}, sentTo)).toMatchObject({ kind: 'rejected', code: 'no_success' });
  });
  it('is not asked where the status refuses', () => {
    expect(classify(500, 'OK', {}, sentTo)).toMatchObject({ kind: 'retry' });
  });
  it('counts for a correction, too', () => {
    const correction = webhook.reversal!.build(event({ kind: 'retract' }), settingsOf('webhook', { successPattern: 'OK' }) as never, { nowMs: 0 });
    expect(webhook.reversal!.classify(answer('no'), correction)[0]).toMatchObject({ code: 'no_success' });
  });
});
