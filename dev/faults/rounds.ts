import { renameSync, rmSync, writeFileSync, existsSync, mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultInput } from '../sandbox/faults.ts';
import type { Habits } from './conversations.ts';
import type { GateMode } from './gate.ts';
import type { Random } from './random.ts';
import type { Rig } from './rig.ts';

/** What goes wrong in each round while the traffic flows. Every fault ends by itself and leaves everything as it was. */
export interface Round {
  name: string;
  /** In the short form. */
  short?: boolean;
  habits?: Partial<Habits>;
  fault(rig: Rig, random: Random, lengths: Lengths): Promise<void>;
}

export interface Lengths {
  /** How long a round's traffic flows, ms. */
  windowMs: number;
  /** How long Temporal, MongoDB or both are away, ms. */
  awayMs: number;
}

type ProcessName = keyof Rig['processes'];
const RESTART_MS = 90_000;

/** With the wait that it asks for: TikTok's own, where it names none, is five minutes. */
const SERVER_ERROR: FaultInput['answer'] = { status: 500, headers: { 'retry-after': '1' }, body: 'Internal Server Error' };

export const rounds: readonly Round[] = [
  { name: 'calm', fault: async () => {} },
  { name: 'clocks-shuffled', habits: { shuffledDates: 1 }, fault: async () => {} },
  { name: 'duplicates-at-once', habits: { duplicates: 0.8, copiesMost: 12 }, fault: async () => {} },
  { name: 'kill-api', short: true, fault: killing(['api']) },
  { name: 'kill-worker', fault: killing(['worker']) },
  { name: 'kill-temporal', fault: killing(['temporal']) },
  { name: 'kill-mongodb', fault: killing(['mongodb']) },
  { name: 'kill-two', short: true, fault: (rig, random, lengths) => killing(random.shuffled(['api', 'worker', 'temporal', 'mongodb'] as const).slice(0, 2), 1)(rig, random, lengths) },
  { name: 'temporal-away', short: true, fault: away({ temporal: 'refuse' }) },
  { name: 'temporal-hanging', fault: away({ temporal: 'hang' }) },
  { name: 'mongodb-away', short: true, fault: away({ mongodb: 'refuse' }) },
  { name: 'mongodb-hanging', fault: away({ mongodb: 'hang' }) },
  { name: 'mongodb-slow', fault: away({ mongodb: 'slow' }) },
  { name: 'both-away', short: true, fault: away({ mongodb: 'refuse', temporal: 'refuse' }) },
  { name: 'both-away-api-killed', fault: (rig, random, lengths) => together(away({ mongodb: 'refuse', temporal: 'refuse' }), killing(['api'], 1))(rig, random, lengths) },
  { name: 'spool-refused', fault: (rig, random, lengths) => withoutSpool(rig, () => away({ mongodb: 'refuse', temporal: 'refuse' })(rig, random, lengths)) },
  { name: 'platforms-refused', fault: away({ platforms: 'refuse' }) },
  { name: 'platforms-reset', fault: away({ platforms: 'reset' }) },
  { name: 'platforms-hanging', fault: away({ platforms: 'hang' }) },
  { name: 'platforms-half-a-body', fault: away({ platforms: 'half' }) },
  { name: 'platforms-closed-after-taking', short: true, fault: away({ platforms: 'swallow' }) },
  { name: 'platforms-500', fault: answering(SERVER_ERROR) },
  { name: 'platforms-429', fault: answering({ status: 429, headers: { 'retry-after': '2' }, body: 'Too Many Requests' }) },
  { name: 'platforms-html', fault: answering({ status: 200, body: '<html><body>We will be back soon</body></html>' }) },
  { name: 'platforms-error-in-200', short: true, fault: answering(null) },
  { name: 'platforms-500-after-taking', fault: answering(SERVER_ERROR, true) },
];

/** `kill -9`, again and again while the traffic flows; each comes back by itself. */
function killing(names: readonly ProcessName[], timesMost = 3): Round['fault'] {
  return async ({ processes }, random, { windowMs }) => {
    // A restart takes seconds, so a short window has room for one.
    const times = random.between(1, windowMs < 10_000 ? 1 : timesMost);
    for (let kill = 0; kill < times; kill++) {
      await sleep(random.between(500, Math.max(1000, windowMs / times)));
      const before = names.map((name) => processes[name].pid);
      for (const name of names) processes[name].kill('SIGKILL');
      await Promise.all(names.map((name, index) => processes[name].restarted(before[index]!, RESTART_MS)));
    }
  };
}

/** The way to a server is taken away for a while, which begins with the traffic. */
function away(modes: Partial<Record<keyof Rig['gates'], GateMode>>): Round['fault'] {
  return async ({ gates }, random, { windowMs, awayMs }) => {
    await sleep(random.between(0, windowMs / 4));
    const names = Object.keys(modes) as (keyof Rig['gates'])[];
    await Promise.all(names.map((name) => gates[name].set(modes[name]!)));
    await sleep(awayMs);
    // One comes back before the other.
    for (const name of random.shuffled(names)) {
      await gates[name].set('open');
      await sleep(random.between(0, 1000));
    }
  };
}

const together = (...faults: Round['fault'][]): Round['fault'] => async (rig, random, lengths) =>
  void (await Promise.all(faults.map((fault, index) => fault(rig, random.fork(String(index)), lengths))));

const IN_200: Record<string, FaultInput['answer']> = {
  meta: { status: 200, body: { error: { message: 'An unexpected error has occurred. Please retry your request later.', type: 'OAuthException', code: 2, is_transient: true } } },
  tiktok: { status: 200, body: { code: 50002, message: 'System error, please try again.', request_id: '0', data: {} } },
  'google-data-manager': { status: 200, body: { error: { code: 503, message: 'The service is currently unavailable.', status: 'UNAVAILABLE' } } },
};

/** Every platform answers so; null: each with an error of its own in a 200. `afterAccept`: it has taken the event nevertheless. */
function answering(answer: FaultInput['answer'] | null, afterAccept = false): Round['fault'] {
  return async ({ sandbox }, random, { windowMs, awayMs }) => {
    await sleep(random.between(0, windowMs / 4));
    for (const platform of ['meta', 'tiktok', 'google-data-manager'] as const) {
      await sandbox.fault({ platform, answer: answer ?? IN_200[platform]!, times: 1e6, afterAccept });
    }
    await sleep(awayMs);
    await sandbox.clearFaults();
  };
}

/** The disk refuses the spool: where its folder was lies a file. What was spooled before is back afterwards. */
async function withoutSpool({ spoolDir }: Rig, fault: () => Promise<void>): Promise<void> {
  const aside = `${spoolDir}.aside`;
  mkdirSync(spoolDir, { recursive: true });
  renameSync(spoolDir, aside);
  writeFileSync(spoolDir, 'no folder');
  try {
    await fault();
  } finally {
    if (existsSync(spoolDir)) rmSync(spoolDir, { recursive: true });
    renameSync(aside, spoolDir);
  }
}
