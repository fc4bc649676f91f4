import { setTimeout as sleep } from 'node:timers/promises';
import { USUAL, converse, type Conversation } from './conversations.ts';
import { groupBy } from './group.ts';
import { createCaller, type Caller } from './network.ts';
import { createRandom } from './random.ts';
import { look, reconcile, strangers, type Finding, type FindingKind, type Reconciled } from './reconcile.ts';
import type { Rig } from './rig.ts';
import type { Lengths, Round } from './rounds.ts';

export interface FaultsResult {
  rounds: number;
  postbacks: number;
  answered200: number;
  lost: number;
  events: number;
  accepted: number;
  acceptedTwice: number;
  undue: number;
  wrongStatus: number;
  stuck: number;
  ok: boolean;
}

export interface RunOptions extends Lengths {
  seed: string;
  /** Rounds to come, at most `roundsMost`, none begun after `untilMs`. */
  rounds: Iterable<Round>;
  roundsMost: number;
  untilMs: number;
  /** Reports a second. */
  rate: number;
  /** How long everything may take to come to rest once a fault is over. */
  patienceMs: number;
  say: (line: string) => void;
}

const REPEATS_FOR_MS = 60_000;
const LOOK_EVERY_MS = 1000;
/** What comes too much may come late. */
const AFTERMATH_MS = 5000;

/** Round after round: traffic and a fault together, then rest, then what is there is held against what was promised. */
export async function runRounds(rig: Rig, options: RunOptions): Promise<FaultsResult> {
  const { say, seed } = options;
  const caller = createCaller(rig.stack.apiUrl, rig.property);
  const all: Conversation[] = [];
  const late: Finding[] = [];
  let count = 0;
  for (const round of options.rounds) {
    if (count >= options.roundsMost || (count > 0 && Date.now() > options.untilMs)) break;
    count++;
    const begin = Date.now();
    const conversations = await playRound(rig, caller, round, count, options);
    all.push(...conversations);
    const fault = Date.now();
    const { findings, events, accepted } = await untilAtRest(rig, caller, conversations, options.patienceMs);
    const rest = Date.now();
    say(`${findings.length === 0 ? 'ok    ' : 'FAILED'} ${round.name}: ${conversations.length} conversations, ${events} events due, ${accepted} accepted; `
      + `traffic and fault ${seconds(fault - begin)}, at rest after ${seconds(rest - fault)}`);
    sayFindings(findings, conversations, round.name, seed, say);
    late.push(...findings);
  }
  await sleep(AFTERMATH_MS);
  const seen = await look(rig);
  const { findings, ...final } = reconcile(all, caller.tally, seen);
  findings.push(...strangers(all, seen), ...(await overdueConversions(rig)));
  const result = resultOf(count, caller, { findings: [...findings, ...healedLate(late, findings)], ...final });
  if (!result.ok) say(`\nNot everything held. Seed ${seed}${findings.length > 0 ? '; the conversations at fault:' : '; what was late came to rest in the end.'}`);
  sayFindings(findings, all, 'the end', seed, say);
  return result;
}

/** What a round found and the end does not: it came, but later than patience lasts, so it was stuck. */
function healedLate(late: Finding[], atTheEnd: Finding[]): Finding[] {
  const still = new Set(atTheEnd.map(({ kind, key }) => `${kind} ${key}`));
  const healed = late.filter(({ kind, key }) => !still.has(`${kind} ${key}`));
  return healed.map((finding) => (finding.kind === 'missing' ? { ...finding, kind: 'stuck' } : finding));
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

async function playRound(rig: Rig, caller: Caller, round: Round, number: number, { seed, rate, windowMs, awayMs }: RunOptions): Promise<Conversation[]> {
  const random = createRandom(`${seed}/${number}/${round.name}`);
  const conversations = converse(random.fork('conversations'), Math.ceil((rate * windowMs) / 1000), windowMs, { ...USUAL, ...round.habits }, Date.now());
  const untilMs = Date.now() + windowMs + awayMs + REPEATS_FOR_MS;
  await Promise.all([caller.play(conversations, random.fork('network'), untilMs), round.fault(rig, random.fork('fault'), { windowMs, awayMs })]);
  return conversations;
}

/** Looks until nothing is amiss, or patience ends; what is amiss then is the finding. */
async function untilAtRest(rig: Rig, caller: Caller, conversations: Conversation[], patienceMs: number): Promise<Reconciled> {
  const untilMs = Date.now() + patienceMs;
  for (;;) {
    const reconciled = reconcile(conversations, caller.tally, await look(rig));
    if (reconciled.findings.length === 0 || Date.now() > untilMs) return reconciled;
    await sleep(LOOK_EVERY_MS);
  }
}

/** A conversion whose run should have acted by now and did not. */
async function overdueConversions({ store, property }: Rig): Promise<Finding[]> {
  const docs = await store.db.collection<{ _id: string; dueAt: Date }>('conversions').find({ propertyId: property._id, dueAt: { $gt: new Date(0), $lt: new Date() } }).toArray();
  return docs.map(({ _id, dueAt }) => ({ kind: 'stuck', key: _id.split('/').slice(2).join('/'), what: `its run should have acted by ${dueAt.toISOString()}` }));
}

function resultOf(rounds: number, { counts }: Caller, { findings, events, accepted }: Reconciled): FaultsResult {
  const of = (kind: FindingKind): number => findings.filter((each) => each.kind === kind).length;
  const figures = { lost: of('lost'), events, accepted, acceptedTwice: of('acceptedTwice'), undue: of('undue'), wrongStatus: of('wrongStatus'), stuck: of('stuck') };
  return { rounds, postbacks: counts.postbacks, answered200: counts.answered, ...figures, ok: rounds > 0 && findings.length === 0 && accepted === events };
}

const SAID_MOST = 10;

/** Each conversation at fault once, with what the network said and what was found. */
function sayFindings(findings: Finding[], conversations: readonly Conversation[], where: string, seed: string, say: (line: string) => void): void {
  const byKey = [...groupBy(findings, ({ key }) => key)];
  for (const [key, of] of byKey.slice(0, SAID_MOST)) {
    say(`  ${key ?? 'no conversation'} (seed ${seed}, ${where})`);
    for (const { kind, what } of of) say(`    ${kind}: ${what}`);
    const conversation = conversations.find((each) => each.key === key);
    if (conversation) say(`    ${JSON.stringify(conversation)}`);
  }
  if (byKey.length > SAID_MOST) say(`  ... and ${byKey.length - SAID_MOST} more`);
}
