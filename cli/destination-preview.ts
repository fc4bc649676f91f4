import type { Readable, Writable } from 'node:stream';
import type { Command } from 'commander';
import type { PreviewName } from '../destinations/preview/preview.ts';
import { withExamples } from './examples.ts';
import { answerLines } from './json-lines.ts';

/** `tributary destination build|classify|normalise`: JSON lines in, one line out for each. No server, no credentials, nothing sent. */

export async function previewLines(name: PreviewName, input: Readable, output: Writable, log: (message: string) => void): Promise<void> {
  const { preview } = await import('../destinations/preview/preview.ts');
  await answerLines(input, output, log, (line) => preview(name, line, Date.now()));
}

const COMMANDS: { name: PreviewName; description: string; example: string }[] = [
  {
    name: 'build',
    description: 'Show the requests that events would make: JSON lines in on standard input, one line out for each',
    example: `destination build <<< '{"platform":"meta","settings":{"pixelId":"123456789012345"},"events":[{"event":"Lead","eventId":"1","occurredAt":"2026-11-20T10:00:00Z","user":{"email":"jo@example.com"}}],"now":"2026-11-20T10:05:00Z"}'`,
  },
  {
    name: 'classify',
    description: "Show what a platform's answers mean: JSON lines in on standard input, one line out for each",
    example: `destination classify <<< '{"platform":"tiktok","status":200,"body":{"code":40100,"message":"Too many requests"},"events":1}'`,
  },
  {
    name: 'normalise',
    description: 'Show the form and the hash in which a value goes out: JSON lines in on standard input, one line out for each',
    example: `destination normalise <<< '{"platform":"google-ads","field":"email","value":"Jo.Doe+shop@Gmail.com"}'`,
  },
];

/** Registers the commands under `destination`. */
export function addDestinationPreview(program: Command): void {
  const destination = program.commands.find((command) => command.name() === 'destination')!;
  for (const { name, description, example } of COMMANDS) {
    const command = destination
      .command(name)
      .description(description)
      .action(() => previewLines(name, process.stdin, process.stdout, (message) => void process.stderr.write(`${message}\n`)));
    withExamples(command, example);
  }
}
