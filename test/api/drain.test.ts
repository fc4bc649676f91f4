import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDrain, type Handled } from '../../api/spool/drain.ts';
import { openSpool, type Spool } from '../../api/spool/spool.ts';

/** Which records stay, which go, and that none holds up the others. */

const log = pino({ level: 'silent' });
let folder: string;
let spool: Spool;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-drain-'));
  spool = await openSpool({ folder, maxBytes: 1_000_000, log });
});
afterEach(async () => {
  await spool.close();
  await rm(folder, { recursive: true, force: true });
});

function drainInto(answer: (text: string) => Handled) {
  const handled: string[] = [];
  const handle = async ({ text }: { text: string }): Promise<Handled> => {
    const result = answer(text);
    if (result === 'done') handled.push(text);
    return result;
  };
  return { handled, drain: createDrain({ spool, handle, log }) };
}
const append = async (...texts: string[]) => {
  for (const text of texts) await spool.append('postback', text);
  await spool.files(); // a file of their own
};
const fault = (): Handled => {
  throw new Error('refused');
};

test('everything is handled once and then gone', async () => {
  await append('a', 'b');
  await append('c');
  const { handled, drain } = drainInto(() => 'done');
  await drain.pass();
  await drain.pass();
  expect([handled, spool.state()]).toEqual([['a', 'b', 'c'], { records: 0, bytes: 0, stuck: 0 }]);
});

test('while nobody takes anything all stays; then it goes on where it was stopped', async () => {
  const texts = Array.from({ length: 40 }, (_, n) => String(n));
  await append(...texts);
  let room = 20;
  const { handled, drain } = drainInto(() => (room-- > 0 ? 'done' : 'away'));
  await drain.pass();
  expect([handled.length, spool.state().records]).toEqual([20, 40]);
  room = 100;
  await drain.pass();
  expect([handled.sort(), spool.state().records]).toEqual([texts.sort(), 0]);
});

test.each([['hopeless', () => 'hopeless' as const], ['refused by the store alone', fault]])('a record that is %s is passed by, kept and shown', async (_, answer) => {
  await append('poison', 'a');
  await append('b');
  let mended = false;
  const judge = (text: string): Handled => (text === 'poison' && !mended ? answer() : 'done');
  const { handled, drain } = drainInto(judge);
  await drain.pass();
  expect([handled, spool.state().records, spool.state().stuck]).toEqual([['a', 'b'], 1, 1]);
  mended = true;
  // The next process tries it again at once.
  await spool.close();
  spool = await openSpool({ folder, maxBytes: 1_000_000, log });
  const again = drainInto(judge);
  await again.drain.pass();
  expect([again.handled, spool.state()]).toEqual([['poison'], { records: 0, bytes: 0, stuck: 0 }]);
});

test('one that fails first and alone in its file holds up no other file', async () => {
  await append('poison');
  await append('a');
  const { handled, drain } = drainInto((text) => (text === 'poison' ? fault() : 'done'));
  await drain.pass();
  expect([handled, spool.state().stuck]).toEqual([['a'], 1]);
});

test('a store that refuses everything makes no record stuck', async () => {
  await append(...Array.from({ length: 100 }, (_, n) => String(n)));
  let tries = 0;
  const { drain } = drainInto(() => {
    tries += 1;
    return fault();
  });
  await drain.pass();
  expect(spool.state()).toMatchObject({ records: 100, stuck: 0 });
  expect(tries).toBeLessThan(100);
});
