import type { Readable, Writable } from 'node:stream';
import type { Command } from 'commander';
import { withExamples } from './examples.ts';
import { answerLines } from './json-lines.ts';

/**
 * `tributary postback parse`: JSON lines in, one line out for each in the same order. Stores nothing and needs no server.
 * A line that cannot be used gives an error line of its own. The networks are loaded when it runs, not with every command.
 */
export async function parseLines(input: Readable, output: Writable, log: (message: string) => void): Promise<void> {
  const { parseDescribed } = await import('../networks/described-call.ts');
  await answerLines(input, output, log, (line) => {
    const result = parseDescribed(line, Date.now());
    return { text: JSON.stringify(result), isError: 'error' in result };
  });
}

/** Registers the command under `postback`, which other commands share. */
export function addPostbackParse(program: Command): void {
  const postback = program.commands.find((command) => command.name() === 'postback')
    ?? program.command('postback').description('Look at postbacks');
  const parse = postback
    .command('parse')
    .description('Show what would be understood of postbacks: JSON lines in on standard input, one line out for each')
    .action(() => parseLines(process.stdin, process.stdout, (message) => void process.stderr.write(`${message}\n`)));
  withExamples(parse, `postback parse <<< '{"network":"kma","query":"orderid=1&status=A&sum=12.50&currency=USD"}'`);
}
