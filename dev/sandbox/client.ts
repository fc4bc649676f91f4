/** A small client of the control API, for the demo and for tests. */
import type { AcceptedEvent, LoggedRequest, PlatformName, Totals } from './contract.ts';
import type { AccountInput, SettingsInput } from './control.ts';
import type { FaultInput } from './faults.ts';
import type { Settings } from './world.ts';

export interface SandboxClient {
  /** Queues a fault; the id appears in requests(). */
  fault(fault: FaultInput): Promise<string>;
  clearFaults(): Promise<void>;
  accepted(platform?: PlatformName): Promise<AcceptedEvent[]>;
  requests(platform?: PlatformName): Promise<LoggedRequest[]>;
  totals(): Promise<Record<PlatformName, Totals>>;
  /** Back to the default world: no events, faults or issued tokens, default accounts and settings. */
  reset(): Promise<void>;
  settings(settings: SettingsInput): Promise<Settings>;
  /** Adds an account or replaces it, tokens and all. */
  account(account: AccountInput): Promise<void>;
}

export function sandboxClient(origin: string): SandboxClient {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${origin}/_sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const answer = (await response.json()) as T & { error?: string };
    if (!response.ok) throw new Error(`sandbox: ${method} ${path}: ${answer.error}`);
    return answer;
  }
  const of = (platform?: PlatformName): string => (platform ? `?platform=${platform}` : '');
  return {
    fault: async (fault) => (await call<{ id: string }>('POST', 'faults', fault)).id,
    clearFaults: async () => void (await call('DELETE', 'faults')),
    accepted: (platform) => call('GET', `accepted${of(platform)}`),
    requests: (platform) => call('GET', `requests${of(platform)}`),
    totals: () => call('GET', 'totals'),
    reset: async () => void (await call('DELETE', 'state')),
    settings: (settings) => call('POST', 'settings', settings),
    account: async (account) => void (await call('POST', 'accounts', account)),
  };
}
