import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTokens } from '../../api/v1/tokens.ts';
import { startApi } from './harness.ts';
import { OTHER_TOKEN, startV1, TOKEN, type V1 } from './v1-harness.ts';

let api: V1;
beforeAll(async () => void (api = await startV1({ withWorkers: false, api: { temporalAddress: '127.0.0.1:9', temporalCallTimeoutMs: 300 } })));
afterAll(() => api.close());

const PATHS = [['GET', '/conversions'], ['GET', '/conversions/x'], ['POST', '/conversions/x/retry'], ['POST', '/conversions/x/attach'], ['POST', '/conversions/x/status'],
  ['POST', '/conversions/x/cancel'], ['POST', '/conversions/x/reprocess'], ['GET', '/postbacks'], ['GET', '/postbacks/x'], ['POST', '/postbacks/reprocess'],
  ['POST', '/replays'], ['GET', '/replays/x'], ['GET', '/replays/x/results'], ['POST', '/replays/x/pause'], ['POST', '/replays/x/resume'], ['POST', '/replays/x/cancel'],
  ['GET', '/stuck'], ['GET', '/nothing']] as const;

test.each(PATHS)('%s %s wants a token, and one of those configured', async (method, path) => {
  for (const authorization of ['', 'Bearer', 'Bearer wrong-token-of-the-test', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`]) {
    const { status, body, headers } = await api.call(method, path, undefined, { authorization });
    expect({ status, code: body.code }).toEqual({ status: 401, code: 'token_refused' });
    expect(headers.get('www-authenticate')).toContain('Bearer');
  }
  for (const token of [TOKEN, OTHER_TOKEN]) expect((await api.call(method, path, undefined, { authorization: `bearer ${token}` })).status).not.toBe(401);
});

test('without a token in the configuration every route answers 503, whatever the caller brings', async () => {
  const bare = await startApi();
  const response = await fetch(`${bare.url}/api/v1/stuck`, { headers: { authorization: 'Bearer ' } });
  expect(response.status).toBe(503);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ code: 'api_disabled', detail: expect.stringContaining('API_TOKEN') as string });
  await bare.close();
});

describe('refusals', () => {
  test.each([
    ['GET', '/conversions?stauts=approved', undefined, 400, 'request_invalid', 'stauts'],
    ['GET', '/conversions?status=good', undefined, 400, 'request_invalid', 'status'],
    ['GET', '/conversions?limit=0', undefined, 400, 'request_invalid', 'limit'],
    ['GET', '/conversions?limit=1&limit=2', undefined, 400, 'request_invalid', 'limit'],
    ['GET', '/conversions?from=yesterday', undefined, 400, 'request_invalid', 'from'],
    ['GET', '/conversions?cursor=nonsense', undefined, 400, 'request_invalid', 'cursor'],
    ['GET', '/conversions?cursor=e30', undefined, 400, 'request_invalid', 'cursor'],
    ['GET', '/conversions?property=nowhere', undefined, 404, 'property_not_found', 'nowhere'],
    ['GET', '/conversions?property=shop&destination=nowhere', undefined, 404, 'destination_not_found', 'nowhere'],
    ['GET', '/conversions/p%2Fkma%2Forder:1', undefined, 404, 'conversion_not_found', 'p/kma/order:1'],
    ['GET', '/postbacks?outcome=unknown&stuck=true', undefined, 400, 'request_invalid', 'one of the two'],
    ['GET', '/postbacks/x', undefined, 404, 'postback_not_found', 'x'],
    ['POST', '/conversions/x/retry', {}, 400, 'request_invalid', 'why'],
    ['POST', '/conversions/x/retry', { why: ' ' }, 400, 'request_invalid', 'say why'],
    ['POST', '/conversions/x/retry', { why: 'w', who: 'boss' }, 400, 'request_invalid', 'who'],
    ['POST', '/conversions/x/retry', { why: 'w', newEventId: true }, 400, 'request_invalid', 'force'],
    ['POST', '/conversions/x/retry', { why: 'w' }, 404, 'conversion_not_found', 'x'],
    ['POST', '/conversions/x/status', { why: 'w', status: 'unknown' }, 400, 'request_invalid', 'status'],
    ['POST', '/conversions/x/status', { why: 'w', status: 'approved', amount: 12.5 }, 400, 'request_invalid', 'amount'],
    ['POST', '/replays', { why: 'w' }, 400, 'request_invalid', 'property'],
    ['POST', '/replays', { why: 'w', property: 'shop' }, 503, 'temporal_unavailable', 'Nothing was done'],
    ['GET', '/replays/x', undefined, 503, 'temporal_unavailable', 'Nothing was done'],
    ['GET', '/replays/a%20b', undefined, 404, 'replay_not_found', 'a b'],
    ['DELETE', '/conversions/x', undefined, 405, 'method_not_allowed', 'GET'],
    ['GET', '/nothing', undefined, 404, 'not_found', 'nothing'],
  ] as const)('%s %s %j: %i %s', async (method, path, body, status, code, words) => {
    const answer = await api.call(method, path, body);
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
    expect(answer.body.detail).toContain(words);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  test('a body that is not JSON, and a key that is none', async () => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const broken = await fetch(`${api.url}/api/v1/conversions/x/retry`, { method: 'POST', headers, body: '{"why":' });
    expect(await broken.json()).toMatchObject({ status: 400, code: 'request_invalid' });
  });

  test('while Temporal is away nothing is done, and the caller is told so', async () => {
    const id = await api.engine.postback('orderid=1&status=P', { signal: false });
    const postbackIds = (await api.engine.store.db.collection<{ _id: string }>('postbacks').find({ conversionId: id }).toArray()).map(({ _id }) => _id);
    await api.engine.activities.conversions.openConversion({ conversionId: id, ...api.engine.parts(id), postbackIds, reason: 'test' });
    expect((await api.post(api.at(id, '/retry'), { why: 'w' })).body).toMatchObject({ status: 503, code: 'temporal_unavailable' });
    expect((await api.post(api.at(id, '/retry'), { why: 'w' }, { 'idempotency-key': 'short' })).body).toMatchObject({ status: 400, code: 'request_invalid' });
  });
});

describe('tokens in the configuration', () => {
  const read = (apiTokens: string | null, apiToken: string | null = null) => readTokens({ apiTokens, apiToken });

  test('have the names of their holders; one alone is the operator\'s', () => {
    expect(read(`anna:${TOKEN}, bot:${OTHER_TOKEN}`).map(({ who }) => who)).toEqual(['anna', 'bot']);
    expect(read(`anna:${TOKEN}`, OTHER_TOKEN).map(({ who }) => who)).toEqual(['anna', 'operator']);
    expect(read(null)).toEqual([]);
  });

  test.each([['anna:short'], [`anna:${TOKEN},anna:${OTHER_TOKEN}`], [TOKEN], [`:${TOKEN}`], [`anna:${TOKEN} x`]])('are refused at start where they cannot be used: %s', (text) => {
    const thrown = (() => { try { read(text); } catch (error) { return error as Error & { code: string }; } return null; })();
    expect(thrown).toMatchObject({ code: 'config_invalid' });
    expect(thrown!.message).not.toContain(TOKEN);
    expect(thrown!.message).not.toContain('short');
  });
});
