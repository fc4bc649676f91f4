import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'tributary-clone-'));
  for (const folder of ['bin', 'dev']) mkdirSync(join(clone, folder));
  cpSync(join(root, 'dev/bootstrap.mjs'), join(clone, 'dev/bootstrap.mjs'));
  writeFileSync(join(clone, 'package-lock.json'), '{}');
  writeFileSync(join(clone, 'dev/entry.ts'), 'console.log("entry", process.argv.slice(2).join(" ") satisfies string);');
  writeFileSync(join(clone, 'package.json'), '{"type":"module"}');
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

/** An npm that does what `script` says, first on PATH. */
function npm(script: string): void {
  writeFileSync(join(clone, 'bin/npm'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(clone, 'bin/npm'), 0o755);
}

const run = (...args: string[]) =>
  spawnSync(process.execPath, ['dev/bootstrap.mjs', ...args], {
    cwd: clone, encoding: 'utf8', env: { ...process.env, PATH: [join(clone, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter) },
  });

test('a fresh clone installs its packages once and runs the entry with its arguments', () => {
  npm(`mkdir -p node_modules && ln -sfn ${join(root, 'node_modules/tsx')} node_modules/tsx; echo "added 1 package"`);
  const first = run('dev/entry.ts', 'a', 'b');
  expect(first.stdout).toMatch(/^Installing packages .*\nentry a b\n$/);
  expect(run('dev/entry.ts', 'c').stdout).toBe('entry c\n');
  writeFileSync(join(clone, 'package-lock.json'), '{"changed":true}');
  expect(run('dev/entry.ts').stdout).toMatch(/^Installing packages/);
});

test('without a registry it ends with npm\'s own words and one sentence', () => {
  npm('echo "npm error network request failed" >&2; exit 1');
  const { status, stderr } = run('dev/entry.ts');
  expect(status).toBe(1);
  expect(stderr).toBe('npm error network request failed\nnpm could not install the packages: this needs access to a package registry once. Its own words are above.\n');
});
