import { readFile, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/**
 * Who writes in a folder that several API processes share, perhaps from several containers. Each has a file of its own
 * there that it touches; one that stopped, or died, leaves its files to the others. A mistake here costs a repeat, never a
 * record: see the writer's look at its file's name.
 */

const SILENT_AFTER_MS = 60_000;
/** Tells this process from a former one with the same number, as containers have it. */
const STARTED_AT = Math.round(performance.timeOrigin);

interface Owner {
  host: string;
  pid: number;
  startedAt: number;
}

const fileOf = (folder: string, instance: string): string => join(folder, `${instance}.owner`);

/** Says that we are here, again and again. */
export async function sayAlive(folder: string, instance: string): Promise<void> {
  const now = new Date();
  try {
    await utimes(fileOf(folder, instance), now, now);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const owner: Owner = { host: hostname(), pid: process.pid, startedAt: STARTED_AT };
    await writeFile(fileOf(folder, instance), JSON.stringify(owner), { mode: 0o600 });
  }
}

/** Leaves what we wrote to whoever comes. */
export const sayGone = (folder: string, instance: string): Promise<void> =>
  unlink(fileOf(folder, instance)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });

export async function isGone(folder: string, instance: string): Promise<boolean> {
  const file = fileOf(folder, instance);
  try {
    if (Date.now() - (await stat(file)).mtimeMs > SILENT_AFTER_MS) return true;
    return hasEnded(JSON.parse(await readFile(file, 'utf8')) as Owner);
  } catch (error) {
    // Half written: as long as it is fresh, it stands for somebody.
    if (error instanceof SyntaxError) return false;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

function hasEnded({ host, pid, startedAt }: Owner): boolean {
  // Of another machine or container only its silence speaks.
  if (host !== hostname()) return false;
  if (pid === process.pid) return startedAt !== STARTED_AT;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
