import { expect } from 'vitest';
import type { Report } from '../../../domain/report.ts';
import { networkById } from '../../../networks/catalog.ts';
import type { ParseSettings, PostbackInput } from '../../../networks/contract.ts';

export const ARRIVAL = Date.parse('2026-11-22T10:00:00Z');
export const CLICK = 'abcdefghij0123456789AB';

export interface Call extends Partial<PostbackInput> {
  settings?: ParseSettings;
}

export const parse = (network: string, { settings, ...input }: Call) =>
  networkById(network)!.parse({ query: '', contentType: null, body: null, receivedAtMs: ARRIVAL, ...input }, settings ?? {});

/** A report; the test fails where the call gave an error. */
export function read(network: string, call: Call | string): Report {
  const result = parse(network, typeof call === 'string' ? { query: call } : call);
  expect(result).not.toHaveProperty('error');
  return result as Report;
}

export const errorCode = (network: string, call: Call): string | undefined => {
  const result = parse(network, call);
  return 'error' in result ? result.error.code : undefined;
};
