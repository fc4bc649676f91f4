import { MongoNetworkError, MongoServerError } from 'mongodb';
import { expect, test } from 'vitest';
import { Away, createGate, isMongodbAway } from '../../api/gate.ts';

/** An outage costs one caller in a while its patience, not each of them. */

const gateWith = (pauseMs: number, deadlineMs = 10_000) => createGate({ deadlineMs, pauseMs, isAway: isMongodbAway });
const fail = (error: Error) => () => Promise.reject(error);
const never = () => new Promise<never>(() => undefined);

test('after a call that found the server away the next ones fail at once', async () => {
  const gate = gateWith(60_000);
  await expect(gate.run(fail(new MongoNetworkError('gone')))).rejects.toBeInstanceOf(Away);
  let asked = false;
  await expect(gate.run(async () => (asked = true))).rejects.toThrow('gone');
  expect(asked).toBe(false);
});

test('after the pause one is let through and the others are not; when it succeeds all are', async () => {
  const gate = gateWith(0);
  await expect(gate.run(fail(new MongoNetworkError('gone')))).rejects.toBeInstanceOf(Away);
  let answer: (text: string) => void = () => {};
  const probe = gate.run(() => new Promise<string>((resolve) => (answer = resolve)));
  await expect(gate.run(async () => 'other')).rejects.toBeInstanceOf(Away);
  answer('there');
  expect(await probe).toBe('there');
  expect(await gate.run(async () => 'other')).toBe('other');
});

test('a call that hangs is given up at the deadline and counts as away', async () => {
  await expect(gateWith(60_000, 20).run(never)).rejects.toThrow('No answer within 20 ms.');
});

test('a refusal of one operation is thrown as it came and shuts nothing', async () => {
  const gate = gateWith(60_000);
  const refusal = new MongoServerError({ code: 121, message: 'Document failed validation' });
  await expect(gate.run(fail(refusal))).rejects.toBe(refusal);
  expect(await gate.run(async () => 1)).toBe(1);
  expect(isMongodbAway(new MongoServerError({ code: 10_107, message: 'not primary' }))).toBe(true);
});
