import type { WorkflowClient } from '@temporalio/client';
import { CONVERSION_WORKFLOW, clickSignal, conversionWorkflowId, postbackSignal, taskQueues, wakeSignal, type ConversionInput } from './conversion.ts';
import { searchAttributes } from './search-attributes.ts';

type Message = { postbackId: string } | { clickId: string } | { reason: string };

/**
 * Hands a message to the conversion's run, starting one where none is open. Durable once it returns; needs no worker.
 * A repeat is harmless: what a run was told before is in the conversion's history. Callers bound it with
 * `connection.withDeadline`; a call that timed out has an unknown outcome and may be made again.
 */
export async function signalConversion(client: WorkflowClient, conversion: ConversionInput, message: Message): Promise<void> {
  const options = {
    workflowId: conversionWorkflowId(conversion.conversionId),
    taskQueue: taskQueues.conversions,
    args: [conversion],
    staticSummary: `${conversion.network} conversion ${conversion.conversionId.slice(conversion.conversionId.lastIndexOf('/') + 1)}`,
    typedSearchAttributes: [
      { key: searchAttributes.property, value: conversion.propertyId },
      { key: searchAttributes.network, value: conversion.network },
    ],
  };
  if ('postbackId' in message) await client.signalWithStart(CONVERSION_WORKFLOW, { ...options, signal: postbackSignal, signalArgs: [message] });
  else if ('clickId' in message) await client.signalWithStart(CONVERSION_WORKFLOW, { ...options, signal: clickSignal, signalArgs: [message] });
  else await client.signalWithStart(CONVERSION_WORKFLOW, { ...options, signal: wakeSignal, signalArgs: [message] });
}
