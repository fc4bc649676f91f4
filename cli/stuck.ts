import type { Command } from 'commander';
import { openApi } from './api-client.ts';
import { EXIT } from './errors.ts';
import { withExamples } from './examples.ts';
import { printJson, printLine, printTable } from './print.ts';

interface Stuck {
  ok: boolean;
  counts: { postbacks: number; overdue: number; destinations: number; failed: number };
  postbacks: { id: string; receivedAt: string; tries: number; reason: string }[];
  overdue: { conversionId: string; status: string; dueAt: string }[];
  destinations: { name: string; platform: string; state: string; paused: { reason: string; by: string; at: string } | null; parkedConversions: number }[];
  failed: { conversionId: string; event: string; destinationName: string; code: string | null; reason: string | null; deadlineAt: string }[];
}

/** `tributary stuck`: everything that does not go on by itself. Exit code 0 where there is nothing, else 1. Asks the API. */
export function addStuck(program: Command): void {
  withExamples(
    program
      .command('stuck')
      .description('Show what does not go on by itself; ends with 0 where there is nothing, else with 1')
      .option('--limit <n>', 'how many of each kind (1 to 200)', '50')
      .option('--json', 'print JSON'),
    'stuck',
  ).action(async ({ limit, json }: { limit: string; json?: boolean }) => {
    const found = await (await openApi()).get<Stuck>('/stuck', { limit });
    if (!found.ok) process.exitCode = EXIT.refused;
    if (json) return printJson(found);
    if (found.ok) return printLine('Nothing is stuck.');
    print(found);
  });
}

function print({ counts, postbacks, overdue, destinations, failed }: Stuck): void {
  section(counts.postbacks, 'postbacks without an outcome', ['Postback', 'Received', 'Reason'], postbacks.map((p) => [p.id, p.receivedAt, p.reason]));
  section(counts.overdue, 'conversions whose run should have acted', ['Due', 'Status', 'Conversion'], overdue.map((c) => [c.dueAt, c.status, c.conversionId]));
  section(counts.destinations, counts.destinations === 1 ? 'destination that holds events back' : 'destinations that hold events back', ['Destination', 'Platform', 'State', 'Conversions parked', 'Since', 'Reason'],
    destinations.map((d) => [d.name, d.platform, d.state, String(d.parkedConversions), d.paused?.at ?? '', d.paused?.reason ?? '']));
  section(counts.failed, 'conversions with failed deliveries that may still be sent', ['Event', 'Destination', 'Until', 'Reason', 'Conversion'],
    failed.map((f) => [f.event, f.destinationName, f.deadlineAt, [f.reason, f.code && `(${f.code})`].filter(Boolean).join(' '), f.conversionId]));
}

function section(count: number, title: string, heads: string[], rows: string[][]): void {
  if (count === 0) return;
  printLine(`${count} ${title}`);
  printTable(heads, rows, '');
  printLine();
}
