import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { CliError, usageError } from './errors.ts';

/** Values of repeatable options. Secrets come from files or standard input only: a command line is visible to every user of the machine. */

/** For commander: gathers a repeatable option. */
export const repeated = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** `--set name=value`, `--unset name`: null takes the setting away. */
export function settingsFrom(options: { set?: string[]; unset?: string[] }): Record<string, string | null> {
  const set = (options.set ?? []).map((pair): [string, string] => nameAndValue(pair, '--set'));
  return { ...Object.fromEntries((options.unset ?? []).map((name) => [name, null])), ...Object.fromEntries(set) };
}

/** `--secret name=@file`, `--secret name=-` (standard input, for one of them). */
export async function secretsFrom(pairs: string[] | undefined): Promise<Record<string, string>> {
  const sources = (pairs ?? []).map((pair) => nameAndValue(pair, '--secret'));
  if (sources.filter(([, source]) => source === '-').length > 1) throw usageError('secret_source', 'Only one secret can come from standard input.');
  const secrets: Record<string, string> = {};
  for (const [name, source] of sources) secrets[name] = await readSecret(source, name);
  return secrets;
}

/** Reads `@file` or `-`; one line break at the end is none of the secret's. Never repeats what it was given. */
export async function readSecret(source: string, name: string): Promise<string> {
  if (source === '-') return withoutLineBreak(await readStandardInput(name));
  if (source.startsWith('@') && source.length > 1) return readSecretFile(source.slice(1));
  throw usageError('secret_on_command_line', `Give the secret ${name} as @file or as - for standard input: what is written on the command line can be read by others.`);
}

export async function readSecretFile(path: string): Promise<string> {
  return withoutLineBreak(await readText(path));
}

export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError('file_unreadable', `${path} cannot be read (${String((error as { code?: unknown }).code)}).`);
  }
}

/** Splits at the first `=`; the refusal names the option only, since the rest may be a secret. */
export function nameAndValue(pair: string, option: string): [string, string] {
  const index = pair.indexOf('=');
  if (index < 1) throw usageError('option_form', `${option} takes name=value.`);
  return [pair.slice(0, index), pair.slice(index + 1)];
}

const withoutLineBreak = (text: string): string => text.replace(/\r?\n$/, '');

function readStandardInput(name: string): Promise<string> {
  if (!process.stdin.isTTY) return readAll(process.stdin);
  // At a terminal what is typed is not shown: readline echoes into a sink.
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: sink, terminal: true });
  process.stderr.write(`${name} (not shown): `);
  return new Promise((resolve) => {
    reader.once('line', (line) => {
      reader.close();
      process.stderr.write('\n');
      resolve(line);
    });
    reader.once('close', () => resolve(''));
  });
}
