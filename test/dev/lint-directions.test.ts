import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Which folders a folder may import; all others are errors. Design, section 3. */
const folders = ['activities', 'api', 'cli', 'contracts', 'destinations', 'dev', 'domain', 'networks', 'setup', 'store', 'worker', 'workflows'];
const allowed: Record<string, string[]> = {
  domain: [],
  contracts: ['domain'],
  networks: ['domain'],
  destinations: ['domain'],
  store: ['domain'],
  setup: ['store', 'networks', 'destinations', 'domain'],
  activities: ['store', 'destinations', 'networks', 'domain', 'contracts'],
  api: ['contracts', 'store', 'networks', 'domain', 'setup'],
  workflows: ['contracts', 'domain'],
};

const sample = (from: string, to: string): string => join(from, 'deep', `to-${to}.ts`);
const others: [file: string, code: string, wrong: boolean][] = [
  ['workflows/types.ts', "import type { Activities } from '../activities/create.ts';\nexport type A = Activities;\n", false],
  ['workflows/zod.ts', "import { z } from 'zod';\nexport const schema = z.string();\n", true],
  ['workflows/node.ts', "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n", true],
  ['workflows/config.ts', "import { settings } from '../config.ts';\nexport const all = settings;\n", true],
  ['domain/config.ts', "import { settings } from '../config.ts';\nexport const all = settings;\n", true],
  ['activities/config.ts', "import { settings } from '../config.ts';\nexport const all = settings;\n", false],
  ['domain/dynamic.ts', "export const load = () => import('../store/db.ts');\n", true],
  ['domain/again.ts', "export { openStore } from '../store/db.ts';\n", true],
  ['dev/sandbox/platform.ts', "import { meta } from '../../destinations/meta/index.ts';\nexport const platform = meta;\n", true],
  ['api/default.ts', 'export default 1;\n', true],
];

let dir: string;
let wrongFiles: Set<string>;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tributary-lint-'));
  cpSync(join(root, '.oxlintrc.json'), join(dir, '.oxlintrc.json'));
  const write = (file: string, code: string): void => {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), code);
  };
  for (const from of Object.keys(allowed)) {
    for (const to of folders) if (to !== from) write(sample(from, to), `import { thing } from '../../${to}/thing.ts';\nexport const used = thing;\n`);
  }
  for (const [file, code] of others) write(file, code);
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/oxlint'), ['-f', 'unix', '.'], { cwd: dir, encoding: 'utf8' });
  wrongFiles = new Set(stdout.split('\n').map((line) => line.split(':')[0] ?? '').filter((file) => file.endsWith('.ts')));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test.each(Object.entries(allowed))('%s imports only %j of ours', (from, may) => {
  const refused = folders.filter((to) => wrongFiles.has(sample(from, to)));
  expect(refused).toEqual(folders.filter((to) => to !== from && !may.includes(to)));
});

test.each(others)('%s is judged', (file, _code, wrong) => {
  expect(wrongFiles.has(file)).toBe(wrong);
});
