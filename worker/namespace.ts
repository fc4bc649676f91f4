import { SearchAttributeType } from '@temporalio/common';
import type { Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { searchAttributes } from '../contracts/search-attributes.ts';

/** What the namespace must have before a conversion can start; safe to run at every start, by many at once. */

const INDEXED_VALUE_TYPE: Partial<Record<SearchAttributeType, number>> = {
  [SearchAttributeType.KEYWORD]: 2,
  [SearchAttributeType.DATETIME]: 6,
  [SearchAttributeType.KEYWORD_LIST]: 7,
};

export async function prepareNamespace(connection: Connection | NativeConnection, namespace: string, retentionMs: number): Promise<void> {
  await registerSearchAttributes(connection, namespace);
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: { seconds: Math.round(retentionMs / 1000) as never } },
  });
}

async function registerSearchAttributes(connection: Connection | NativeConnection, namespace: string): Promise<void> {
  const known = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(searchAttributes).filter((key) => !known.customAttributes?.[key.name]);
  if (missing.length === 0) return;
  const attributes = Object.fromEntries(missing.map((key) => [key.name, INDEXED_VALUE_TYPE[key.type as SearchAttributeType]!]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: attributes });
  } catch (error) {
    // Another worker was faster.
    if (!/already exists/i.test((error as Error).message)) throw error;
  }
}
