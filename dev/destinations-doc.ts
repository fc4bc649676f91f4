import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { destinations } from '../destinations/catalog.ts';
import type { Destination } from '../destinations/contract.ts';

/** docs/destinations/README.md from the catalog of platforms. `npm run docs` writes it; `npm run check` compares. */

const file = fileURLToPath(new URL('../docs/destinations/README.md', import.meta.url));

const intro = `# Ad platforms

<!-- Made by \`npm run docs\` from destinations/: change it there. -->

Every platform has a page of its own: where to get each setting, what is sent, what each failure means. [preview.md](preview.md) shows what would be
sent without sending it; [your-own.md](your-own.md) adds a platform.

| column | meaning |
|---|---|
| version | of the platform's API; the setting \`apiVersion\` changes it. "until" is the platform's announced last day; from 90 days before it the worker's log, \`GET /readyz\` and \`destination check\` warn |
| age | how old an event may be; older ones are \`expired\` |
| deadline | how long after the event it is tried again |
| batch | events in one request, and what one bad event does to the others. The engine sends one event a request |
| dedupe | how long the platform knows a repeated event by its id |
| reversal | what of a rejection or a new amount can be told afterwards, and within which time |
| test call | whether \`destination check\` can ask the platform without counting a conversion |
`;

const UNITS: [ms: number, name: string][] = [[86_400_000, 'day'], [3_600_000, 'hour'], [60_000, 'minute'], [1000, 'second']];

export function inWords(ms: number): string {
  if (!Number.isFinite(ms)) return 'any';
  // A limit that is one millisecond short of a whole number of hours is "less than" it.
  const [unitMs, name] = UNITS.find(([each]) => ms + 1 >= each && ((ms + 1) % each <= 1)) ?? [1, 'ms'];
  const count = Math.round(ms / unitMs);
  return `${count} ${name}${count === 1 || name === 'ms' ? '' : 's'}`;
}

function versionOf({ versions }: Destination): string {
  const newest = versions?.[0];
  return newest ? `${newest.version}${newest.until ? `, until ${newest.until}` : ''}` : '-';
}

function batchOf({ batch }: Destination): string {
  if (batch.max === 1) return '1';
  return `${batch.max}, ${batch.atomic ? 'all or none' : 'each by itself'}`;
}

function reversalOf({ reversal }: Destination): string {
  if (!reversal) return '-';
  const wait = reversal.notBeforeMs ? `${inWords(reversal.notBeforeMs)} to ` : '';
  return `${reversal.kinds.join(', ')}; ${wait}${inWords(reversal.deadlineMs)}`;
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The page as it should be. */
export function destinationsPage(): string {
  const head = ['platform', 'id', 'version', 'age', 'deadline', 'batch', 'dedupe', 'reversal', 'test call'];
  const rows = [...destinations.values()].map((each) => [
    `[${each.title}](${each.platform}.md)`, `\`${each.platform}\``, versionOf(each), inWords(each.ageMaxMs), inWords(each.deadlineMs), batchOf(each),
    each.dedupeWindowMs === 0 ? 'none' : inWords(each.dedupeWindowMs), reversalOf(each), each.check ? 'yes' : each.authorise ? 'token only' : 'no',
  ]);
  return [intro, row(head), row(head.map(() => '---')), ...rows.map(row), ''].join('\n');
}

export function destinationsPageIsCurrent(): boolean {
  try {
    return readFileSync(file, 'utf8') === destinationsPage();
  } catch {
    return false; // missing is out of date too
  }
}

export const writeDestinationsPage = (): void => writeFileSync(file, destinationsPage());
