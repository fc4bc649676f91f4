import type { Command } from 'commander';
import { at, openApi } from './api-client.ts';
import { EXIT } from './errors.ts';
import { withExamples } from './examples.ts';
import { repeated } from './input.ts';
import { printFacts, printJson, printLine, printTable } from './print.ts';

/** `tributary conversions ...`: what became of conversions, and what an operator does to them. Asks the API. */

interface ListedDelivery {
  key: string;
  event: string;
  kind: string;
  destinationName: string;
  state: string;
  reason: string | null;
}
interface Listed {
  id: string;
  network: string;
  orderId: string | null;
  status: string;
  amount: string | null;
  currency: string | null;
  clickId: string | null;
  attribution: string;
  deliveries: ListedDelivery[];
  createdAt: string;
}
interface Shown extends Listed {
  clickMatch: string | null;
  history: { status: string; statusRaw: string | null; amount: string | null; currency: string | null; effect: string; source: string; receivedAt: string; postbackId: string }[];
  deliveries: (ListedDelivery & { attempts: number })[];
  audit: { at: string; who: string; why: string; operation: { kind: string }; changes: string[] }[];
}
interface Operated {
  changes: string[];
  deliveries: string[];
  refused?: { key: string; reason: string }[];
}

const WHY = ['--why <text>', 'the reason, for the audit'] as const;

export function addConversions(program: Command): void {
  const conversions = program.command('conversions').description('What became of conversions, and what to do about them');

  withExamples(
    conversions
      .command('list')
      .description('List conversions, newest first')
      .option('--property <property>', 'of this property, name or id')
      .option('--network <id>', 'of this network')
      .option('--status <status>', 'pending, hold, approved, rejected, trash or unknown')
      .option('--destination <name>', 'with a delivery to this destination, name or id')
      .option('--outcome <state>', 'with a delivery in this state: planned, accepted, delivered, skipped, parked, failed, expired or cancelled')
      .option('--open', 'only those with something parked or failed')
      .option('--from <time>', 'first reported at or after this time (2026-11-20, 2026-11-20T10:00:00Z)')
      .option('--to <time>', 'first reported before this time')
      .option('--q <id>', 'by order id, click id or conversion id')
      .option('--limit <n>', 'how many (1 to 200)', '50')
      .option('--cursor <cursor>', 'the next page, as the one before named it')
      .option('--json', 'print JSON'),
    'conversions list --property "My site" --open',
    'conversions list --q 1033507426',
  ).action(async ({ json, ...query }: { json?: boolean } & Record<string, string | boolean | undefined>) => {
    const page = await (await openApi()).get<{ conversions: Listed[]; cursor: string | null }>('/conversions', query);
    if (json) return printJson(page);
    printTable(['Status', 'Payout', 'Order', 'Network', 'Deliveries', 'First report', 'Id'], page.conversions.map(rowOf), 'No such conversions.');
    if (page.cursor) printLine(`\nThere are more: --cursor ${page.cursor}`);
  });

  withExamples(
    conversions.command('show').description('Show a conversion: its reports, its deliveries, what was done by hand').argument('<id>', 'its id, as the list shows it').option('--json', 'print JSON with everything, attempts too'),
    'conversions show 0VbWGLY4cNDpFZvJyW/kma/order:1033507426',
  ).action(async (id: string, { json }: { json?: boolean }) => {
    const shown = await (await openApi()).get<Shown>(at('conversions', id));
    if (json) return printJson(shown);
    printShown(shown);
  });

  operation('retry', 'Send again what did not go out: all of it, or the deliveries that are named', 'conversions retry 0VbWGLY4cNDpFZvJyW/kma/order:1033507426 --why "the platform was down"', (command) =>
    command.option('--key <key>', 'only this delivery (repeatable)', repeated).option('--force', 'also what was delivered, with the same event id').option('--new-event-id', 'with --force: as a new event, which the platform counts again'))
    .action((id: string, { key, force, newEventId, why, json }: Options) => operate(id, '/retry', { keys: key, force, newEventId, why }, json));

  operation('attach', 'Say which click a conversion belongs to', 'conversions attach 0VbWGLY4cNDpFZvJyW/kma/order:1033507426 mz7yYainzaN6hkc52QV001 --why "from the network\'s support"', (command) =>
    command.argument('<clickId>', 'the click'))
    .action((id: string, clickId: string, { why, json }: Options) => operate(id, '/attach', { clickId, why }, json));

  operation('set-status', 'Report a status by hand', 'conversions set-status 0VbWGLY4cNDpFZvJyW/kma/order:1033507426 approved --amount 12.50 --currency USD --why "confirmed by mail"', (command) =>
    command.argument('<status>', 'pending, hold, approved, rejected or trash').option('--amount <decimal>', 'the payout').option('--currency <code>', 'its currency'))
    .action((id: string, status: string, { amount, currency, why, json }: Options) => operate(id, '/status', { status, amount, currency, why }, json));

  operation('cancel', 'End a delivery that is not sent yet', 'conversions cancel 0VbWGLY4cNDpFZvJyW/kma/order:1033507426 0VbWGLY4d1/Lead/1/event/0 --why "a test order"', (command) =>
    command.argument('<key>', 'the delivery, as `conversions show` names it'))
    .action((id: string, key: string, { why, json }: Options) => operate(id, '/cancel', { key, why }, json));

  function operation(name: string, description: string, example: string, more: (command: Command) => Command): Command {
    const command = more(conversions.command(name).description(description).argument('<id>', 'the conversion\'s id'));
    return withExamples(command.requiredOption(...WHY).option('--json', 'print JSON'), example);
  }
}

interface Options {
  why: string;
  json?: boolean;
  key?: string[];
  force?: boolean;
  newEventId?: boolean;
  amount?: string;
  currency?: string;
}

async function operate(id: string, path: string, body: object, json: boolean | undefined): Promise<void> {
  const result = await (await openApi()).post<Operated>(at('conversions', id, path), body);
  if (result.changes.length === 0 && (result.refused ?? []).length > 0) process.exitCode = EXIT.refused;
  if (json) return printJson(result);
  for (const change of result.changes) printLine(change);
  for (const { key, reason } of result.refused ?? []) printLine(`not ${key}: ${reason}`);
  if (result.changes.length === 0) printLine('Nothing was changed.');
}

const moneyOf = ({ amount, currency }: { amount: string | null; currency: string | null }): string => (amount === null ? '' : `${amount} ${currency ?? ''}`.trim());

function rowOf(c: Listed): string[] {
  const states = new Map<string, number>();
  for (const { state } of c.deliveries) states.set(state, (states.get(state) ?? 0) + 1);
  return [c.status, moneyOf(c), c.orderId ?? '', c.network, [...states].map(([state, count]) => `${count} ${state}`).join(', '), c.createdAt, c.id];
}

function printShown(c: Shown): void {
  printFacts([['Conversion', c.id], ['Status', c.status], ['Payout', moneyOf(c) || 'never said'], ['Click', c.clickId ? `${c.clickId} (${c.clickMatch ?? c.attribution})` : (c.clickMatch ?? c.attribution)]]);
  printLine();
  printTable(['Received', 'Status', 'Payout', 'Effect', 'From', 'Postback'], c.history.map((h) => [h.receivedAt, h.statusRaw && h.statusRaw !== h.status ? `${h.status} (${h.statusRaw})` : h.status, moneyOf(h), h.effect, h.source, h.postbackId]), 'No reports.');
  printLine();
  printTable(['Event', 'Destination', 'State', 'Attempts', 'Reason', 'Key'], c.deliveries.map((d) => [d.kind === 'event' ? d.event : `${d.event} (${d.kind})`, d.destinationName, d.state, String(d.attempts), d.reason ?? '', d.key]), 'No deliveries.');
  if (c.audit.length > 0) printLine();
  if (c.audit.length > 0) printTable(['By hand', 'Who', 'What', 'Why'], c.audit.map((a) => [a.at, a.who, a.operation.kind, a.why]), '');
}
