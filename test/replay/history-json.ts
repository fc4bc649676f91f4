import type { Client } from '@temporalio/client';

export type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;

/**
 * A history as JSON text and back: bytes are `{"base64"}`, 64-bit numbers are numbers. The SDK's own historyToJSON and
 * historyFromJSON throw "type must be a Type" as npm installs it here: another package's older protobufjs takes the top of
 * node_modules, so that @temporalio/common and @temporalio/proto each get a copy of their own, and one does not know the
 * other's types. Without the name of the machine, on one line.
 */
export const historyToText = (history: History): string => `${JSON.stringify(plain(history))}\n`;

export const historyFromText = (text: string): History =>
  JSON.parse(text, (_key, value: unknown) => {
    const { base64 } = (value ?? {}) as { base64?: unknown };
    return typeof base64 === 'string' ? Uint8Array.from(Buffer.from(base64, 'base64')) : value;
  }) as History;

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('low' in value && 'high' in value) return safe(Number(String(value)));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, key === 'identity' ? 'worker' : plain(each)]));
}

function safe(number: number): number {
  if (!Number.isSafeInteger(number)) throw new Error(`${number} does not fit into a JSON number.`);
  return number;
}
