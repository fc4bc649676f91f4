import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where servers that were fetched once are kept, for every checkout of this user. */
export const cacheDir = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tributary');

/**
 * The folder of `entry` in the cache, made by `make` if it is not there. `make` fills a folder of its own, which is then
 * renamed: a broken download is never found later, and of two that fetch at once one wins and both have it.
 */
export async function cached(entry: string, make: (dir: string) => Promise<void>): Promise<string> {
  const target = join(cacheDir(), entry);
  if (existsSync(target)) return target;
  await mkdir(cacheDir(), { recursive: true });
  const temporary = await mkdtemp(join(cacheDir(), `.${entry}-`));
  try {
    await make(temporary);
    await rename(temporary, target).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return target;
}

/** Whether `host` takes connections: name and connection within one short budget, so that a closed network costs under a second. */
export function reachable(host: string, timeoutMs = 900): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host, port: 443 });
    const end = (answer: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      done(answer);
    };
    const timer = setTimeout(end, timeoutMs, false);
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
