import type { Db } from 'mongodb';
import type { SendRequest, SetupDeps } from '../setup/deps.ts';
import type { Keys } from '../store/secrets.ts';
import { CliError } from './errors.ts';
import { findInstallation, notRunning, type Installation } from './running.ts';

/** One command's use of the store. The heavy modules are imported here, so that a command that needs no store starts at once. */

export interface Session {
  /** `keys` is read when first used: what touches no secret needs no credentials key. */
  deps: SetupDeps;
  publicUrl: string;
  send: SendRequest;
}

const CONNECT_TIMEOUT_MS = 5_000;

export async function withSession(work: (session: Session) => Promise<void>): Promise<void> {
  const installation = await findInstallation(process.env);
  const { openStore } = await import('../store/db.ts');
  const store = await openStore(installation.mongodbUri, installation.mongodbDatabase, CONNECT_TIMEOUT_MS).catch((error: unknown) => {
    throw unreachable(error, installation);
  });
  try {
    const { ensureSetupIndexes } = await import('../store/indexes.ts');
    const { parseKeys } = await import('../store/secrets.ts');
    await ensureSetupIndexes(store.db);
    await work({ deps: depsOf(store.db, () => parseKeys(requiredKey(installation))), publicUrl: installation.publicUrl, send: sendThrough(installation.sandboxOrigin) });
  } finally {
    await store.close();
  }
}

function depsOf(db: Db, readKeys: () => Keys): SetupDeps {
  return {
    db,
    now: Date.now,
    get keys() {
      return readKeys();
    },
  };
}

const sendThrough = (sandboxOrigin: string | null): SendRequest => async (request) => {
  const [{ createHttp }, { readConfig }] = await Promise.all([import('../activities/http.ts'), import('../config.ts')]);
  const http = createHttp({ ...readConfig(process.env), sandboxOrigin });
  try {
    return await http.send(request);
  } finally {
    await http.close();
  }
};

function requiredKey(installation: Installation): string {
  if (installation.credentialsKey) return installation.credentialsKey;
  throw new CliError('credentials_key_missing', 'There is no key to encrypt credentials with: set CREDENTIALS_KEY to that of the installation.');
}

/** The driver's own message may hold the URI, and with it a password. */
function unreachable(error: unknown, installation: Installation): unknown {
  if (!(error instanceof Error) || !error.name.startsWith('Mongo')) return error;
  if (installation.recorded) return notRunning();
  return new CliError('mongodb_unavailable', `MongoDB at MONGODB_URI cannot be used (${error.name}).`);
}
