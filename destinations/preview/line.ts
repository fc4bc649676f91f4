import { destinationByPlatform, destinations } from '../catalog.ts';
import type { Destination, OutboundEvent } from '../contract.ts';
import { asObject, parseExactly } from '../json-body.ts';
import { absent, objectIn, textIn, type Warn } from './reading.ts';

/** A line that cannot be answered at all. */
export class LineError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Line {
  platform: Destination;
  given: Record<string, unknown>;
}

/** The line's object and platform; throws LineError. */
export function readLine(line: string): Line {
  const given = asObject(jsonOf(line));
  if (!given) throw new LineError('line_invalid', 'The line is not a JSON object.');
  const name = given['platform'];
  if (typeof name !== 'string') throw new LineError('line_invalid', 'The line names no platform.');
  const platform = destinationByPlatform(name);
  if (!platform) throw new LineError('platform_unknown', `There is no platform "${name}"; there are ${[...destinations.keys()].join(', ')}.`);
  return { platform, given };
}

export function warnUnknownKeys(given: Record<string, unknown>, known: readonly string[], warn: Warn): void {
  for (const key of Object.keys(given)) if (!known.includes(key)) warn(`${key} is not known and ignored.`);
}

export function defaultsIn(value: unknown, warn: Warn): OutboundEvent['defaults'] {
  const given = objectIn(value, 'defaults', ['country', 'callingCode'], warn);
  return { country: textIn(given['country'], 'defaults.country', warn), callingCode: textIn(given['callingCode'], 'defaults.callingCode', warn) };
}

/** A list, or a LineError that names it. */
export function listIn(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw new LineError('line_invalid', absent(value) ? `The line has no ${name}.` : `${name} is no list.`);
  return value;
}

function jsonOf(line: string): unknown {
  try {
    return parseExactly(line);
  } catch {
    return null; // no shape accepts it
  }
}
