import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { settings } from '../config.ts';

/** docs/configuration.md from the table in config.ts. `npm run docs` writes it; `npm run check` compares. */

const file = fileURLToPath(new URL('../docs/configuration.md', import.meta.url));

const intro = `# Configuration

<!-- Made by \`npm run docs\` from config.ts: change it there. -->

Every setting is an environment variable, read once at start. An empty variable counts as unset; a value that cannot be
read ends the process with a sentence that names the variable. Lists are comma-separated.
`;

/** What `npm start` reads besides: choices of the launcher on one machine, not of the product. */
const launcher = [
  ['`DATA_DIR`', '`.data`', 'Folder that `npm start` keeps everything in: MongoDB, Temporal, spool, the credentials key, logs.'],
  ['`API_PORT`', '`8080`', 'Port of the API.'],
  ['`TEMPORAL_PORT`', '`7233`', 'Port of the Temporal server that it starts.'],
  ['`TEMPORAL_UI_PORT`', '`8233`', 'Port of the Temporal UI.'],
  ['`MONGODB_PORT`', '`27017`', 'Port of the MongoDB that it starts.'],
  ['`MONGODB_URI`', 'unset', 'Use this MongoDB and start none.'],
  ['`TEMPORAL_ADDRESS`', 'unset', 'Use this Temporal server and start none.'],
  ['`XDG_CACHE_HOME`', '`~/.cache`', 'Servers that were fetched are kept in `tributary/` there.'],
  ['`MONGOMS_SYSTEM_BINARY`', 'unset', 'The `mongod` program to run.'],
];

/** Outside code, `<` would begin an HTML element. */
const prose = (text: string): string => text.split(/(`[^`]*`)/).map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;'))).join('');

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

const DAY_MS = 86_400_000;
const spans: [ms: number, name: string][] = [[DAY_MS, 'days'], [3_600_000, 'hours'], [60_000, 'minutes'], [1000, 'seconds']];

/** `1800000` alone tells nobody much: `1800000 (30 minutes)`. */
function inWords(value: string | number | boolean | null, unit: string | undefined): string {
  if (value === null) return 'unset';
  const span = unit === 'ms' && typeof value === 'number' ? spans.find(([ms]) => value >= ms && value % ms === 0) : undefined;
  if (!span) return `\`${value}\`${unit ? ` ${unit}` : ''}`;
  const count = Number(value) / span[0];
  return `\`${value}\` (${count} ${count === 1 ? span[1].slice(0, -1) : span[1]})`;
}

/** The page as it should be. */
export function configurationPage(): string {
  const rows = Object.values(settings).map((setting) => {
    const unit = 'unit' in setting ? setting.unit : undefined;
    return [`\`${setting.env}\``, setting.kind, inWords(setting.default, unit), prose(setting.meaning)];
  });
  return [
    intro,
    table(['variable', 'kind', 'default', 'meaning'], rows),
    '\n## The launcher on one machine\n\n`npm start` sets the addresses above by itself and reads these:\n',
    table(['variable', 'default', 'meaning'], launcher),
    '',
  ].join('\n');
}

export function configurationPageIsCurrent(): boolean {
  try {
    return readFileSync(file, 'utf8') === configurationPage();
  } catch {
    return false; // missing is out of date too
  }
}

export const writeConfigurationPage = (): void => writeFileSync(file, configurationPage());
