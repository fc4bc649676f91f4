import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configurationPageIsCurrent } from './configuration-doc.ts';
import { destinationsPageIsCurrent } from './destinations-doc.ts';

/** `npm run check`: what can be known without running the product. One line a step; the words of a step only where it fails. */

interface Result {
  ok: boolean;
  output: string;
}
interface Step {
  title: string;
  run(): Promise<Result>;
}

const root = fileURLToPath(new URL('..', import.meta.url));

const steps: Step[] = [
  { title: 'types', run: () => program('tsc', ['--noEmit']) },
  { title: 'lint and import directions', run: () => program('oxlint', ['--deny-warnings', '-f', 'unix', '.']) },
  { title: 'dead code and unused dependencies', run: () => program('knip', ['--no-progress', '--no-config-hints']) },
  {
    title: 'docs/configuration.md',
    run: async () => ({ ok: configurationPageIsCurrent(), output: 'It is not what config.ts says: run `npm run docs`.' }),
  },
  {
    title: 'docs/destinations/README.md',
    run: async () => ({ ok: destinationsPageIsCurrent(), output: 'It is not what destinations/ says: run `npm run docs`.' }),
  },
];

/** Runs a program of an installed package. */
function program(name: string, args: string[]): Promise<Result> {
  return new Promise((done) => {
    const child = spawn(join(root, 'node_modules', '.bin', name), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => done({ ok: code === 0, output }));
  });
}

const results = await Promise.all(steps.map(async (step) => ({ step, ...(await step.run()) })));
for (const { step, ok, output } of results) {
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${step.title}`);
  if (!ok) console.log(`${output.trim()}\n`);
}
process.exit(results.every((result) => result.ok) ? 0 : 1);
