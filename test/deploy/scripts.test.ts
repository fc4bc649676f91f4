import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import vm from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readText, root } from './compose.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-deploy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Puts a program of this name on the PATH of the script: it writes its arguments to a file and ends as told. */
function stub(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}
const run = (shell: string, script: string, env: Record<string, string>) =>
  spawnSync(shell, [join(root, script)], { env: { PATH: `${folder}:${process.env.PATH}`, ...env }, encoding: 'utf8' });
const calls = (): string[] => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');

describe('mongodb/start.sh', () => {
  const key = 'a'.repeat(128);

  test('writes the key file so that nobody else reads it, and hands mongod no secret in its environment', () => {
    stub('mongod', `printf '%s\\n' "$*" > ${folder}/calls; env > ${folder}/env`);
    const file = join(folder, 'key');
    const { status } = run('bash', 'deploy/mongodb/start.sh', { MONGODB_REPLICA_KEY: key, KEY_FILE: file });
    expect(status).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o400);
    expect(readFileSync(file, 'utf8').trim()).toBe(key);
    expect(calls()[0]).toContain(`--replSet rs0 --keyFile ${file} --bind_ip_all`);
    expect(readFileSync(join(folder, 'env'), 'utf8')).not.toContain(key);
  });

  test.each(['', 'short', 'with space and more', 'x'.repeat(1025)])('refuses the key %j with a sentence', (bad) => {
    stub('mongod', `touch ${folder}/started`);
    const { status, stderr } = run('bash', 'deploy/mongodb/start.sh', { MONGODB_REPLICA_KEY: bad, KEY_FILE: join(folder, 'key') });
    expect(status).toBe(1);
    expect(stderr).toContain('MONGODB_REPLICA_KEY must be');
  });
});

describe('temporal/schema.sh', () => {
  test('sets up both databases, and shows the password on no command line', () => {
    stub('temporal-sql-tool', `printf '%s\\n' "$*" >> ${folder}/calls`);
    const { status } = run('sh', 'deploy/temporal/schema.sh', { SQL_HOST: 'db', SQL_PORT: '5432', SQL_USER: 'temporal', SQL_PASSWORD: 'hidden' });
    expect(status).toBe(0);
    expect(calls().map((line) => /--database (\S+) (\S+)/.exec(line)?.slice(1).join(' '))).toEqual([
      'temporal create', 'temporal setup-schema', 'temporal update-schema',
      'temporal_visibility create', 'temporal_visibility setup-schema', 'temporal_visibility update-schema',
    ]);
    expect(calls().join()).not.toContain('hidden');
  });

  test('ends with an error when one step fails, so that the server does not start', () => {
    stub('temporal-sql-tool', 'case "$*" in *update-schema*) exit 1;; esac');
    expect(run('sh', 'deploy/temporal/schema.sh', { SQL_HOST: 'db', SQL_PORT: '5432', SQL_USER: 't', SQL_PASSWORD: 'p' }).status).not.toBe(0);
  });
});

describe('temporal/namespace.sh', () => {
  const env = { TEMPORAL_ADDRESS: 'temporal:7233', TEMPORAL_NAMESPACE: 'tributary' };

  test('creates the namespace with 30 days of retention where it is missing', () => {
    stub('temporal', `printf '%s\\n' "$*" >> ${folder}/calls; case "$*" in *describe*) exit 1;; esac`);
    expect(run('sh', 'deploy/temporal/namespace.sh', env).status).toBe(0);
    expect(calls().at(-1)).toBe('operator namespace create --namespace tributary --retention 720h --address temporal:7233');
  });

  test('leaves a namespace that exists alone', () => {
    stub('temporal', `printf '%s\\n' "$*" >> ${folder}/calls`);
    expect(run('sh', 'deploy/temporal/namespace.sh', env).status).toBe(0);
    expect(calls().some((line) => line.includes('create'))).toBe(false);
  });
});

/** MongoDB as far as the set-up sees it: the users, the replica set, and the rule that the first user may be made unasked. */
function fakeMongo(state: { users: Map<string, string>; initiated: boolean }) {
  let loggedIn = false;
  const allowed = (): void => {
    if (!loggedIn && state.users.size > 0) throw new Error('requires authentication');
  };
  return {
    auth(user: string, password: string) {
      if (state.users.get(user) !== password) throw new Error('Authentication failed.');
      loggedIn = true;
    },
    runCommand(command: Record<string, unknown>) {
      if ('hello' in command) return { isWritablePrimary: state.initiated };
      allowed();
      if (state.initiated) throw Object.assign(new Error('already initialized'), { codeName: 'AlreadyInitialized' });
      state.initiated = true;
      return { ok: 1 };
    },
    getUser: (user: string) => (allowed(), state.users.has(user) ? { user } : null),
    createUser({ user, pwd }: { user: string; pwd: string }) {
      allowed();
      state.users.set(user, pwd);
    },
    updateUser(user: string, { pwd }: { pwd: string }) {
      allowed();
      state.users.set(user, pwd);
    },
  };
}

function runSetup(state: { users: Map<string, string>; initiated: boolean }, env: Record<string, string>): { code: number; said: string } {
  const said: string[] = [];
  class Quit extends Error {
    readonly code: number;
    constructor(code: number) {
      super('quit');
      this.code = code;
    }
  }
  const admin = fakeMongo(state);
  const context = {
    process: { env },
    Mongo: class {
      getDB = () => admin;
    },
    print: (text: string) => said.push(text),
    sleep: () => undefined,
    quit(code: number) {
      throw new Quit(code);
    },
  };
  try {
    vm.runInNewContext(readText('deploy/mongodb/setup.js'), context);
  } catch (error) {
    if (error instanceof Quit) return { code: error.code, said: said.join('\n') };
    throw error;
  }
  throw new Error('The set-up did not say how it ended.');
}

describe('mongodb/setup.js', () => {
  const env = { MONGODB_ADMIN_PASSWORD: 'admin-password-0001', MONGODB_PASSWORD: 'user-password-00001' };
  const empty = () => ({ users: new Map<string, string>(), initiated: false });

  test('starts the replica set and makes both users, and a second run changes nothing', () => {
    const state = empty();
    expect(runSetup(state, env).code).toBe(0);
    const after = [...state.users];
    expect(after).toEqual([['admin', env.MONGODB_ADMIN_PASSWORD], ['tributary', env.MONGODB_PASSWORD]]);
    expect(runSetup(state, env).code).toBe(0);
    expect([...state.users]).toEqual(after);
  });

  test('goes on where it was cut off: replica set started, no user yet', () => {
    const state = { ...empty(), initiated: true };
    expect(runSetup(state, env).code).toBe(0);
    expect(state.users.size).toBe(2);
  });

  test("sets the application's password to a new one", () => {
    const state = empty();
    runSetup(state, env);
    expect(runSetup(state, { ...env, MONGODB_PASSWORD: 'another-password-01' }).code).toBe(0);
    expect(state.users.get('tributary')).toBe('another-password-01');
  });

  test('says so when the administrator has another password, and changes nothing', () => {
    const state = empty();
    runSetup(state, env);
    const result = runSetup(state, { ...env, MONGODB_ADMIN_PASSWORD: 'not-this-one-000001' });
    expect(result.code).toBe(1);
    expect(result.said).toContain('Cannot log in as admin with MONGODB_ADMIN_PASSWORD');
    expect(state.users.get('admin')).toBe(env.MONGODB_ADMIN_PASSWORD);
  });

  test.each(['', 'short', 'has@sign-0123456789'])('refuses the password %j before it asks MongoDB anything', (bad) => {
    const state = empty();
    expect(runSetup(state, { ...env, MONGODB_PASSWORD: bad })).toMatchObject({ code: 1 });
    expect(state.users.size).toBe(0);
  });
});
