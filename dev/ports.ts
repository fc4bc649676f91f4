import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { LaunchError } from './launch-error.ts';

/** Listens on `port` of the loopback address for a moment; resolves to the port, or null if it is taken. */
function tryPort(port: number): Promise<number | null> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? done(null) : failed(error)));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : port));
    });
  });
}

export const portTaken = async (port: number): Promise<boolean> => (await tryPort(port)) === null;

/**
 * Throws one sentence if `port` is taken: for ports that a person asked for, by `setting`. `waitMs` is for a start right
 * after a crash, while what was left of the last run is still being ended.
 */
export async function assertPortFree(port: number, what: string, setting: string, waitMs = 0): Promise<void> {
  const until = Date.now() + waitMs;
  while (await portTaken(port)) {
    if (Date.now() >= until) {
      throw new LaunchError(`Port ${port}, wanted for ${what}, is taken by another program: end that, or choose another port with ${setting}.`);
    }
    await sleep(100);
  }
}

/**
 * Runs `start` on the wanted port, or on free ones of ours. Between finding a free port and listening on it another
 * program may take it: then the next one is tried.
 */
export async function onPort<T>(wanted: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  if (wanted) return start(wanted);
  for (let triesLeft = 3; ; triesLeft -= 1) {
    const port = (await tryPort(0)) ?? 0;
    try {
      return await start(port);
    } catch (error) {
      if (triesLeft <= 1 || !(await portTaken(port))) throw error;
    }
  }
}
