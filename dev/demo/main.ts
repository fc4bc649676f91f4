import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { openStore } from '../../store/db.ts';
import { startNodeProcess } from '../node-process.ts';
import { sandboxClient } from '../sandbox/client.ts';
import { sandboxDestinations } from '../sandbox/destinations.ts';
import { startStack, type Stack } from '../stack.ts';
import { untilStopped } from '../until-stopped.ts';
import { playAll, type Result } from './play.ts';

/**
 * `npm run demo`: the whole product on this machine against sandbox platforms, on data that is thrown away; plays the story and
 * stays up. `--once` ends after the story, with 0 only if everything came out as told. `--json` adds one line of JSON.
 */

const once = process.argv.includes('--once');
const json = process.argv.includes('--json');
const USAGE = `Usage: npm run demo [-- [--once] [--json]]
  --once  end after the story, with 0 only if everything came out as told
  --json  print the result as one more line, of JSON`;
if (process.argv.includes('--help')) {
  console.log(USAGE);
  process.exit(0);
}
const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Demo {
  stack: Stack;
  sandboxOrigin: string;
  stop(): Promise<void>;
}

/** Waits that are minutes or hours in earnest are a second here; nothing else differs from `npm start`. */
/** The visitors' addresses come in a header, since all of them sit on this machine. */
const ENVIRONMENT = { TRUSTED_PROXIES: '127.0.0.1', RESULT_POLL_FIRST_MS: '1000', RELAY_INTERVAL_MS: '5000', RELAY_AFTER_MS: '5000', RETRY_FIRST_MS: '500', LOG_LEVEL: process.env.LOG_LEVEL ?? 'info' };

async function start(): Promise<Demo> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tributary-demo-'));
  const removeData = (): void => rmSync(dataDir, { recursive: true, force: true });
  const sandbox = await startNodeProcess({
    name: 'sandbox', entry: new URL('../sandbox/main.ts', import.meta.url).pathname, env: () => ({ ...process.env, SANDBOX_PORT: '0' }),
    logFile: join(dataDir, 'logs', 'sandbox.log'), restart: false, log: say, onStart: () => {},
  });
  const sandboxOrigin = `http://127.0.0.1:${Number(sandbox.ready.port)}`;
  say(`Sandbox of the ad platforms on ${sandboxOrigin}.`);
  try {
    const stack = await startStack({ dataDir, sandboxOrigin, env: ENVIRONMENT, restart: true, preference: 'fast-start', synchronous: 'OFF', uiPort: undefined, log: say });
    const stop = async (): Promise<void> => {
      await stack.stop();
      await sandbox.stop();
      removeData();
    };
    return { stack, sandboxOrigin, stop };
  } catch (error) {
    await sandbox.stop();
    removeData();
    throw error;
  }
}

async function play({ stack, sandboxOrigin }: Demo): Promise<Result> {
  const store = await openStore(stack.mongodbUri, stack.mongodbDatabase, 30_000);
  const connection = await Connection.connect({ address: stack.temporalAddress });
  try {
    return await playAll({ stack, store, temporal: new Client({ connection }).workflow, sandbox: sandboxClient(sandboxOrigin), destinations: sandboxDestinations, say, links: !once });
  } finally {
    await connection.close();
    await store.close();
  }
}

async function started(demo: Demo): Promise<void> {
  const result = await play(demo);
  if (json) say(JSON.stringify(result));
  if (once) {
    await demo.stop();
    process.exit(result.ok ? 0 : 1);
  }
  say('Ctrl-C stops everything and throws the data away.');
}

await untilStopped(start, started);
