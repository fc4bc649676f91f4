import type { WorkflowClient } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { CONVERSION_WORKFLOW, DRAIN_WORKFLOW, REPLAY_WORKFLOW, clickSignal, conversionWorkflowId, postbackSignal, taskQueues, wakeSignal, type ConversionInput, type PostbackMessage } from './conversion.ts';
import { drainWorkflowId, replayWorkflowId, type DrainInput, type ReplayInput } from './replay.ts';
import { searchAttributes } from './search-attributes.ts';

type Message = PostbackMessage | { clickId: string } | { reason: string };

/** How the run of a conversion is started, whoever starts it. */
export const startOptionsOf = (conversion: ConversionInput) => ({
  workflowId: conversionWorkflowId(conversion.conversionId),
  taskQueue: taskQueues.conversions,
  args: [conversion],
  staticSummary: `${conversion.network} conversion ${conversion.conversionId.slice(conversion.conversionId.lastIndexOf('/') + 1)}`,
  typedSearchAttributes: [
    { key: searchAttributes.property, value: conversion.propertyId },
    { key: searchAttributes.network, value: conversion.network },
  ],
});

/**
 * Hands a message to the conversion's run, starting one where none is open. Durable once it returns; needs no worker.
 * A repeat is harmless: what a run was told before is in the conversion's history. Callers bound it with
 * `connection.withDeadline`; a call that timed out has an unknown outcome and may be made again.
 */
export async function signalConversion(client: WorkflowClient, conversion: ConversionInput, message: Message): Promise<void> {
  const options = startOptionsOf(conversion);
  if ('postbackId' in message) await client.signalWithStart(CONVERSION_WORKFLOW, { ...options, signal: postbackSignal, signalArgs: [message] });
  else if ('clickId' in message) await client.signalWithStart(CONVERSION_WORKFLOW, { ...options, signal: clickSignal, signalArgs: [message] });
  else await client.signalWithStart(CONVERSION_WORKFLOW, { ...options, signal: wakeSignal, signalArgs: [message] });
}

/**
 * Starts a replay. A repeat with the id of one that runs or has ended is that one; one that was cancelled or failed goes on: what
 * it did is known under its id and is not done again. Returns its workflow id.
 */
export async function startReplay(client: WorkflowClient, replayId: string, input: ReplayInput & { perSecond: number }): Promise<{ workflowId: string; isDone: boolean }> {
  const workflowId = replayWorkflowId(replayId);
  try {
    await client.start(REPLAY_WORKFLOW, {
      workflowId,
      taskQueue: taskQueues.conversions,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      staticSummary: `${input.dryRun ? 'dry run of a replay' : 'replay'} by ${input.who}`,
      typedSearchAttributes: [{ key: searchAttributes.property, value: input.filter.propertyId }],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { workflowId, isDone: true };
  }
  return { workflowId, isDone: false };
}

/** Starts to send what is parked at a destination, where nothing does it yet. A repeat is harmless. */
export async function startDrain(client: WorkflowClient, input: DrainInput): Promise<void> {
  await client.start(DRAIN_WORKFLOW, {
    workflowId: drainWorkflowId(input.destinationId),
    taskQueue: taskQueues.conversions,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `what was parked at destination ${input.destinationId}`,
  });
}
