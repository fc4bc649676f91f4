import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from './compose.ts';

/** Inside the checkout, where node_modules and package.json are found as in the image. */
const outDir = join(root, '.data', `build-test-${process.pid}`);
const node = (args: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', timeout: 120_000, env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env } });
const built = (): string[] => readdirSync(outDir, { recursive: true, encoding: 'utf8' });

beforeAll(() => {
  const { status, stdout, stderr } = node(['--import', 'tsx', 'dev/build.ts', outDir]);
  if (status !== 0) throw new Error(`The build failed.\n${stdout}${stderr}`);
}, 180_000);
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

describe('npm run build', () => {
  test('leaves the two processes, the command, the health check and the workflow bundle', () => {
    for (const file of ['api/main.js', 'worker/main.js', 'cli/main.js', 'deploy/health.js', 'workflow-bundle.js']) {
      expect(statSync(join(outDir, file)).size, file).toBeGreaterThan(0);
    }
  });

  test('leaves no tests, no development stack and no TypeScript behind', () => {
    expect(built().filter((file) => /^(test|bench|node_modules)\b|\.ts$/.test(file))).toEqual([]);
  });

  test('leaves no import of a TypeScript file', () => {
    const scripts = built().filter((file) => file.endsWith('.js') && file !== 'workflow-bundle.js');
    const wrong = scripts.filter((file) => /(?:from|import)\s*\(?\s*['"]\.{1,2}\/[^'"]*\.ts['"]/.test(readFileSync(join(outDir, file), 'utf8')));
    expect(wrong).toEqual([]);
  });

  test.each(['api', 'worker'])('makes an %s that starts on plain Node and refuses a wrong setting with a sentence', (name) => {
    const { status, stdout, stderr } = node([join(outDir, name, 'main.js')], { SHUTDOWN_GRACE_MS: 'soon' });
    expect(status).not.toBe(0);
    expect(stdout + stderr).toContain('SHUTDOWN_GRACE_MS must be a whole number of ms.');
  });

  test('makes a command that starts on plain Node', () => {
    expect(node([join(outDir, 'cli/main.js'), '--help']).status).toBe(0);
  });

  test('makes a health check that fails, with a reason, where nothing answers', () => {
    for (const name of ['api', 'worker']) {
      const { status, stderr } = node([join(outDir, 'deploy/health.js'), name], { API_PORT: '1', TEMPORAL_ADDRESS: '127.0.0.1:1' });
      expect(status, name).toBe(1);
      expect(stderr.trim(), name).not.toBe('');
    }
  });
});
