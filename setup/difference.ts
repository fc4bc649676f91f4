import { isDeepStrictEqual } from 'node:util';

/** The difference between two states of a record, in lines for a person. */

type Facts = Record<string, unknown>;

/** One line for each value that appears, goes or changes: `pixelId: 1 -> 2`. */
export function differenceLines(before: Facts, after: Facts, prefix = ''): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const [old, next] = [before[name], after[name]];
    if (isDeepStrictEqual(old, next)) return [];
    if (old === undefined || old === null) return [`${prefix}${name}: ${shown(next)}`];
    if (next === undefined || next === null) return [`${prefix}${name}: ${shown(old)} -> (removed)`];
    return [`${prefix}${name}: ${shown(old)} -> ${shown(next)}`];
  });
}

/** Names of secrets with what becomes of them; their values are never shown. */
export function secretLines(before: Facts, after: Facts): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.map((name) => `${name}: ${verdict(before[name], after[name])} (secret)`);
}

function verdict(old: unknown, next: unknown): string {
  if (isDeepStrictEqual(old, next)) return 'unchanged';
  if (old === undefined || old === null) return 'set';
  return next === undefined || next === null ? 'removed' : 'changed';
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
