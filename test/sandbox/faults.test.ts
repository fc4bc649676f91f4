import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxClient } from '../../dev/sandbox/client.ts';
import type { SandboxClient } from '../../dev/sandbox/client.ts';
import { startSandbox } from '../../dev/sandbox/server.ts';
import { googleEvent, googleStatus, metaEvent, post, refreshForm, sendGoogle, sendMeta, sendTiktok, tiktokEvent, tokenUrl } from './senders.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let client: SandboxClient;
beforeAll(async () => {
  sandbox = await startSandbox();
  client = sandboxClient(sandbox.origin);
});
beforeEach(() => client.reset());
afterAll(() => sandbox.close());

const meta = (changes = {}) => sendMeta(sandbox.origin, [metaEvent(changes)]);

describe('faults', () => {
  it('are used in order, each as often as it says, and are listed with the requests', async () => {
    const first = await client.fault({ platform: 'meta', times: 2, answer: { status: 503, body: '<html>busy</html>', headers: { 'retry-after': '7' } } });
    const second = await client.fault({ platform: 'meta', answer: { code: '190' } });
    const answers = [await meta(), await meta(), await meta(), await meta()];
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 401, 200]);
    expect(answers[0]!.headers.get('retry-after')).toBe('7');
    expect(answers[0]!.headers.get('content-type')).toBe('text/html; charset=UTF-8');
    expect(answers[2]!.body.error).toMatchObject({ code: 190, type: 'OAuthException' });
    expect((await client.requests('meta')).map(({ fault, status, valid }) => [fault, status, valid])).toEqual([[first, 503, null], [first, 503, null], [second, 401, null], [null, 200, true]]);
    expect((await client.totals()).meta).toMatchObject({ requests: 4, faults: 3, accepted: 1, counted: 1 });
  });

  it('match by event, id, transaction, text and path, and leave other requests alone', async () => {
    await client.fault({ platform: 'meta', match: { event: 'Lead' }, answer: { status: 500 } });
    await client.fault({ platform: 'meta', match: { eventId: 'order-9' }, answer: { status: 501 } });
    await client.fault({ platform: 'meta', match: { bodyContains: '"USD"' }, answer: { status: 502 } });
    await client.fault({ platform: 'google-data-manager', match: { transactionId: 'order-2', pathContains: ':ingest' }, answer: { status: 503 } });
    expect((await meta()).status).toBe(200);
    expect((await meta({ event_name: 'Lead' })).status).toBe(500);
    expect((await meta({ event_id: 'order-9' })).status).toBe(501);
    expect((await meta({ custom_data: { value: 1, currency: 'USD' } })).status).toBe(502);
    expect((await sendGoogle(sandbox.origin, [googleEvent()])).status).toBe(200);
    expect((await sendGoogle(sandbox.origin, [googleEvent({ transactionId: 'order-2' })])).status).toBe(503);
  });

  it('speak the platform\'s own language for a code', async () => {
    await client.fault({ platform: 'tiktok', answer: { code: 40100 } });
    await client.fault({ platform: 'google-data-manager', answer: { code: 'RESOURCE_EXHAUSTED' } });
    await client.fault({ platform: 'google-oauth', match: { bodyContains: 'refresh_token=gone' }, answer: { code: 'invalid_grant' } });
    expect((await sendTiktok(sandbox.origin, [tiktokEvent()])).body).toMatchObject({ code: 40100, message: expect.stringContaining('too many requests') });
    const quota = await sendGoogle(sandbox.origin, [googleEvent()]);
    expect([quota.status, quota.body.error.status, quota.body.error.details[0].metadata.quota_limit]).toEqual([429, 'RESOURCE_EXHAUSTED', 'IngestionWriteRequestsPerMinutePerProject']);
    expect((await post(tokenUrl(sandbox.origin), refreshForm({ refresh_token: 'gone' }))).body.error).toBe('invalid_grant');
  });

  it('make Data Manager find an error afterwards', async () => {
    await client.settings({ processingMs: 0 });
    await client.fault({ platform: 'google-data-manager', answer: { code: 'PROCESSING_ERROR_REASON_INTERNAL_ERROR' } });
    const { body } = await sendGoogle(sandbox.origin, [googleEvent()]);
    expect((await googleStatus(sandbox.origin, body.requestId)).body.requestStatusPerDestination[0]).toMatchObject({ requestStatus: 'FAILED', errorInfo: { errorCounts: [{ reason: 'PROCESSING_ERROR_REASON_INTERNAL_ERROR' }] } });
    expect(await client.accepted()).toMatchObject([{ counted: false, reason: 'PROCESSING_ERROR_REASON_INTERNAL_ERROR' }]);
  });

  it('take the event and then fail the answer, so that a repeat is a duplicate', async () => {
    await client.fault({ platform: 'meta', answer: { reset: true }, afterAccept: true });
    expect((await meta({ event_name: '' })).status).toBe(400);
    await expect(meta()).rejects.toThrow();
    expect((await meta()).status).toBe(200);
    expect((await client.accepted()).map(({ counted }) => counted)).toEqual([true, false]);
    expect((await client.requests()).map(({ status }) => status)).toEqual([400, null, 200]);
  });

  it('reset without taking anything', async () => {
    await client.fault({ platform: 'meta', answer: { reset: true } });
    await expect(meta()).rejects.toThrow();
    expect(await client.accepted()).toEqual([]);
  });

  it('dribble the body, or delay the answer', async () => {
    await client.fault({ platform: 'meta', answer: { slowBody: { bytesPerSecond: 200 } } });
    await client.fault({ platform: 'meta', answer: { delayMs: 150 } });
    for (const leastMs of [250, 150]) {
      const started = Date.now();
      expect((await meta()).body.events_received).toBe(1);
      expect(Date.now() - started).toBeGreaterThanOrEqual(leastMs - 10);
    }
  });

  it('hang until the client leaves, while others are served; closing the server ends them', async () => {
    const own = await startSandbox();
    const owns = sandboxClient(own.origin);
    await owns.fault({ platform: 'meta', times: 2, answer: { hang: true } });
    const url = `${own.origin}/graph.facebook.com/v26.0/1234567890123456/events`;
    await expect(fetch(url, { method: 'POST', body: '{}', signal: AbortSignal.timeout(100) })).rejects.toThrow('timeout');
    const hanging = fetch(url, { method: 'POST', body: '{}' });
    hanging.catch(() => undefined);
    while ((await owns.requests()).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await sendMeta(own.origin, [metaEvent()])).status).toBe(200);
    await own.close();
    await expect(hanging).rejects.toThrow();
  });
});

describe('the control API', () => {
  it('refuses what it does not know', async () => {
    await expect(client.fault({ platform: 'meta', answer: { status: 5 } })).rejects.toThrow(/sandbox: POST faults/);
    await expect(client.fault({ platform: 'tiktok', answer: { code: 'oops' } })).rejects.toThrow('tiktok has no code oops');
    await expect(client.fault({ platform: 'snap' as 'meta', answer: { hang: true } })).rejects.toThrow();
    await expect(client.settings({ speed: 1 } as object)).rejects.toThrow('speed');
    expect((await post(`${sandbox.origin}/_sandbox/nothing`, {})).status).toBe(404);
    expect((await post(`${sandbox.origin}/graph.example.com/`, {})).status).toBe(404);
  });

  it('replaces the tokens of an account, and forgets that on reset', async () => {
    await client.account({ platform: 'meta', account: '1234567890123456', tokens: ['new'] });
    expect((await meta()).status).toBe(401);
    await client.clearFaults();
    await client.reset();
    expect((await meta()).status).toBe(200);
    expect(await client.requests()).toHaveLength(1);
  });
});

describe('the sandbox process', () => {
  it('tells its port to its parent and ends when the parent lets go', async () => {
    const child = fork(new URL('../../dev/sandbox/main.ts', import.meta.url), { execArgv: ['--import', 'tsx'], env: { ...process.env, SANDBOX_PORT: '0' } });
    const [message] = (await once(child, 'message')) as [{ ready: boolean; port: number }];
    expect(message.ready).toBe(true);
    expect((await sendMeta(`http://127.0.0.1:${message.port}`, [metaEvent()])).status).toBe(200);
    child.disconnect();
    expect((await once(child, 'exit'))[0]).toBe(0);
  });
});
