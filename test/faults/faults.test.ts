import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { FaultsResult } from '../../dev/faults/run.ts';

/** The short form of `npm run faults`. A failing seed, printed with what it found, belongs here as a test of its own. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const TIMEOUT_MS = 400_000;

function faults(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['dev/bootstrap.mjs', 'dev/faults/main.ts', ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  return new Promise((done) => child.on('close', (code) => done({ code, stdout, stderr })));
}

test('nothing is lost, repeated, undue, wrong or stuck while processes are killed and cut off', { timeout: TIMEOUT_MS }, async () => {
  const { code, stdout, stderr } = await faults('--short', '--json');
  const result = JSON.parse(stdout) as FaultsResult;
  expect({ ...result, code }, stderr).toMatchObject({ lost: 0, acceptedTwice: 0, undue: 0, wrongStatus: 0, stuck: 0, ok: true, code: 0 });
  expect(result.accepted).toBe(result.events);
  expect(result.events, 'traffic flowed').toBeGreaterThan(50);
});

test('an argument that is none is refused with the usage', { timeout: 60_000 }, async () => {
  const { code, stderr } = await faults('--only', 'no-such-round');
  expect(code).toBe(2);
  expect(stderr).toContain('There is no round no-such-round.');
});
