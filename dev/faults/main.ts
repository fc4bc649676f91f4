import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { untilStopped } from '../until-stopped.ts';
import { createRandom, type Random } from './random.ts';
import { startRig } from './rig.ts';
import { rounds, type Round } from './rounds.ts';
import { runRounds, type RunOptions } from './run.ts';

/** `npm run faults`: real traffic at the real processes while they are killed, cut off and lied to, round after round. */

const USAGE = `Usage: npm run faults [-- OPTIONS]
  --json          one line of JSON at the end, and nothing else on standard output
  --short         the form for CI: few rounds, each of seconds
  --rounds N      at most so many rounds
  --minutes N     go on for so long, every kind of round again and again; without it every kind once
  --away SECONDS  how long a server or the platforms are away in a round
  --rate N        reports a second
  --seed S        the choices of an earlier run again
  --only A,B      only these rounds, in this order
  --keep          leave data and logs where they are
Rounds: ${rounds.map(({ name }) => name).join(', ')}`;

const { values } = readArguments();

function readArguments() {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean' }, short: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean' },
        rounds: { type: 'string' }, minutes: { type: 'string' }, away: { type: 'string' }, rate: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' },
      },
    });
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function refuse(why: string): never {
  console.error(`${why}\n${USAGE}`);
  process.exit(2);
}

if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

const number = (name: 'rounds' | 'minutes' | 'away' | 'rate', otherwise: number): number => {
  const text = values[name];
  if (text === undefined) return otherwise;
  if (!/^\d+(\.\d+)?$/.test(text) || Number(text) === 0) refuse(`--${name} takes a number above 0.`);
  return Number(text);
};

const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
const seed = values.seed ?? randomBytes(4).toString('hex');
const short = values.short ?? false;

function chosenRounds(): Round[] {
  if (values.only === undefined) return rounds.filter((round) => !short || round.short);
  return values.only.split(',').map((name) => rounds.find((round) => round.name === name) ?? refuse(`There is no round ${name}.`));
}

/** As they are listed; then, where there is time left, again and again in another order each time. */
function* endlessly(list: Round[], random: Random): Iterable<Round> {
  yield* list;
  for (;;) yield* random.shuffled(list);
}

const chosen = chosenRounds();
const options: RunOptions = {
  seed,
  rounds: values.minutes === undefined && values.rounds === undefined ? chosen : endlessly(chosen, createRandom(seed)),
  roundsMost: number('rounds', Infinity),
  untilMs: values.minutes === undefined ? Infinity : Date.now() + number('minutes', 0) * 60_000,
  rate: number('rate', short ? 6 : 8),
  windowMs: short ? 6_000 : 15_000,
  awayMs: number('away', short ? 5 : 90) * 1000,
  patienceMs: short ? 90_000 : 240_000,
  say,
};

await untilStopped(
  () => startRig({ keep: values.keep ?? false, log: say }),
  async (rig) => {
    say(`Seed ${seed}. Logs: ${rig.stack.logDir}`);
    const result = await runRounds(rig, options);
    if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else say(JSON.stringify(result));
    await rig.stop();
    process.exit(result.ok ? 0 : 1);
  },
);
