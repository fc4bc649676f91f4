import { ConfigError } from '../config.ts';
import { LaunchError } from './launch-error.ts';

interface Stoppable {
  stop(): Promise<void>;
}

const INTERRUPTED = 130;

/**
 * The life of a launcher: start, say so, stay until a signal, stop in order. A signal during the start, or a second one
 * while stopping, ends this process at once, and the reaper ends its children. What the person can mend is printed as a sentence.
 */
export async function untilStopped<T extends Stoppable>(start: () => Promise<T>, started: (running: T) => Promise<void>): Promise<void> {
  let running: T | null = null;
  let asked = false;
  const onSignal = (): void => {
    if (asked || !running) process.exit(INTERRUPTED);
    asked = true;
    console.log('\nStopping ...');
    void stopAndExit(running, 0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  // Nothing else may keep a launcher running between restarts of its children.
  setInterval(() => {}, 2 ** 30);
  try {
    running = await start();
    await started(running);
  } catch (error) {
    console.error(sentence(error));
    await stopAndExit(running, 1);
  }
}

async function stopAndExit(running: Stoppable | null, code: number): Promise<void> {
  try {
    await running?.stop();
    process.exit(code);
  } catch (error) {
    console.error(sentence(error));
    process.exit(1);
  }
}

const sentence = (error: unknown): string =>
  error instanceof LaunchError || error instanceof ConfigError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
