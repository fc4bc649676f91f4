import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeRecords, encodeRecord } from '../../api/spool/record.ts';
import { openSpool, type Spool } from '../../api/spool/spool.ts';

/** The spool on a real disk: what was acknowledged is read again, and nothing else. */

const log = pino({ level: 'silent' });
let root: string;
let folder: string;
const opened: Spool[] = [];
const spoolOn = async (maxBytes = 1_000_000, where = folder): Promise<Spool> => {
  const spool = await openSpool({ folder: where, maxBytes, log });
  opened.push(spool);
  return spool;
};
const textsIn = async (spool: Spool): Promise<string[]> => {
  const texts: string[] = [];
  for (const file of await spool.files()) texts.push(...(await spool.read(file)).records.map(({ text }) => text));
  return texts.sort();
};
const segments = async (ending = 'seg'): Promise<string[]> => (await readdir(folder)).filter((name) => name.endsWith(`.${ending}`));

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tributary-spool-'));
  folder = join(root, 'a', 'spool');
});
afterEach(async () => {
  for (const spool of opened.splice(0)) await spool.close().catch(() => undefined);
  await rm(root, { recursive: true, force: true });
});

test('wherever the last record is cut off, those before it are whole and it is dropped', () => {
  const first = encodeRecord('postback', 'first');
  const both = Buffer.concat([first, encodeRecord('call', 'sécond')]);
  for (let length = first.length; length < both.length; length += 1) {
    const { records, tornBytes, damagedBytes } = decodeRecords(both.subarray(0, length));
    expect([records.map(({ text }) => text), tornBytes, damagedBytes]).toEqual([['first'], length - first.length, 0]);
  }
  expect(decodeRecords(both).records.map(({ kind, text }) => [kind, text])).toEqual([['postback', 'first'], ['call', 'sécond']]);
});

test('a bit that tips anywhere in a record costs that record, never another one, and is seen', () => {
  const parts = ['one', 'two', 'three'].map((text) => encodeRecord('postback', text));
  for (let at = 0; at < parts[1]!.length; at += 1) {
    const bytes = Buffer.concat(parts);
    bytes[parts[0]!.length + at]! ^= 1;
    const { records, damagedBytes } = decodeRecords(bytes);
    expect([records.map(({ text }) => text), damagedBytes]).toEqual([['one', 'three'], parts[1]!.length]);
  }
  const bytes = Buffer.concat(parts);
  bytes[bytes.length - 1]! ^= 1;
  expect(decodeRecords(bytes)).toMatchObject({ records: [{ text: 'one' }, { text: 'two' }], tornBytes: 0, damagedBytes: parts[2]!.length });
});

test('what was acknowledged is there for the next process, after a half-written record, too', async () => {
  const dead = await spoolOn();
  await Promise.all(Array.from({ length: 50 }, (_, n) => dead.append('postback', `r${String(n).padStart(2, '0')}`)));
  expect(dead.state()).toMatchObject({ records: 50, stuck: 0 });
  await dead.close();
  const [name] = await segments();
  const file = join(folder, name!);
  await writeFile(file, encodeRecord('postback', 'half').subarray(0, 30), { flag: 'a' });
  const next = await spoolOn();
  expect(next.state().records).toBe(50);
  expect(await textsIn(next)).toEqual(Array.from({ length: 50 }, (_, n) => `r${String(n).padStart(2, '0')}`));
  await next.append('postback', 'later');
  expect((await textsIn(next)).includes('later')).toBe(true);
});

test('a file that lost a part in its middle is handled as far as it can be read, kept, and shown', async () => {
  const dead = await spoolOn();
  for (const text of ['a', 'b', 'c']) await dead.append('postback', text);
  await dead.close();
  const file = join(folder, (await segments())[0]!);
  const bytes = await readFile(file);
  bytes[encodeRecord('postback', 'a').length + 30]! ^= 0xff;
  await truncate(file);
  await writeFile(file, bytes);
  const spool = await spoolOn();
  const [found] = await spool.files();
  const records = await spool.read(found!);
  expect(records.records.map(({ text }) => text)).toEqual(['a', 'c']);
  await spool.finish(found!, records);
  expect([await spool.files(), await segments('damaged'), spool.state().stuck]).toEqual([[], [expect.any(String)], 1]);
});

test('over its bound it is full, for checked reports later than for calls that nobody could check; draining makes room', async () => {
  const size = encodeRecord('postback', 'x'.repeat(100)).length;
  const spool = await spoolOn(size * 4);
  const append = (kind: 'postback' | 'call') => spool.append(kind, 'x'.repeat(100)).then(() => 'taken', (error: { code: string }) => error.code);
  expect(await Promise.all([append('call'), append('call'), append('call')])).toEqual(['taken', 'taken', 'spool_full']);
  expect(await Promise.all([append('postback'), append('postback'), append('postback')])).toEqual(['taken', 'taken', 'spool_full']);
  expect([await spool.takes(), spool.state()]).toEqual([false, { records: 4, bytes: size * 4, stuck: 0 }]);
  for (const file of await spool.files()) await spool.finish(file, await spool.read(file));
  expect([await append('postback'), await spool.takes(), spool.state().records]).toEqual(['taken', true, 1]);
  expect(await segments()).toHaveLength(1);
});

test('a disk that refuses is said, and used again once it takes writes', async () => {
  await writeFile(join(root, 'a'), 'a file where a folder should be');
  const spool = await spoolOn();
  await expect(spool.append('postback', 'x')).rejects.toMatchObject({ code: 'spool_refused' });
  expect(await spool.takes()).toBe(false);
  await rm(join(root, 'a'));
  expect(await spool.takes()).toBe(true);
  await spool.append('postback', 'y');
  expect(await textsIn(spool)).toEqual(['y']);
});

test('two processes on one folder leave each other alone while they live; who ends leaves its records to one of the others', async () => {
  const [one, two, three] = [await spoolOn(), await spoolOn(), await spoolOn()];
  await one.append('postback', 'one');
  await two.append('postback', 'two');
  expect([await textsIn(one), await textsIn(two)]).toEqual([['one'], ['two']]);
  await one.append('postback', 'more');
  await one.close();
  const [seenByTwo, seenByThree] = await Promise.all([textsIn(two), textsIn(three)]);
  expect([...seenByTwo, ...seenByThree].sort()).toEqual(['more', 'one', 'two']);
});

test('a record that is written while another process takes its file over is written once more', async () => {
  const spool = await spoolOn();
  await spool.append('postback', 'before');
  const [name] = await segments();
  await mkdir(join(root, 'taken'));
  await rename(join(folder, name!), join(root, 'taken', name!));
  await spool.append('postback', 'after');
  expect(await textsIn(spool)).toEqual(['after']);
});

test('what is listed to drain is not written to any more, however the appends fall', async () => {
  // Another process with many files makes the look at the folder take its time.
  await spoolOn();
  const [other] = await segments('owner');
  for (let n = 10; n < 210; n += 1) await writeFile(join(folder, `${Date.now()}-${other!.replace('.owner', '')}-${n}.seg`), '');
  const spool = await spoolOn();
  const sizes = (files: { path: string }[]) => Promise.all(files.map(async ({ path }) => (await stat(path)).size));
  let written = 0;
  let writing = true;
  const writers = Array.from({ length: 8 }, async () => {
    for (; writing; written += 1) await spool.append('postback', 'x');
  });
  let seen = 0;
  for (let round = 0; round < 20; round += 1) {
    const files = await spool.files();
    const before = await sizes(files);
    const until = written + 16;
    while (written < until) await new Promise((resolve) => setImmediate(resolve));
    expect(await sizes(files)).toEqual(before);
    for (const file of files) {
      const found = await spool.read(file);
      seen += found.records.length;
      await spool.finish(file, found);
    }
  }
  writing = false;
  await Promise.all(writers);
  expect(seen + (await textsIn(spool)).length).toBe(written);
});
