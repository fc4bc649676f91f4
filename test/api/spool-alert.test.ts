import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Away } from '../../api/gate.ts';
import { createSpoolAlert } from '../../api/spool-alert.ts';
import type { AlertDoc } from '../../store/alerts.ts';
import type { Store } from '../../store/db.ts';
import { openTestStore } from '../harness.ts';

let store: Store;
beforeAll(async () => void (store = await openTestStore()));
afterAll(() => store.close());
beforeEach(async () => void (await store.db.collection('alerts').deleteMany({})));

const raised = () => store.db.collection<AlertDoc>('alerts').find({}).sort({ _id: 1 }).toArray();
const state = { records: 0, bytes: 0, stuck: 0 };
const fill = (records: number) => void Object.assign(state, { records, bytes: records * 100 });
const lines: string[] = [];
const log = pino({ level: 'error' }, { write: (line) => void lines.push(line) });
let away = false;
const clock = { ms: Date.parse('2026-11-25T10:00:00Z') };
const alertOver = ({ db }: Pick<Store, 'db'>) => createSpoolAlert({
  db, log, now: () => new Date(clock.ms), spool: { state: () => ({ ...state }) as never },
  gates: { mongodb: { run: (call) => (away ? Promise.reject(new Away('no answer')) : call()) } },
});

test('a spool that was filled and emptied between two passes raises one alert, and another one the next time', async () => {
  const alert = alertOver(store);
  const pass = async (after: number) => {
    alert.look();
    fill(after);
    await alert.tell();
    clock.ms += 60_000;
  };
  fill(0);
  await pass(0);
  expect(await raised()).toEqual([]);
  fill(7);
  await pass(3);
  await pass(0);
  await pass(0);
  expect(await raised()).toMatchObject([{ kind: 'spool_in_use', level: 'error', sentence: expect.stringContaining('7 postbacks (700 bytes)') }]);
  fill(1);
  await pass(0);
  expect(await raised()).toHaveLength(2);
  expect(lines.filter((line) => line.includes('"spool in use"'))).toHaveLength(2);
});

test('while MongoDB is away the alert is kept, with all that came meanwhile, and raised once when it is back', async () => {
  away = true;
  const alert = alertOver(store);
  for (const records of [5, 12, 0]) {
    fill(records);
    await alert.tell();
  }
  expect(await raised()).toEqual([]);
  away = false;
  await alert.tell();
  await alert.tell();
  expect(await raised()).toMatchObject([{ kind: 'spool_in_use', sentence: expect.stringContaining('12 postbacks') }]);
});
