import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBase62 } from '../store/ids.ts';
import { newKeyText } from '../store/secrets.ts';

/** The key that encrypts credentials at rest: CREDENTIALS_KEY, else the one of the data folder, made at the first start for its owner's eyes only. */
export function credentialsKey(dataDir: string, env: NodeJS.ProcessEnv): string {
  if (env.CREDENTIALS_KEY) return env.CREDENTIALS_KEY;
  const file = join(dataDir, 'credentials.key');
  if (!existsSync(file)) writeFileSync(file, `${newKeyText('k1')}\n`, { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
}

/** The token of /api/v1: API_TOKEN or API_TOKENS, else the one of the data folder, made at the first start for its owner's eyes only. */
export function apiToken(dataDir: string, env: NodeJS.ProcessEnv): string | undefined {
  if (env.API_TOKEN || env.API_TOKENS) return env.API_TOKEN;
  const file = join(dataDir, 'api.token');
  if (!existsSync(file)) writeFileSync(file, `${randomBase62(32)}\n`, { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
}

/** The folder of everything that is kept: for its owner alone, since it holds the record and the key to its secrets. */
export function makeDataDir(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true });
  chmodSync(dataDir, 0o700);
}
