import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from './errors.ts';

/** Where the installation is that the command works on: the environment first, else what `npm start` wrote down. */

const DATA_DIR = '.data';
const PUBLIC_URL = 'http://127.0.0.1:8080';

export interface Installation {
  mongodbUri: string;
  mongodbDatabase: string;
  publicUrl: string;
  /** From CREDENTIALS_KEY or the data folder; null where neither has one. */
  credentialsKey: string | null;
  /** Development: where requests to ad platforms go instead. */
  sandboxOrigin: string | null;
  /** Whether the address is from the record of `npm start`, which stays when the process dies. */
  recorded: boolean;
}

interface RunRecord {
  apiUrl?: string;
  localApiUrl?: string;
  mongodbUri?: string;
  mongodbDatabase?: string;
  sandboxOrigin?: string | null;
}

type Env = Record<string, string | undefined>;

export async function findInstallation(env: Env): Promise<Installation> {
  const dataDir = env.DATA_DIR || DATA_DIR;
  const [record, storedKey] = await Promise.all([readRunRecord(dataDir), readOptional(join(dataDir, 'credentials.key'))]);
  const mongodbUri = env.MONGODB_URI || record.mongodbUri;
  if (!mongodbUri) throw notRunning();
  return {
    mongodbUri,
    mongodbDatabase: env.MONGODB_DATABASE || (!env.MONGODB_URI && record.mongodbDatabase) || 'tributary',
    publicUrl: env.PUBLIC_URL || record.apiUrl || PUBLIC_URL,
    credentialsKey: env.CREDENTIALS_KEY || storedKey?.trim() || null,
    // The record speaks for its own installation, not for another at MONGODB_URI.
    sandboxOrigin: env.SANDBOX_ORIGIN?.trim() || (!env.MONGODB_URI && record.sandboxOrigin) || null,
    recorded: !env.MONGODB_URI,
  };
}

export interface ApiAddress {
  url: string;
  /** From API_TOKEN or the data folder; null where neither has one. */
  token: string | null;
}

/** For commands that ask the API and never the store. */
export async function findApi(env: Env): Promise<ApiAddress> {
  const dataDir = env.DATA_DIR || DATA_DIR;
  const [record, storedToken] = await Promise.all([readRunRecord(dataDir), readOptional(join(dataDir, 'api.token'))]);
  // Beside the API process, as in its container, its port is in the environment: no way round by the public address.
  const beside = env.API_PORT ? `http://127.0.0.1:${env.API_PORT}` : '';
  return { url: env.API_URL || beside || env.PUBLIC_URL || record.localApiUrl || record.apiUrl || PUBLIC_URL, token: env.API_TOKEN?.trim() || storedToken?.trim() || null };
}

export const notRunning = (): CliError =>
  new CliError('not_running', 'Tributary is not running here: start it with `npm start`, or set MONGODB_URI.');

async function readRunRecord(dataDir: string): Promise<RunRecord> {
  const path = join(dataDir, 'run.json');
  const text = await readOptional(path);
  if (text === null) return {};
  try {
    return JSON.parse(text) as RunRecord;
  } catch {
    throw new CliError('run_record_invalid', `${path} cannot be read as JSON: start Tributary again, or set MONGODB_URI.`);
  }
}

async function readOptional(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return null;
    throw error;
  }
}
