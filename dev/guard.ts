import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

let reaper: ChildProcess | null = null;

/** From now on the process group `pid` does not outlive this process, however this process ends (dev/reaper.mjs). */
export const guard = (pid: number): void => tell(`+${pid}`);

/** `pid` ended by itself: its number may come to mean another process. */
export const release = (pid: number): void => tell(`-${pid}`);

/** One reaper for each launcher; nothing here keeps the launcher running. */
function tell(line: string): void {
  if (!reaper) {
    reaper = spawn(process.execPath, [fileURLToPath(new URL('reaper.mjs', import.meta.url))], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    reaper.unref();
    (reaper.stdin as Socket).unref();
    reaper.stdin?.on('error', () => {
      reaper = null; // somebody killed it: the next child gets a new one
    });
  }
  reaper.stdin?.write(`${line}\n`);
}
