import Table from 'cli-table3';

const write = (text: string): void => void process.stdout.write(text);

export const printLine = (text = ''): void => write(`${text}\n`);

export const printJson = (value: unknown): void => write(`${JSON.stringify(value, null, 2)}\n`);

/** Columns with a heading, no rules; or a sentence where there are no rows. */
export function printTable(heads: string[], rows: string[][], none: string): void {
  if (rows.length === 0) return printLine(none);
  const edges = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'];
  const chars = { ...Object.fromEntries(edges.map((edge) => [edge, ''])), middle: '  ' };
  const table = new Table({ head: heads, chars, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 } });
  table.push(...rows);
  write(`${table.toString().replace(/ +$/gm, '')}\n`);
}

/** `name: value` lines, values aligned. */
export function printFacts(facts: [string, string][]): void {
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  for (const [name, value] of facts) printLine(`${`${name}:`.padEnd(width)}${value}`);
}
