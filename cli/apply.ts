import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import type { SecretReference } from '../setup/apply-file.ts';
import type { Step } from '../setup/apply.ts';
import { CliError, EXIT } from './errors.ts';
import { withExamples } from './examples.ts';
import { readSecretFile, readText } from './input.ts';
import { printJson, printLine } from './print.ts';
import { withSession } from './session.ts';

const DONE: Record<Step['action'], string> = { create: 'created', change: 'changed', keep: 'unchanged' };
const PLANNED: Record<Step['action'], string> = { create: 'would be created', change: 'would be changed', keep: 'unchanged' };

export function addApply(program: Command): void {
  withExamples(
    program
      .command('apply')
      .description('Bring properties, integrations and destinations to what a YAML file states; deletes nothing, and a second run changes nothing')
      .argument('<file>', 'YAML or JSON; see docs/cli.md')
      .option('--dry-run', 'show what would change, and change nothing')
      .option('--json', 'print JSON'),
    'apply tributary.yaml --dry-run',
    'apply tributary.yaml',
  ).action(async (file: string, options: { dryRun?: boolean; json?: boolean }) => {
    const text = await readText(file);
    await withSession(async ({ deps, send }) => {
      const { planApply } = await import('../setup/apply.ts');
      const applyDeps = { db: deps.db, now: deps.now, send, readSecret: secretReader(dirname(file)), get keys() { return deps.keys; } };
      const steps = await planApply(applyDeps, text);
      const words = options.dryRun ? PLANNED : DONE;
      for (const step of steps) {
        const check = options.dryRun ? null : await step.run();
        if (!options.json) printStep(step, words);
        if (check?.state !== 'failed' && check?.state !== 'unanswered') continue;
        const why = check.state === 'failed' ? 'the check failed' : 'the check got no answer (`tributary destination resume` makes it active)';
        if (!options.json) printLine(`    stays paused, ${why}: ${check.message} (${check.code})`);
        process.exitCode = EXIT.refused;
      }
      if (options.json) return printJson(steps.map(({ action, what, lines }) => ({ action, what, lines })));
      if (steps.every((step) => step.action === 'keep')) printLine('Nothing to change.');
    });
  });
}

function printStep(step: Step, words: Record<Step['action'], string>): void {
  printLine(`${step.what}: ${words[step.action]}`);
  for (const line of step.lines) printLine(`    ${line}`);
}

/** `fromFile` is relative to the file that names it. */
const secretReader = (folder: string) => async (reference: SecretReference): Promise<string> => {
  if ('fromFile' in reference) return readSecretFile(resolve(folder, reference.fromFile));
  const value = process.env[reference.fromEnv];
  if (!value) throw new CliError('secret_missing', `The file takes a secret from the environment variable ${reference.fromEnv}, which is not set.`);
  return value;
};
