import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import type { Command } from 'commander';
import { withExamples } from './examples.ts';

/**
 * `tributary postback parse`: JSON lines in, one line out for each in the same order. Stores nothing and needs no server.
 * A line that cannot be used gives an error line of its own. The networks are loaded when it runs, not with every command.
 */
export async function parseLines(input: Readable, output: Writable, log: (message: string) => void): Promise<void> {
  const { parseDescribed } = await import('../networks/described-call.ts');
  let count = 0;
  let errors = 0;
  const answer = (line: string): string => {
    const result = parseDescribed(line, Date.now());
    count += 1;
    if ('error' in result) errors += 1;
    return `${JSON.stringify(result)}\n`;
  };
  await pipeline(
    input,
    async function* (chunks: AsyncIterable<Buffer | string>) {
      for await (const lines of linesOf(chunks)) yield lines.map(answer).join('');
    },
    output,
  ).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error; // the reader has seen enough: `| head`
  });
  log(`${count} ${count === 1 ? 'line' : 'lines'} read, ${errors} with an error.`);
}

/** The whole lines of each chunk. Not `readline`, which also ends a line at a bare CR and at U+2028, which JSON text may hold. */
async function* linesOf(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.write(chunk))).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield lines;
  }
  rest += decoder.end();
  if (rest !== '') yield [rest];
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
