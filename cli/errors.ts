import { CommanderError } from 'commander';

/** Exit codes: done; a check that failed or an operation that was refused; a command that was not understood. */
export const EXIT = { done: 0, refused: 1, usage: 2 } as const;

/** A refusal of the command line itself. */
export class CliError extends Error {
  readonly code: string;
  readonly exitCode: number;
  constructor(code: string, message: string, exitCode: number = EXIT.refused) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
  }
}

export const usageError = (code: string, message: string): CliError => new CliError(code, message, EXIT.usage);

/** One sentence with a code on standard error, and the exit code. The stack only with DEBUG. */
export function report(error: unknown, write: (text: string) => void, debug: boolean): number {
  if (error instanceof CommanderError) return reportUsage(error, write);
  const { code, message, exitCode } = (error ?? {}) as { code?: unknown; message?: unknown; exitCode?: unknown };
  const known = typeof code === 'string' || typeof code === 'number' ? code : 'unexpected';
  write(`${String(message ?? error)} (${known})\n`);
  if (debug && error instanceof Error) write(`${error.stack ?? ''}\n`);
  return typeof exitCode === 'number' ? exitCode : EXIT.refused;
}

/** Help is an "error" of commander's too. An unknown option is named without its value, which may be a secret. */
function reportUsage(error: CommanderError, write: (text: string) => void): number {
  if (error.exitCode === 0) return EXIT.done;
  const code = error.code.replace('commander.', '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const sentence = error.message.replace(/^error: /, '').replace(/'(-[^'=]*)=[^']*'/g, "'$1'").replace(/\.$/, '');
  if (code !== 'help') write(`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}. (${code})\n`);
  return EXIT.usage;
}
