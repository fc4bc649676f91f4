import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export interface CommandResult {
  ok: boolean;
  /** Standard output and error, for reasons. */
  output: string;
}

/** Runs a command to its end. A command that is not there or does not end in time is not ok. */
export const runCommand = (command: string, args: string[], timeoutMs: number): Promise<CommandResult> =>
  new Promise((done) => {
    execFile(command, args, { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      done({ ok: !error, output: `${stdout}${stderr}${error && !stderr ? error.message : ''}`.trim() });
    });
  });

export const executable = (file: string): Promise<boolean> => access(file, constants.X_OK).then(() => true, () => false);

/** The first program of that name on PATH, or null. */
export async function onPath(program: string): Promise<string | null> {
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const file = join(folder, program);
    if (await executable(file)) return file;
  }
  return null;
}
