import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LaunchError } from './launch-error.ts';

/** What `<dataDir>/run.json` says of the stack that runs on this data, for the CLI and for a second start. */
export interface RunRecord {
  launcher: { pid: number; startedAt: string };
  apiUrl?: string;
  /** The same API from this machine, where `apiUrl` is its public address. */
  localApiUrl?: string;
  mongodbUri?: string;
  mongodbDatabase?: string;
  temporalAddress?: string;
  temporalUiUrl?: string | null;
  /** Where requests to ad platforms go instead, so that the CLI's go there too. */
  sandboxOrigin?: string | null;
  pids?: { api: number; worker: number; temporal: number | null; mongodb: number | null };
}

export interface RunFile {
  /** Whether an earlier launcher died without removing its record: what it left may still be ending. */
  afterCrash: boolean;
  write(record: Omit<RunRecord, 'launcher'>): void;
  remove(): void;
}

/** Takes the data folder for this launcher; throws a sentence if a stack runs on it already. */
export function claimRunFile(dataDir: string): RunFile {
  const file = join(dataDir, 'run.json');
  const launcher = { pid: process.pid, startedAt: startOf(process.pid) ?? '' };
  const before = read(file);
  if (before && startOf(before.launcher.pid) === before.launcher.startedAt) {
    const where = before.apiUrl ? ` at ${before.apiUrl}` : '';
    throw new LaunchError(`Tributary is running already on ${dataDir}${where} (process ${before.launcher.pid}).`);
  }
  if (before) rmSync(file);
  create(file, { launcher });
  return {
    afterCrash: before !== null,
    write: (record) => writeFileSync(file, text({ launcher, ...record })),
    remove: () => rmSync(file, { force: true }),
  };
}

const text = (record: RunRecord): string => `${JSON.stringify(record, null, 2)}\n`;

/** `wx`: of two that start at the same moment one gets the folder. */
function create(file: string, record: RunRecord): void {
  try {
    writeFileSync(file, text(record), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new LaunchError('Tributary is being started already on the same data.');
  }
}

function read(file: string): RunRecord | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
  } catch {
    return null; // none, or half a file of a crash: nobody's claim
  }
}

/** When a process started, in the system's own words, since its number alone may by now be another's. Null if there is none. */
function startOf(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
  } catch {
    return ''; // no /proc: the number has to do
  }
}
