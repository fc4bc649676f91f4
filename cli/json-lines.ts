import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';

/** JSON lines in, one line out for each in the same order: what commands that need no server speak. */

export interface LineAnswer {
  /** One line of JSON. */
  text: string;
  /** Whether it says that the line could not be used. */
  isError: boolean;
}

/** Answers line by line until the input ends, then says to `log` how many there were. A reader that has seen enough (`| head`) ends it without an error. */
export async function answerLines(input: Readable, output: Writable, log: (message: string) => void, answer: (line: string) => LineAnswer): Promise<void> {
  let count = 0;
  let errors = 0;
  const answered = (line: string): string => {
    const { text, isError } = answer(line);
    count += 1;
    if (isError) errors += 1;
    return `${text}\n`;
  };
  await pipeline(
    input,
    async function* (chunks: AsyncIterable<Buffer | string>) {
      for await (const lines of linesOf(chunks)) yield lines.map(answered).join('');
    },
    output,
  ).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
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
