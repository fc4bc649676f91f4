import { startProcess, type ProcessOptions, type RunningProcess } from './processes.ts';

type NodeProcessOptions = Omit<ProcessOptions, 'command' | 'args' | 'channel' | 'isUp' | 'readyTimeoutMs' | 'stopGraceMs'> & {
  /** A TypeScript or JavaScript file, by absolute path. It sends `{ ready: true, ... }` when it is up. */
  entry: string;
  readyTimeoutMs?: number;
  stopGraceMs?: number;
};

const tsx = import.meta.resolve('tsx');
const child = new URL('child.mjs', import.meta.url).href;

/** Starts one of our own entries as a child. */
export const startNodeProcess = ({ entry, ...options }: NodeProcessOptions): Promise<RunningProcess> =>
  startProcess({
    readyTimeoutMs: 60_000,
    stopGraceMs: 25_000,
    ...options,
    command: process.execPath,
    args: ['--import', tsx, '--import', child, entry],
    channel: true,
  });
