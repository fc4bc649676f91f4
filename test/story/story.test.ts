import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { playAll, type Result } from '../../dev/demo/play.ts';
import { sandboxClient } from '../../dev/sandbox/client.ts';
import { MAIN_PLATFORMS, sandboxDestinations, type SandboxDestination } from '../../dev/sandbox/destinations.ts';
import { startSandbox } from '../../dev/sandbox/server.ts';
import { startStack, type Stack } from '../../dev/stack.ts';
import { openStore } from '../../store/db.ts';

/** The story of the demo with api and worker as the processes that they are, also while one of them is killed. */

const STORY_TIMEOUT_MS = 240_000;
let connection: Connection;
beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress') });
});
afterAll(() => connection.close());

async function tell(destinations: readonly SandboxDestination[], inTheMiddle?: (stack: Stack) => Promise<void>): Promise<{ result: Result; said: string[] }> {
  const name = `story-${randomBytes(4).toString('hex')}`;
  const dataDir = mkdtempSync(join(tmpdir(), `tributary-${name}-`));
  await connection.workflowService.registerNamespace({ namespace: name, workflowExecutionRetentionPeriod: { seconds: 86_400 as never } });
  const sandbox = await startSandbox(0);
  const said: string[] = [];
  const stack = await startStack({
    dataDir, sandboxOrigin: sandbox.origin, restart: true, preference: 'durable', uiPort: null, log: () => {},
    env: {
      MONGODB_URI: inject('mongodbUri'), MONGODB_DATABASE: name.replace('-', '_'), TEMPORAL_ADDRESS: inject('temporalAddress'), TEMPORAL_NAMESPACE: name,
      RESULT_POLL_FIRST_MS: '500', RELAY_INTERVAL_MS: '2000', RELAY_AFTER_MS: '2000', RETRY_FIRST_MS: '300', LOG_LEVEL: 'warn', TRUSTED_PROXIES: '127.0.0.1',
    },
  });
  const store = await openStore(inject('mongodbUri'), stack.mongodbDatabase, 30_000);
  try {
    const result = await playAll({
      stack, store, temporal: new Client({ connection, namespace: name }).workflow, sandbox: sandboxClient(sandbox.origin), destinations, say: (line) => said.push(line),
      ...(inTheMiddle && { inTheMiddle: () => inTheMiddle(stack) }),
    });
    return { result, said };
  } finally {
    await stack.stop();
    await sandbox.close();
    await store.db.dropDatabase();
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Those that recognise a repeated event: after a kill in the middle of a request the others hold it back for a person. */
const main = sandboxDestinations.filter(({ platform }) => MAIN_PLATFORMS.includes(platform));
const AS_TOLD = { conversions: 11, delivered: 34, lost: 0, ok: true };

test('the story comes out as told', { timeout: STORY_TIMEOUT_MS }, async () => {
  const { result, said } = await tell(main);
  expect({ ...result, said }).toMatchObject({ ...AS_TOLD, postbacks: 17, duplicates: 2, retried: 2 });
});

test('the story comes out as told although the worker is killed in the middle of it', { timeout: STORY_TIMEOUT_MS }, async () => {
  const { result, said } = await tell(main, killTwice('worker'));
  expect({ ...result, said }).toMatchObject(AS_TOLD);
});

test('the story comes out as told although the API is killed in the middle of it', { timeout: STORY_TIMEOUT_MS }, async () => {
  const { result, said } = await tell(main, killTwice('api'));
  expect({ ...result, said }).toMatchObject(AS_TOLD);
});

/** SIGKILL as the reports come in, and again when it has just come back. */
const killTwice = (name: 'api' | 'worker') => async (stack: Stack): Promise<void> => {
  for (let kill = 0; kill < 2; kill++) {
    const { pid } = stack[name];
    stack[name].kill('SIGKILL');
    await stack[name].restarted(pid);
  }
};
