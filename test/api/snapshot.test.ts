import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSnapshot } from '../../api/snapshot.ts';
import { newKeyText, parseKeys } from '../../store/secrets.ts';
import { CREDENTIALS_KEY, startApi, type TestApi } from './harness.ts';

/** Whom the API knows from its own disk. */

let api: TestApi;
let dir: string;
let file: string;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tributary-snapshot-'));
  file = join(dir, 'sub', 'snapshot.json');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const snapshotWith = (keys = parseKeys(CREDENTIALS_KEY)) => createSnapshot({ file, keys });

test('the next process finds properties and integrations as they were, with their secrets sealed', async () => {
  const { property } = await api.kma({ ipList: ['10.0.0.0/8'], statusWords: { ok: 'approved' } }, 'geheim');
  await snapshotWith().refresh(api.deps.db);
  const next = snapshotWith();
  expect(await next.load()).toBe(true);
  expect(next.propertyByPostbackKey(property.postbackKey)).toEqual(property);
  expect(next.propertyByTagKey(property.tagKey)).toEqual(property);
  const path = `${property._id}/kma`;
  expect(next.integrationByPath(path)).toEqual(await api.deps.directory.integrationByPath(path));
  expect(next.propertyByPostbackKey('AAAAAAAAAAAA')).toBeNull();
});

test('nobody reads it without the key, and a file that does not open is said, not taken for empty', async () => {
  const { property } = await api.kma();
  await snapshotWith().refresh(api.deps.db);
  expect(await readFile(file, 'utf8')).not.toContain(property.postbackKey);
  expect((await stat(file)).mode & 0o077).toBe(0);
  await expect(snapshotWith(parseKeys(newKeyText('test'))).load()).rejects.toMatchObject({ code: 'credentials_unreadable' });
});

test('it is replaced whole: only when something changed, and nothing is left beside it', async () => {
  const snapshot = snapshotWith();
  await snapshot.refresh(api.deps.db);
  const first = await stat(file);
  await snapshot.refresh(api.deps.db);
  expect((await stat(file)).ino).toBe(first.ino);
  const { property } = await api.kma();
  await snapshot.refresh(api.deps.db);
  expect(await readdir(join(dir, 'sub'))).toEqual(['snapshot.json']);
  const next = snapshotWith();
  await next.load();
  expect(next.propertyByPostbackKey(property.postbackKey)).toEqual(property);
});

test('the half of a new one that a death left beside it is not read', async () => {
  await snapshotWith().refresh(api.deps.db);
  await writeFile(`${file}.abcdefgh.new`, 'half');
  expect(await snapshotWith().load()).toBe(true);
});

test('where there is none, none is made up', async () => {
  expect(await snapshotWith().load()).toBe(false);
});
