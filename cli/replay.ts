import type { Command } from 'commander';
import { at, openApi } from './api-client.ts';
import { EXIT } from './errors.ts';
import { withExamples } from './examples.ts';
import { repeated } from './input.ts';
import { printFacts, printJson, printLine, printTable } from './print.ts';

/** `tributary replay ...`: sends again, over many conversions. Asks the API; the work is a workflow. */

interface StartOptions {
  property?: string;
  conversion?: string;
  network?: string;
  status?: string;
  destination?: string;
  state?: string[];
  from?: string;
  to?: string;
  dryRun?: boolean;
  force?: boolean;
  newEventId?: boolean;
  perSecond?: string;
  id?: string;
  why: string;
  json?: boolean;
}
interface Progress {
  state: string;
  matched: number;
  done: number;
  retried: number;
  unchanged: number;
  failed: number;
  recent: { conversionId: string; outcome: string }[];
}

export function addReplay(program: Command): void {
  const replay = program.command('replay').description('Send again, over many conversions');

  withExamples(
    replay
      .command('start')
      .description('Start to send again what did not go out')
      .option('--property <property>', 'the conversions of this property, name or id')
      .option('--conversion <id>', 'this one conversion')
      .option('--network <id>', 'of this network')
      .option('--status <status>', 'of this status')
      .option('--destination <name>', 'what goes to this destination, name or id')
      .option('--state <state>', 'deliveries in this state (repeatable); else failed, expired, parked and skipped ones', repeated)
      .option('--from <time>', 'last changed at or after this time (2026-11-20, 2026-11-20T10:00:00Z)')
      .option('--to <time>', 'last changed before this time')
      .option('--dry-run', 'count and list, and change nothing')
      .option('--force', 'also what was delivered, with the same event id')
      .option('--new-event-id', 'with --force: as new events, which the platforms count again')
      .option('--per-second <n>', 'conversions a second')
      .option('--id <id>', 'its id: a repeat with the same id is the same replay')
      .requiredOption('--why <text>', 'the reason, for the audit')
      .option('--json', 'print JSON'),
    'replay start --property "My site" --destination "Main pixel" --state failed --dry-run --why "what did the outage cost?"',
    'replay start --property "My site" --destination "Main pixel" --state failed --why "the platform was down"',
  ).action(async ({ json, state, perSecond, ...rest }: StartOptions) => {
    const { id, isDone } = await (await openApi()).post<{ id: string; isDone: boolean }>('/replays', { ...rest, states: state, perSecond: perSecond === undefined ? undefined : Number(perSecond) });
    if (isDone) process.exitCode = EXIT.refused;
    if (json) return printJson({ id, isDone });
    if (isDone) return printLine(`Replay ${id} was done before, and nothing begins: take another id, or none.`);
    printLine(`Replay ${id} is under way: tributary replay status ${id}`);
  });

  withExamples(
    replay.command('status').description('Show how far a replay is').argument('<id>', 'its id').option('--json', 'print JSON'),
    'replay status 0VbWGLY4cNDpFZvJyW',
  ).action(async (id: string, { json }: { json?: boolean }) => {
    const shown = await (await openApi()).get<{ id: string; run: string; progress: Progress | null }>(at('replays', id));
    if (json) return printJson(shown);
    const { run, progress } = shown;
    if (!progress) return printLine(`Replay ${id}: its run is ${run}; no worker tells how far it is.`);
    printFacts([['Replay', id], ['State', progress.state], ['Conversions', `${progress.done} of ${progress.matched}`], ...(progress.recent.some(({ outcome }) => outcome === 'listed') ? [['Listed', String(progress.done)] as [string, string]] : []), ['Sent again', String(progress.retried)], ['Unchanged', String(progress.unchanged)], ['Failed', String(progress.failed)]]);
    if (progress.recent.length > 0) printLine();
    if (progress.recent.length > 0) printTable(['Outcome', 'Conversion'], progress.recent.slice(0, 20).map((each) => [each.outcome, each.conversionId]), '');
  });

  const steering = [
    ['pause', 'Stop a replay before its next conversions, until it is resumed', 'is paused'],
    ['resume', 'Let a paused replay go on', 'goes on'],
    ['cancel', 'End a replay; what it has done stays', 'ends'],
  ] as const;
  for (const [what, description, outcome] of steering) {
    withExamples(
      replay.command(what).description(description).argument('<id>', 'its id').requiredOption('--why <text>', 'the reason').option('--json', 'print JSON'),
      `replay ${what} 0VbWGLY4cNDpFZvJyW --why "the platform is slow"`,
    ).action(async (id: string, { why, json }: { why: string; json?: boolean }) => {
      const answer = await (await openApi()).post<{ id: string }>(at('replays', id, `/${what}`), { why });
      if (json) return printJson(answer);
      printLine(`Replay ${id} ${outcome}.`);
    });
  }
}
