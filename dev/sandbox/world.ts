/** Everything that the fake platforms remember: accounts, accepted events, what was seen before, faults, tokens, the clock. */
import { randomUUID } from 'node:crypto';
import { platformNames } from './contract.ts';
import type { AcceptedEvent, LoggedRequest, Platform, PlatformName, Totals } from './contract.ts';
import { createFaults } from './faults.ts';
import type { Faults } from './faults.ts';

export interface Account {
  account: string;
  tokens: string[];
  conversionActions: Array<{ id: string; name: string }>;
  /** OAuth client secret, or Meta's app secret. */
  secret?: string;
  /** PEM of a service account: its assertions are verified with it. */
  publicKey?: string;
}

export interface Settings {
  /** How long Data Manager takes until a request has a result. */
  processingMs: number;
  /** Added to the machine's clock. */
  clockOffsetMs: number;
  /** Lifetime of an access token from google-oauth. */
  tokenTtlMs: number;
  /** false drops the parsed events from memory, for long load tests. */
  keepBodies: boolean;
}

const defaultSettings: Settings = { processingMs: 300, clockOffsetMs: 0, tokenTtlMs: 3_599_000, keepBodies: true };

/** Older requests leave the log first; accepted events are never dropped. */
const requestsKept = 20_000;

export interface World {
  settings: Settings;
  faults: Faults;
  accepted: AcceptedEvent[];
  requests: LoggedRequest[];
  /** Milliseconds since 1970, on the sandbox's clock. */
  now(): number;
  account(platform: PlatformName, account: string): Account | undefined;
  accounts(platform: PlatformName): Account[];
  setAccount(platform: PlatformName, account: Account): void;
  /** Records accepted events, in order. */
  accept(event: Omit<AcceptedEvent, 'receivedAt'>): void;
  log(entry: Omit<LoggedRequest, 'receivedAt'>): void;
  /** True if `key` was not seen within `windowMs` of its first sight: the event counts. A key of null always counts. */
  firstWithin(key: string | null, windowMs: number): boolean;
  /** A named map for what one platform alone remembers. */
  memory<T>(name: string): Map<string, T>;
  totals(): Record<PlatformName, Totals>;
  reset(): void;
}

/** A world of these platforms, with their own accounts in it. */
export function createWorld(platforms: readonly Pick<Platform, 'name' | 'accounts'>[]): World {
  const noTotals = (): Totals => ({ requests: 0, accepted: 0, counted: 0, duplicates: 0, adjusted: 0, refused: 0, faults: 0 });
  let accounts = new Map<string, Account>();
  let totals = new Map<PlatformName, Totals>();
  let memories = new Map<string, Map<string, unknown>>();

  const world: World = {
    settings: { ...defaultSettings },
    faults: createFaults(),
    accepted: [],
    requests: [],
    now: () => Date.now() + world.settings.clockOffsetMs,
    account: (platform, account) => accounts.get(`${platform}/${account}`),
    accounts: (platform) => [...accounts].filter(([key]) => key.startsWith(`${platform}/`)).map(([, account]) => account),
    setAccount: (platform, account) => void accounts.set(`${platform}/${account.account}`, account),
    accept(event) {
      const total = totals.get(event.platform)!;
      total.accepted += 1;
      if (event.counted) total.counted += 1;
      else if (event.adjusted) total.adjusted += 1;
      else if (!event.reason || event.reason.includes('DUPLICATE')) total.duplicates += 1;
      world.accepted.push({ ...event, body: world.settings.keepBodies ? event.body : null, receivedAt: new Date(world.now()).toISOString() });
    },
    log(entry) {
      const total = totals.get(entry.platform)!;
      total.requests += 1;
      if (entry.fault) total.faults += 1;
      else if (entry.valid === false) total.refused += 1;
      world.requests.push({ ...entry, body: world.settings.keepBodies ? entry.body : null, receivedAt: new Date(world.now()).toISOString() });
      if (world.requests.length > requestsKept * 1.1) world.requests.splice(0, world.requests.length - requestsKept);
    },
    firstWithin(key, windowMs) {
      if (key === null) return true;
      const seen = world.memory<number>('seen');
      const first = seen.get(key);
      if (first !== undefined && world.now() - first < windowMs) return false;
      seen.set(key, world.now());
      return true;
    },
    memory<T>(name: string) {
      if (!memories.has(name)) memories.set(name, new Map());
      return memories.get(name) as Map<string, T>;
    },
    totals: () => Object.fromEntries(totals) as Record<PlatformName, Totals>,
    reset() {
      accounts = new Map(platforms.flatMap(({ name, accounts: own }) => own.map((account) => [`${name}/${account.account}`, structuredClone(account)])));
      totals = new Map(platformNames.map((name) => [name, noTotals()]));
      memories = new Map();
      world.settings = { ...defaultSettings };
      world.faults.clear();
      world.accepted.length = 0;
      world.requests.length = 0;
    },
  };
  world.reset();
  return world;
}

export const newId = (): string => randomUUID().replaceAll('-', '');
