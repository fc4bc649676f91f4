import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assertPortFree, onPort } from '../../dev/ports.ts';

let taken: ReturnType<typeof createServer>;
let port: number;
beforeEach(async () => {
  taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  port = (taken.address() as AddressInfo).port;
});
afterEach(() => void taken.close());

test('a wanted port that is taken is one sentence with the port and the setting that changes it', async () => {
  await expect(assertPortFree(port, 'the API', 'API_PORT')).rejects.toThrow(
    `Port ${port}, wanted for the API, is taken by another program: end that, or choose another port with API_PORT.`,
  );
});

test('a wanted port that gets free while the last run ends is waited for', async () => {
  setTimeout(() => taken.close(), 200);
  await assertPortFree(port, 'the API', 'API_PORT', 5000);
});

test('a free port that another program takes first is given up for the next one', async () => {
  const tried: number[] = [];
  const answer = await onPort(undefined, async (each) => {
    tried.push(each);
    if (tried.length > 1) return 'up';
    taken.close();
    taken = createServer().listen(each, '127.0.0.1');
    await once(taken, 'listening');
    throw new Error('address in use');
  });
  expect(answer).toBe('up');
  expect(new Set(tried).size).toBe(2);
});

test('a start that failed for another reason than its port is not tried again', async () => {
  let starts = 0;
  const failing = async (): Promise<never> => {
    starts += 1;
    throw new Error('no such file');
  };
  await expect(onPort(undefined, failing)).rejects.toThrow('no such file');
  expect(starts).toBe(1);
});
