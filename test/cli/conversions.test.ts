import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startV1, TOKEN, type V1 } from '../api/v1-harness.ts';

/** The commands for operators, run as a person runs them, against a real API with workers behind it. */

interface Result {
  code: number | null;
  out: string;
  err: string;
}

let api: V1;
let folder: string;
let id: string;
beforeAll(async () => {
  api = await startV1({ platforms: ['meta', 'tiktok'] });
  folder = await mkdtemp(join(tmpdir(), 'tributary-cli-'));
  // What `npm start` leaves behind.
  await writeFile(join(folder, 'run.json'), JSON.stringify({ apiUrl: api.url }));
  await writeFile(join(folder, 'api.token'), `${TOKEN}\n`);
  const { engine } = api;
  await engine.click('mz7yYainzaN6hkc52QV701');
  await engine.sandbox.fault({ platform: 'tiktok', match: { event: 'Purchase' }, answer: { code: '40002' } });
  id = await engine.postback('orderid=701&data3=mz7yYainzaN6hkc52QV701&status=A&sum=5&currency=USD');
  await engine.until(id, (c) => c.deliveries.length === 2 && c.deliveries.some((d) => d.state === 'failed') && c.deliveries.some((d) => d.state === 'delivered'));
});
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

function tributary(args: string[], env: Record<string, string> = {}): Promise<Result> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...args], { env: { PATH, HOME, DATA_DIR: folder, ...env } });
  const result: Result = { code: null, out: '', err: '' };
  child.stdout.on('data', (data) => (result.out += String(data)));
  child.stderr.on('data', (data) => (result.err += String(data)));
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...result, code })));
}
const json = async (...args: string[]) => JSON.parse((await tributary([...args, '--json'])).out);

describe('an operator finds what is stuck and sends it', () => {
  test('stuck ends with 1 and names the delivery', async () => {
    const found = await tributary(['stuck']);
    expect(found).toMatchObject({ code: 1, err: '' });
    expect(found.out).toMatch(/^1 conversions with failed deliveries/);
    expect(found.out).toContain(id);
    expect(await json('stuck')).toMatchObject({ ok: false, counts: { failed: 1 } });
  });

  test('list and show, as text and as JSON', async () => {
    expect((await tributary(['conversions', 'list', '--open'])).out).toMatch(new RegExp(`^Status .*\\napproved +5 USD +701 +kma +.*1 failed.* ${id}\\n$`));
    expect(await json('conversions', 'list', '--q', '701')).toMatchObject({ conversions: [{ id }], cursor: null });
    expect((await tributary(['conversions', 'list', '--status', 'pending'])).out).toBe('No such conversions.\n');
    const shown = (await tributary(['conversions', 'show', id])).out;
    for (const words of ['Payout:', '5 USD', 'Main tiktok', 'failed', 'applied']) expect(shown).toContain(words);
    expect((await json('conversions', 'show', id)).attempts).toHaveLength(2);
  });

  test('retry sends it, and then nothing is stuck', async () => {
    expect(await tributary(['conversions', 'retry', id])).toMatchObject({ code: 2, err: expect.stringContaining('--why') as string });
    const retried = await tributary(['conversions', 'retry', id, '--why', 'the platform was down']);
    expect(retried).toMatchObject({ code: 0, err: '' });
    await api.engine.until(id, (c) => c.deliveries.every((d) => d.state === 'delivered'));
    expect((await json('conversions', 'show', id)).audit).toMatchObject([{ who: 'anna', why: 'the platform was down' }]);
    expect(await tributary(['stuck'])).toEqual({ code: 0, out: 'Nothing is stuck.\n', err: '' });
  });

  test('set-status, attach and cancel are carried out or refused in a sentence', async () => {
    expect(await tributary(['conversions', 'cancel', id, 'nothing', '--why', 'w'])).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^[^\n]*nothing[^\n]* \(operation_refused\)\n$/) as string });
    expect(await tributary(['conversions', 'attach', id, 'mz7yYainzaN6hkc52QV799', '--why', 'w'])).toMatchObject({ code: 1, err: expect.stringContaining('(operation_refused)') as string });
    expect(await tributary(['conversions', 'set-status', id, 'rejected', '--why', 'by phone'])).toMatchObject({ code: 0, out: expect.stringContaining('rejected') as string });
    expect(await json('conversions', 'show', id)).toMatchObject({ status: 'rejected' });
  });
});

test('postbacks are listed, shown and read again', async () => {
  const { postbacks: [first] } = await json('postbacks', 'list', '--property', 'shop');
  expect(first).toMatchObject({ conversionId: id, outcome: { effect: 'applied' } });
  expect((await tributary(['postbacks', 'show', first.id])).out).toMatch(/\nstatus +A\n/);
  expect((await tributary(['postbacks', 'reprocess', first.id, '--why', 'w'])).out).toMatch(/ would change; --apply changes them\.\n$/);
  expect(await tributary(['postbacks', 'reprocess', '--why', 'w'])).toMatchObject({ code: 2, err: expect.stringContaining('(which_postbacks)') as string });
});

test('a replay is started, looked at and steered', async () => {
  const { id: replay } = await json('replay', 'start', '--property', 'shop', '--state', 'delivered', '--force', '--dry-run', '--why', 'how many?');
  await api.engine.client.workflow.getHandle(`replay/${replay}`).result();
  expect(await json('replay', 'status', replay)).toMatchObject({ run: 'completed', progress: { state: 'done', matched: 1 } });
  expect((await tributary(['replay', 'status', replay])).out).toMatch(/State: +done\nConversions: +1 of 1\n/);
  for (const what of ['pause', 'resume', 'cancel']) expect(await tributary(['replay', what, replay, '--why', 'w'])).toMatchObject({ code: 1, err: expect.stringContaining('(replay_ended)') as string });
});

describe('says in one sentence', () => {
  test.each([
    ['that there is no token', { DATA_DIR: '/nonexistent', API_URL: 'http://127.0.0.1:9' }, 'api_token_missing'],
    ['that the token is wrong', { API_TOKEN: 'a-wrong-token-for-this' }, 'token_refused'],
    ['that nothing answers', { API_URL: 'http://127.0.0.1:9' }, 'api_unreachable'],
  ])('%s', async (_, env, code) => {
    const result = await tributary(['stuck'], env);
    expect(result).toMatchObject({ code: 1, out: '', err: expect.stringMatching(new RegExp(`^[^\\n]+ \\(${code}\\)\\n$`)) as string });
    expect(result.err).not.toContain(TOKEN);
  });

  test('that something else answers there', async () => {
    const { createServer } = await import('node:http');
    const other = createServer((_, res) => res.end('<html>')).listen(0);
    const { port } = other.address() as { port: number };
    const result = await tributary(['stuck'], { API_URL: `http://127.0.0.1:${port}` });
    expect(result).toMatchObject({ code: 1, err: expect.stringContaining('(api_unexpected)') as string });
    other.close();
  });
});
