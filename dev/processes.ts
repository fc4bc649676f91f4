import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { guard, release } from './guard.ts';
import { LaunchError } from './launch-error.ts';

export interface ProcessOptions {
  name: string;
  command: string;
  args: string[];
  /** Read anew at each start, so that a restarted process gets what changed. */
  env: () => NodeJS.ProcessEnv;
  /** Standard output and error go here; the file of the run before is kept as `<file>.1`. */
  logFile: string;
  /** Whether the process says when it is up: by a message `{ ready: true }` (one of ours), or only by what `isUp` finds. */
  channel: boolean;
  /** Called until it is true, for programs that are not ours. */
  isUp?: () => Promise<boolean>;
  readyTimeoutMs: number;
  /** Start it again when it ends unasked. */
  restart: boolean;
  stopGraceMs: number;
  log: (line: string) => void;
  /** At each start, restarts too. */
  onStart?: (pid: number) => void;
}

export interface RunningProcess {
  readonly pid: number;
  /** The message `{ ready: true, ... }` of the first start; empty for programs that are not ours. */
  readonly ready: Record<string, unknown>;
  /** For tests of what a sudden death does. The process comes back if `restart` was asked for. */
  kill(signal?: NodeJS.Signals): void;
  /** Resolves when it has come up again after the death of `pid`. */
  restarted(pid: number, timeoutMs?: number): Promise<void>;
  /** SIGTERM, the grace, SIGKILL. Resolves when it is gone. */
  stop(): Promise<void>;
}

const RESTART_FIRST_MS = 250;
const RESTART_LONGEST_MS = 10_000;
/** A process that ran this long is sound: the wait before its next restart begins small again. */
const SOUND_AFTER_MS = 30_000;

/** Starts a process, resolves when it is up, and keeps it so until `stop`. */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  if (existsSync(options.logFile)) renameSync(options.logFile, `${options.logFile}.1`);

  let current = launch(options);
  options.onStart?.(current.pid);
  let stopping = false;
  let waitMs = RESTART_FIRST_MS;
  let up = true;
  const abort = new AbortController();
  const ready = await whenUp(current, options).catch(async (error: unknown) => {
    await end(current, options.stopGraceMs);
    throw error;
  });
  watch();

  function watch(): void {
    const startedAt = Date.now();
    const child = current;
    child.gone.then(async (how) => {
      if (stopping) return;
      up = false;
      if (!options.restart) return options.log(`${options.name} ended (${how}); its log is ${options.logFile}.`);
      if (Date.now() - startedAt > SOUND_AFTER_MS) waitMs = RESTART_FIRST_MS;
      options.log(`${options.name} ended (${how}); starting it again in ${waitMs / 1000} s.`);
      await sleep(waitMs, undefined, { signal: abort.signal });
      if (stopping) return;
      waitMs = Math.min(waitMs * 2, RESTART_LONGEST_MS);
      current = launch(options);
      options.onStart?.(current.pid);
      watch();
      await whenUp(current, options);
      up = true;
      options.log(`${options.name} is up again.`);
    }).catch((error: unknown) => {
      // A start that failed ends the process, which the next watch sees; an aborted wait is a stop.
      if (!stopping && error instanceof LaunchError) current.process.kill('SIGKILL');
    });
  }

  return {
    get pid() {
      return current.pid;
    },
    ready,
    kill: (signal = 'SIGKILL') => void current.process.kill(signal),
    restarted: async (pid, timeoutMs = 30_000) => {
      const until = Date.now() + timeoutMs;
      while (!up || current.pid === pid) {
        if (Date.now() > until) throw new Error(`${options.name} did not come back within ${timeoutMs} ms`);
        await sleep(20);
      }
    },
    stop: async () => {
      stopping = true;
      abort.abort();
      await end(current, options.stopGraceMs);
    },
  };
}

interface Launched {
  process: ChildProcess;
  pid: number;
  /** Resolves with the exit code or signal, in words; never rejects. */
  gone: Promise<string>;
}

/** In a process group of its own: a terminal's Ctrl-C reaches the launcher alone, which then stops all in order. */
function launch(options: ProcessOptions): Launched {
  const output = openSync(options.logFile, 'a');
  const child = spawn(options.command, options.args, {
    env: options.env(),
    detached: true,
    stdio: ['ignore', output, output, ...(options.channel ? (['ipc'] as const) : [])],
  });
  closeSync(output);
  const gone = new Promise<string>((done) => {
    child.once('error', (error) => done(error.message));
    child.once('exit', (code, signal) => done(signal ?? `exit code ${code}`));
  });
  const pid = child.pid ?? -1;
  if (pid > 0) {
    guard(pid);
    void gone.then(() => release(pid));
  }
  return { process: child, pid, gone };
}

/** Resolves when the process says or shows that it is up; a process that ends or stays silent is a LaunchError with its last words. */
async function whenUp(child: Launched, options: ProcessOptions): Promise<Record<string, unknown>> {
  const late = new AbortController();
  const timeout = sleep(options.readyTimeoutMs, `was not ready after ${options.readyTimeoutMs / 1000} s`, { signal: late.signal });
  const failed = Promise.race([child.gone.then((how) => `ended at start (${how})`), timeout.catch(() => 'was stopped')]);
  const isUp = options.channel ? readyMessage(child.process) : poll(options.isUp ?? (async () => true), late.signal);
  try {
    const outcome = await Promise.race([isUp, failed]);
    if (typeof outcome !== 'string') return outcome;
    throw new LaunchError(`${options.name} ${outcome}. Its last words:\n${lastLines(options.logFile)}\n(${options.logFile})`);
  } finally {
    late.abort();
  }
}

function readyMessage(child: ChildProcess): Promise<Record<string, unknown>> {
  return new Promise((done) => {
    child.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'ready' in message) done({ ...message });
    });
  });
}

async function poll(isUp: () => Promise<boolean>, signal: AbortSignal): Promise<Record<string, unknown>> {
  while (!signal.aborted && !(await isUp())) await sleep(25);
  return {};
}

async function end(child: Launched, graceMs: number): Promise<void> {
  if (child.pid < 0) return;
  child.process.kill('SIGTERM');
  const grace = new AbortController();
  await Promise.race([child.gone, sleep(graceMs, undefined, { signal: grace.signal }).catch(() => undefined)]);
  grace.abort();
  child.process.kill('SIGKILL'); // no effect on one that is gone
  await child.gone;
}

const lastLines = (file: string): string => readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
