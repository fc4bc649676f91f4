import { isIP } from 'node:net';
import { type Parameters, textOf } from './parameters.ts';

/** Two letters, in capitals. */
export function readCountry(parameters: Parameters, ...names: readonly string[]): string | null {
  const text = textOf(parameters, ...names);
  if (text === null) return null;
  if (/^[A-Za-z]{2}$/.test(text)) return text.toUpperCase();
  parameters.flags.add('country_unreadable');
  return null;
}

/** One IPv4 or IPv6 address. `isIP` rather than ipaddr.js, which also takes `1` and `0x7f.1` for addresses. */
export function readIp(parameters: Parameters, ...names: readonly string[]): string | null {
  const text = textOf(parameters, ...names);
  if (text === null) return null;
  if (isIP(text)) return text;
  parameters.flags.add('ip_unreadable');
  return null;
}
