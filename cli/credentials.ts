import type { Command } from 'commander';
import { CliError } from './errors.ts';
import { withExamples } from './examples.ts';
import { printLine } from './print.ts';
import { withSession } from './session.ts';

export function addCredentials(program: Command): void {
  const credentials = program.command('credentials').description('The keys that encrypt credentials at rest');

  withExamples(
    credentials.command('new-key').description('Print a new random key for CREDENTIALS_KEY').argument('<keyId>', 'its id, such as 2027'),
    'credentials new-key 2027',
  ).action(async (keyId: string) => {
    const { newKeyText, parseKeys } = await import('../store/secrets.ts');
    const text = newKeyText(keyId);
    parseKeys(text);
    printLine(text);
  });

  withExamples(
    credentials.command('reseal').description('Encrypt every stored secret with the first key of CREDENTIALS_KEY; after it the other keys may go'),
    'credentials reseal',
  ).action(() =>
    withSession(async ({ deps }) => {
      const { resealAll } = await import('../setup/credentials.ts');
      const { resealed, kept, missed } = await resealAll(deps);
      printLine(`${resealed} encrypted anew, ${kept} left as they were.`);
      if (missed) throw new CliError('changed_meanwhile', `${missed} were changed by somebody else at the same time: run it again.`);
    }),
  );
}
