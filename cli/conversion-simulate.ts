import type { Readable, Writable } from 'node:stream';
import type { Command } from 'commander';
import { withExamples } from './examples.ts';
import { answerLines } from './json-lines.ts';

/** `tributary conversion simulate`: JSON lines in, one line out for each. Stores nothing and needs no server. */
export async function simulateLines(input: Readable, output: Writable, log: (message: string) => void): Promise<void> {
  const { simulate } = await import('../setup/simulation.ts');
  await answerLines(input, output, log, (line) => {
    const result = simulate(line);
    return { text: JSON.stringify(result), isError: 'error' in result };
  });
}

/** Registers the command under `conversion`, which other commands share. */
export function addConversionSimulate(program: Command): void {
  const conversion = program.commands.find((command) => command.name() === 'conversion')
    ?? program.command('conversion').description('Try out what would become of conversions');
  withExamples(
    conversion
      .command('simulate')
      .description('Show what would become of reports: JSON lines in on standard input, one line out for each')
      .action(() => simulateLines(process.stdin, process.stdout, (message) => void process.stderr.write(`${message}\n`))),
    `conversion simulate <<< '{"integration":{"network":"kma"},"destinations":[{"platform":"meta"}],"reports":[{"query":"orderid=1&status=P","receivedAt":"2026-11-20T10:00:00Z"},{"query":"orderid=1&status=A&sum=12.50&currency=USD","receivedAt":"2026-11-21T10:00:00Z"}]}'`,
  );
}
