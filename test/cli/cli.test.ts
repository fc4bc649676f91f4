import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Store } from '../../store/db.ts';
import { newKeyText } from '../../store/secrets.ts';
import { openTestStore } from '../harness.ts';

const TOKEN = 'EAAB-very-secret-token';
interface Result {
  code: number | null;
  out: string;
  err: string;
}

let store: Store;
let folder: string;
const transcript: string[] = [];
beforeAll(async () => {
  store = await openTestStore();
  folder = await mkdtemp(join(tmpdir(), 'tributary-cli-'));
  // What `npm start` leaves behind.
  await writeFile(join(folder, 'run.json'), JSON.stringify({ apiUrl: 'http://127.0.0.1:9999', mongodbUri: inject('mongodbUri'), mongodbDatabase: store.db.databaseName }));
  await writeFile(join(folder, 'credentials.key'), `${newKeyText('k1')}\n`);
  await writeFile(join(folder, 'token.txt'), `${TOKEN}\n`);
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

function tributary(args: string[], options: { input?: string; env?: Record<string, string> } = {}): Promise<Result> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...args], { env: { PATH, HOME, DATA_DIR: folder, ...options.env } });
  const result: Result = { code: null, out: '', err: '' };
  child.stdout.on('data', (data) => (result.out += String(data)));
  child.stderr.on('data', (data) => (result.err += String(data)));
  child.stdin.end(options.input ?? '');
  return new Promise((resolve) => {
    child.on('close', (code) => {
      transcript.push(result.out, result.err);
      resolve({ ...result, code });
    });
  });
}

describe('the tributary command', () => {
  test('sets up a property with a network and a destination, and shows all of it without a secret', async () => {
    const created = await tributary(['property', 'create', 'My site', '--network', 'kma']);
    expect(created).toMatchObject({ code: 0, err: '' });
    expect(created.out).toMatch(/Tag key: +[0-9A-Za-z]{12}\n/);
    expect(created.out).toMatch(/\nhttp:\/\/127\.0\.0\.1:9999\/[0-9A-Za-z]{12}\/collect\/kma\?date=\{date\}&/);

    const add = ['destination', 'add', 'My site', 'Main pixel', '--platform', 'meta', '--set', 'pixelId=123456789012345'];
    expect(await tributary([...add, '--secret', 'accessToken=-'], { input: `${TOKEN}\n` })).toMatchObject({ code: 0, err: '' });
    const again = await tributary([...add, '--secret', `accessToken=@${join(folder, 'token.txt')}`]);
    expect(again).toMatchObject({ code: 1, out: '', err: 'The property has a destination named "Main pixel" already. (name_taken)\n' });

    const same = await tributary(['destination', 'set', 'My site', 'Main pixel', '--secret', `accessToken=@${join(folder, 'token.txt')}`]);
    expect(same).toMatchObject({ code: 0, out: 'Nothing to change.\n' });

    expect(await tributary(['destination', 'pause', 'My site', 'Main pixel', '--reason', 'Moving.'])).toMatchObject({ code: 0 });
    const [listed] = JSON.parse((await tributary(['destination', 'list', 'My site', '--json'])).out);
    expect(listed).toMatchObject({ name: 'Main pixel', state: 'paused', settings: { pixelId: '123456789012345' }, paused: { reason: 'Moving.' } });
    expect(JSON.parse((await tributary(['property', 'show', 'My site', '--json'])).out)).toMatchObject({ name: 'My site', postbackUrls: [{ network: 'kma' }], destinations: [{ name: 'Main pixel' }] });
    expect((await tributary(['property', 'list'])).out).toMatch(/^Name +Tag key +Id +Created\nMy site +/);
    expect(transcript.join('')).not.toContain(TOKEN);
  });

  test('refuses a secret on the command line and never repeats it', async () => {
    const add = ['destination', 'add', 'My site', 'Other', '--platform', 'meta', '--set', 'pixelId=123456789012345'];
    for (const [args, code, word] of [
      [['--set', `accessToken=${TOKEN}`], 1, 'setting_is_secret'],
      [['--secret', `accessToken=${TOKEN}`], 2, 'secret_on_command_line'],
      [['--secret', TOKEN], 2, 'option_form'],
      [[`--accessToken=${TOKEN}`], 2, 'unknown_option'],
    ] as const) {
      const result = await tributary([...add, ...args]);
      expect(result).toMatchObject({ code, out: '', err: expect.stringMatching(new RegExp(`^[^\\n]+ \\(${word}\\)\\n$`)) });
    }
    expect(transcript.join('')).not.toContain(TOKEN);
  });

  test('applies a file: dry run, run, and nothing left to do', async () => {
    const file = join(folder, 'setup.yaml');
    await writeFile(file, 'properties:\n  - name: Applied\n    destinations:\n      - name: Pixel\n        platform: meta\n        settings: {pixelId: 123456789012345}\n        secrets: {accessToken: {fromFile: token.txt}}\n');
    const dry = await tributary(['apply', file, '--dry-run']);
    expect(dry.out).toBe('property "Applied": would be created\ndestination "Pixel" (meta) of "Applied": would be created\n'
      + dry.out.split('\n').filter((line) => line.startsWith('    ')).join('\n') + '\n');
    expect(dry.out).toContain('    accessToken: set (secret)\n');
    expect((await tributary(['property', 'show', 'Applied'])).code).toBe(1);
    expect((await tributary(['apply', file])).out).toContain('destination "Pixel" (meta) of "Applied": created');
    expect((await tributary(['apply', file])).out).toMatch(/: unchanged\n.*: unchanged\nNothing to change\.\n$/);
    await writeFile(file, 'properties: [{name: A, integrations: [{network: kma, secret: {fromEnv: NOT_SET}}]}]');
    const unset = await tributary(['apply', file]);
    expect(unset).toMatchObject({ code: 1, err: expect.stringContaining('NOT_SET, which is not set. (secret_missing)') });
    expect(transcript.join('')).not.toContain(TOKEN);
  });

  test('sends its check where `npm start` sends events, and says how to go on where no answer comes', async () => {
    const beside = await mkdtemp(join(tmpdir(), 'tributary-cli-'));
    for (const name of ['run.json', 'credentials.key']) await cp(join(folder, name), join(beside, name));
    const record = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
    await writeFile(join(beside, 'run.json'), JSON.stringify({ ...record, sandboxOrigin: 'http://127.0.0.1:9' }));
    const paused = { code: '190', reason: 'The token expired.', by: 'delivery' as const, at: new Date(0) };
    await store.db.collection('destinations').updateOne({ name: 'Pixel' }, { $set: { state: 'paused', paused } });
    const set = await tributary(['destination', 'set', 'Applied', 'Pixel', '--set', 'testEventCode=TEST1'], { env: { DATA_DIR: beside } });
    expect(set).toMatchObject({ code: 1, err: '', out: expect.stringMatching(
      /^"Pixel" is changed\.\nIt stays paused: the check got no answer: .* \(ECONNREFUSED\)\. The change is stored; `tributary destination resume "Applied" "Pixel"` makes it active\.\n$/) });
    await rm(beside, { recursive: true });
  });

  test('a failed check ends with 1, a wrong usage with 2, help with 0', async () => {
    // Nothing listens there: the platform cannot be reached.
    const check = await tributary(['destination', 'check', 'Applied', 'Pixel'], { env: { SANDBOX_ORIGIN: 'http://127.0.0.1:9' } });
    expect(check).toMatchObject({ code: 1, out: expect.stringMatching(/^unanswered: .* \(ECONNREFUSED\)\n$/), err: '' });
    expect(await tributary(['property', 'show'])).toMatchObject({ code: 2, err: "Missing required argument 'property'. (missing_argument)\n" });
    expect((await tributary(['property', 'create', '--help'])).out).toContain('$ tributary property create "My site" --network kma');
  });

  test('works without a server for help, platforms and keys, and says in one sentence where one is missing', async () => {
    const env = { DATA_DIR: join(folder, 'nothing') };
    const help = await tributary(['--help'], { env });
    expect(help.code).toBe(0);
    for (const command of ['property create', 'integration add', 'destination check', 'destination platforms', 'apply', 'postback parse']) expect(help.out).toContain(`$ tributary ${command}`);
    expect((await tributary(['destination', 'platforms', 'meta'], { env })).out).toContain('accessToken  [required, secret]');
    expect((await tributary(['credentials', 'new-key', '2027'], { env })).out).toMatch(/^2027:[0-9A-Za-z+/]{43}=\n$/);
    const sentence = 'Tributary is not running here: start it with `npm start`, or set MONGODB_URI. (not_running)\n';
    expect(await tributary(['property', 'list'], { env })).toMatchObject({ code: 1, out: '', err: sentence });
  });

  test('names no password where MongoDB does not answer', async () => {
    const result = await tributary(['property', 'list'], { env: { MONGODB_URI: 'mongodb://me:hunter2@127.0.0.1:9/?serverSelectionTimeoutMS=300' } });
    expect(result).toMatchObject({ code: 1, out: '', err: expect.stringContaining('(mongodb_unavailable)') });
    expect(result.err).not.toContain('hunter2');
  });
});
