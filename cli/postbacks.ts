import type { Command } from 'commander';
import { at, openApi, type ApiClient } from './api-client.ts';
import { usageError } from './errors.ts';
import { withExamples } from './examples.ts';
import { printFacts, printJson, printLine, printTable } from './print.ts';

/** `tributary postbacks ...`: what came in, what became of it, and reading it again. Asks the API. */

interface Listed {
  id: string;
  network: string;
  receivedAt: string;
  conversionId: string | null;
  outcome: { effect: string; reason: string } | null;
  tries: number;
  lastError: string | null;
}
interface Reprocessed {
  applied: boolean;
  results: { conversionId: string | null; postbackIds: string[]; changes: string[]; problem: string | null }[];
}

/** As many as the API takes at once. */
const BATCH = 50;

export function addPostbacks(program: Command): void {
  const postbacks = program.command('postbacks').description('What networks reported, and what became of it');

  withExamples(
    postbacks
      .command('list')
      .description('List postbacks, newest first')
      .option('--property <property>', 'of this property, name or id')
      .option('--outcome <effect>', 'applied, duplicate, stale, unknown, empty or error')
      .option('--stuck', 'only those without an outcome for more than a minute')
      .option('--limit <n>', 'how many (1 to 200)', '50')
      .option('--cursor <cursor>', 'the next page, as the one before named it')
      .option('--json', 'print JSON'),
    'postbacks list --outcome unknown',
  ).action(async ({ json, ...query }: { json?: boolean } & Record<string, string | boolean | undefined>) => {
    const page = await (await openApi()).get<{ postbacks: Listed[]; cursor: string | null }>('/postbacks', query);
    if (json) return printJson(page);
    printTable(['Id', 'Received', 'Network', 'Outcome', 'Reason', 'Conversion'], page.postbacks.map(rowOf), 'No such postbacks.');
    if (page.cursor) printLine(`\nThere are more: --cursor ${page.cursor}`);
  });

  withExamples(
    postbacks.command('show').description('Show a postback: its parameters, without what they say of the buyer').argument('<id>', 'its id').option('--json', 'print JSON'),
    'postbacks show 0VbWGLY4cNDpFZvJyW',
  ).action(async (id: string, { json }: { json?: boolean }) => {
    const shown = await (await openApi()).get<Listed & { method: string; parameters: Record<string, string | null>; withheld: string[] }>(at('postbacks', id));
    if (json) return printJson(shown);
    printFacts([['Postback', shown.id], ['Received', shown.receivedAt], ['Network', shown.network], ['Conversion', shown.conversionId ?? 'none'], ['Outcome', outcomeOf(shown)], ['Reason', reasonOf(shown)]]);
    printLine();
    printTable(['Parameter', 'Value'], [...Object.entries(shown.parameters).map(([name, value]) => [name, value ?? '(nothing)']), ...shown.withheld.map((name) => [name, '(not shown: about the buyer)'])], 'No parameters.');
  });

  withExamples(
    postbacks
      .command('reprocess')
      .description('Read postbacks again with today\'s mapping: shows what would change, and with --apply changes it')
      .argument('[id...]', 'which')
      .option('--property <property>', 'instead of ids: those of this property')
      .option('--outcome <effect>', 'instead of ids: those with this outcome')
      .option('--apply', 'change it')
      .requiredOption('--why <text>', 'the reason, for the audit')
      .option('--json', 'print JSON'),
    'postbacks reprocess --outcome unknown --why "mapped the word superb"',
    'postbacks reprocess 0VbWGLY4cNDpFZvJyW --apply --why "mapped the word superb"',
  ).action(async (ids: string[], { property, outcome, apply = false, why, json }: { property?: string; outcome?: string; apply?: boolean; why: string; json?: boolean }) => {
    if (ids.length > 0 === (property !== undefined || outcome !== undefined)) throw usageError('which_postbacks', 'Name postbacks by their ids, or by --property and --outcome.');
    const api = await openApi();
    const found = ids.length > 0 ? ids : await idsOf(api, { property, outcome });
    const all: Reprocessed = { applied: apply, results: [] };
    for (let from = 0; from < found.length; from += BATCH) {
      const { results } = await api.post<Reprocessed>('/postbacks/reprocess', { ids: found.slice(from, from + BATCH), apply, why });
      all.results.push(...results);
    }
    if (json) return printJson(all);
    printReprocessed(all);
  });
}

/** All of them, first: what is reprocessed leaves the list that is being read. */
async function idsOf(api: ApiClient, query: { property: string | undefined; outcome: string | undefined }): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: { postbacks: Listed[]; cursor: string | null } = await api.get('/postbacks', { ...query, limit: 200, cursor: cursor ?? undefined });
    ids.push(...page.postbacks.map(({ id }) => id));
    cursor = page.cursor;
  } while (cursor !== null);
  return ids;
}

function printReprocessed({ applied, results }: Reprocessed): void {
  for (const { conversionId, postbackIds, changes, problem } of results) {
    printLine(conversionId ?? `postback ${postbackIds.join(', ')}`);
    for (const line of problem === null ? (changes.length > 0 ? changes : ['nothing changes']) : [problem]) printLine(`  ${line}`);
  }
  const changed = results.filter(({ changes }) => changes.length > 0).length;
  const conversions = changed === 1 ? 'conversion' : 'conversions';
  printLine(applied ? `${changed} ${conversions} changed.` : `${changed} ${conversions} would change; --apply changes them.`);
}

const outcomeOf = ({ outcome }: Listed): string => outcome?.effect ?? 'none yet';
const reasonOf = ({ outcome, lastError, tries }: Listed): string => outcome?.reason ?? lastError ?? (tries > 0 ? `handed over again ${tries} times` : '');
const rowOf = (p: Listed): string[] => [p.id, p.receivedAt, p.network, outcomeOf(p), reasonOf(p), p.conversionId ?? ''];
