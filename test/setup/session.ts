import { afterAll, beforeAll } from 'vitest';
import type { PlatformRequest, PlatformResponse } from '../../destinations/contract.ts';
import type { SetupDeps } from '../../setup/deps.ts';
import type { Store } from '../../store/db.ts';
import { ensureSetupIndexes } from '../../store/indexes.ts';
import { newKeyText, parseKeys } from '../../store/secrets.ts';
import { openTestStore } from '../harness.ts';

/** Setup on a database of its own, for one test file. */
export function useSetup(): SetupDeps {
  const deps = { keys: parseKeys(newKeyText('k1')), now: () => Date.parse('2026-11-24T10:00:00Z') } as SetupDeps;
  let store: Store;
  beforeAll(async () => {
    store = await openTestStore();
    deps.db = store.db;
    await ensureSetupIndexes(store.db);
  });
  afterAll(() => store.close());
  return deps;
}

/** A platform that answers always the same, and what it was asked. */
export function platformAnswering(status: number, body: unknown): { send: (request: PlatformRequest) => Promise<PlatformResponse>; requests: PlatformRequest[] } {
  const requests: PlatformRequest[] = [];
  return {
    requests,
    send: async (request) => {
      requests.push(request);
      return { status, headers: {}, body: JSON.stringify(body) };
    },
  };
}

export const unasked = async (): Promise<PlatformResponse> => {
  throw new Error('no request was expected');
};
