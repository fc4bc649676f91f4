import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createApp } from '../../api/app.ts';
import { createDeps, keysOf } from '../../api/create-deps.ts';
import { openKeepers } from '../../api/keepers.ts';
import { serve } from '../../api/serve.ts';
import { openTemporal } from '../../api/temporal.ts';
import type { Config } from '../../config.ts';
import { startEngine, type EngineOptions } from '../engine.ts';
import { CREDENTIALS_KEY } from './harness.ts';

/** The whole engine with an API in front: what an operator asks for is really carried out. */

export const TOKEN = 'anna-s-token-of-the-test';
export const OTHER_TOKEN = 'other-token-of-the-test';

export interface Answer {
  status: number;
  // Each test states the shape that it reads.
  body: any;
  headers: Headers;
}

export async function startV1(options: EngineOptions & { api?: Partial<Config> } = {}) {
  const engine = await startEngine(options);
  const dataDir = await mkdtemp(join(tmpdir(), 'tributary-v1-'));
  const config: Config = { ...engine.config, credentialsKey: CREDENTIALS_KEY, dataDir, apiTokens: `anna:${TOKEN},bot:${OTHER_TOKEN}`, ...options.api };
  const log = pino({ level: 'silent' });
  const temporal = openTemporal(config);
  const { spool, snapshot } = await openKeepers(config, keysOf(config), log);
  const now = options.now ?? Date.now;
  const deps = createDeps({ db: engine.store.db, config, temporal, spool, snapshot, log, now: () => new Date(now()) });
  const serving = await serve(createApp(deps), '127.0.0.1', 0);
  const url = `http://127.0.0.1:${serving.port}`;

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  }

  return {
    engine, url, deps, call,
    get: (path: string, headers?: Record<string, string>) => call('GET', path, undefined, headers),
    post: (path: string, body: unknown, headers?: Record<string, string>) => call('POST', path, body, headers),
    at: (conversionId: string, rest = '') => `/conversions/${encodeURIComponent(conversionId)}${rest}`,
    async close(): Promise<void> {
      await serving.stop(1_000);
      await spool.close();
      await temporal.close();
      await engine.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export type V1 = Awaited<ReturnType<typeof startV1>>;
