import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startNodeProcess } from '../../dev/node-process.ts';
import { startProcess, type ProcessOptions } from '../../dev/processes.ts';
import { alive, until } from './alive.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

let dir: string;
let lines: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tributary-processes-'));
  lines = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const foreign = (file: string, changes: Partial<ProcessOptions> = {}): ProcessOptions => ({
  name: 'server', command: process.execPath, args: [fixture(file)], env: () => process.env, logFile: join(dir, 'server.log'), channel: false,
  readyTimeoutMs: 10_000, restart: false, stopGraceMs: 300, log: (line) => lines.push(line), ...changes,
});

describe('the supervisor', () => {
  test.each(['SIGKILL', 'SIGTERM'] as const)('leaves no process behind when the launcher itself ends by %s', async (signal) => {
    const launcher = spawn(process.execPath, ['--import', 'tsx', fixture('launcher.ts'), dir], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(launcher.stdout, 'data')) as [Buffer];
    const pids = JSON.parse(line.toString()) as number[];
    expect(pids.map(alive)).toEqual([true, true]);
    launcher.kill(signal);
    await until('children are gone', () => !pids.some(alive));
  });

  test('starts a process of ours again after a kill -9, and says so', async () => {
    const worker = await startNodeProcess({
      name: 'worker', entry: fixture('worker.ts'), env: () => process.env, logFile: join(dir, 'worker.log'), restart: true, log: (line) => lines.push(line),
    });
    const first = worker.pid;
    worker.kill('SIGKILL');
    await worker.restarted(first);
    expect(worker.pid).not.toBe(first);
    expect(alive(worker.pid)).toBe(true);
    expect(lines).toEqual(['worker ended (SIGKILL); starting it again in 0.25 s.', 'worker is up again.']);
    await worker.stop();
    expect(alive(worker.pid)).toBe(false);
  });

  test('says that a process ended and leaves it so where no restart was asked for', async () => {
    const server = await startProcess(foreign('stubborn.mjs'));
    server.kill('SIGKILL');
    await until('it is said', () => lines.length > 0);
    expect(lines).toEqual([`server ended (SIGKILL); its log is ${join(dir, 'server.log')}.`]);
  });

  test('kills a process that does not end when asked to', async () => {
    const marker = 'process.on("SIGTERM", () => console.log("asked")); console.log("up"); setInterval(() => {}, 1000);';
    const logFile = join(dir, 'server.log');
    const isUp = async (): Promise<boolean> => readFileSync(logFile, 'utf8').includes('up');
    const server = await startProcess(foreign('', { args: ['-e', marker], isUp }));
    await server.stop();
    expect(alive(server.pid)).toBe(false);
    expect(readFileSync(logFile, 'utf8')).toContain('asked');
  });

  test('fails a start with the last words of a process that ended', async () => {
    await expect(startProcess(foreign('failing.mjs', { isUp: async () => false }))).rejects.toThrow(/^server ended at start \(exit code 3\)\. Its last words:\nthe disk is full\n/);
  });

  test('fails a start that takes too long, and leaves nothing of it', async () => {
    let pid = 0;
    const slow = startProcess(foreign('stubborn.mjs', { isUp: async () => false, readyTimeoutMs: 500, onStart: (started) => (pid = started) }));
    await expect(slow).rejects.toThrow(/^server was not ready after 0.5 s\./);
    expect(alive(pid)).toBe(false);
  });

  test('fails a start of a program that is not there with a sentence', async () => {
    await expect(startProcess(foreign('', { command: '/nonexistent/server', isUp: async () => false }))).rejects.toThrow(/ENOENT/);
  });
});
