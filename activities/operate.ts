import { ApplicationFailure } from '@temporalio/common';
import type { ConversionActivities, OperateInput } from '../contracts/activities.ts';
import type { OperationResult } from '../contracts/conversion.ts';
import { changesBetween } from '../domain/changes.ts';
import { partsOfConversionId } from '../domain/conversion-id.ts';
import type { Conversion, OperationMark } from '../domain/conversion.ts';
import { OperationRefused } from '../domain/operations.ts';
import { auditEntry, recordAudit } from '../store/audit.ts';
import { conversionById, saveConversion } from '../store/conversions.ts';
import type { Deps } from './deps.ts';
import { attributeAndJudge, findClicks, load, type Loaded } from './open-conversion.ts';
import { attachClick } from './operations/attach-click.ts';
import { cancelDelivery } from './operations/cancel-delivery.ts';
import { reprocess, settleReprocessed } from './operations/reprocess.ts';
import { retryDeliveries } from './operations/retry-deliveries.ts';
import { setStatus } from './operations/set-status.ts';
import { timesOf } from './plan.ts';

/** Concurrent writers are this conversion's own deliveries and its run, so a few rounds always suffice; beyond them Temporal retries. */
const ROUNDS_MAX = 20;
/** How many operations a conversion remembers itself; older ones are known by the audit alone. */
const MARKS_MAX = 20;

type Refused = NonNullable<OperationResult['refused']>;

/** One operation. Changes the conversion in place, before it is judged; `refuse` says afterwards what of it was not done. */
export interface Applied {
  refuse(before: Conversion): Refused;
}
export type Apply<K extends OperateInput['operation']['kind']> = (
  deps: Deps, conversion: Conversion, input: OperateInput & { operation: { kind: K } }, loaded: Loaded,
) => Promise<Applied | void> | Applied | void;

const OPERATIONS: { [K in OperateInput['operation']['kind']]: Apply<K> } = { retryDeliveries, attachClick, setStatus, cancelDelivery, reprocess };

/**
 * What an operator asks for, as one guarded write. The conversion remembers the operation in that same write, and the entry in
 * the audit follows it: whoever dies in between, the repeat finds the mark, changes nothing and writes the entry.
 */
export const createOperate = (deps: Deps): ConversionActivities['operate'] => async (input) => {
  const { conversionId, operation } = input;
  const { propertyId, network } = partsOfConversionId(conversionId);
  const loaded = await load(deps, { propertyId, network, postbackIds: [] });
  const isDry = operation.kind === 'reprocess' && !operation.apply;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const found = await conversionById(deps.db, conversionId);
    if (!found) throw ApplicationFailure.nonRetryable(`No conversion is known as ${conversionId}.`, 'conversion_unknown');
    const done = isDry ? null : await doneBefore(deps, found.conversion, input.operationId);
    if (done) return finish(deps, input, found.conversion, done);

    const { conversion, mark } = await apply(deps, found.conversion, input, loaded);
    if (isDry) return resultOf(mark);
    if (mark.changes.length > 0) {
      conversion.operations = [...(conversion.operations ?? []), mark].slice(-MARKS_MAX);
      if (!(await saveConversion(deps.db, conversion, found.revision, timesOf(conversion, loaded.destinations, mark.atMs), new Date(mark.atMs)))) continue;
    }
    return finish(deps, input, conversion, mark);
  }
  throw ApplicationFailure.retryable(`The conversion was changed ${ROUNDS_MAX} times while it was read.`, 'conversion_busy');
};

async function doneBefore(deps: Deps, conversion: Conversion, operationId: string): Promise<OperationMark | null> {
  const mark = conversion.operations?.find((each) => each.operationId === operationId);
  if (mark) return mark;
  const entry = await auditEntry(deps.db, operationId);
  return entry && { operationId, atMs: entry.at.getTime(), changes: entry.changes, deliveries: entry.deliveries, refused: entry.refused };
}

async function apply(deps: Deps, before: Conversion, input: OperateInput, loaded: Loaded): Promise<{ conversion: Conversion; mark: OperationMark }> {
  const conversion = structuredClone(before);
  try {
    const applied = await (OPERATIONS[input.operation.kind] as Apply<never>)(deps, conversion, input as never, loaded);
    attributeAndJudge(deps, conversion, await findClicks(deps, conversion), loaded);
    const refused = applied?.refuse(before) ?? [];
    return { conversion, mark: { operationId: input.operationId, atMs: deps.now(), ...changesBetween(before, conversion), refused } };
  } catch (error) {
    if (error instanceof OperationRefused) throw ApplicationFailure.nonRetryable(error.message, error.code);
    throw error;
  }
}

async function finish(deps: Deps, input: OperateInput, conversion: Conversion, mark: OperationMark): Promise<OperationResult> {
  const { conversionId, operationId, operation, who, why, verified = false } = input;
  const { changes, deliveries, refused } = mark;
  if (operation.kind === 'reprocess' && changes.length > 0) await settleReprocessed(deps, conversion);
  await recordAudit(deps.db, {
    _id: operationId, conversionId, propertyId: conversion.propertyId, who, verified, why, operation: { ...operation }, changes, deliveries, refused, at: new Date(mark.atMs),
  });
  deps.log.info({ conversion: conversionId, operation: operation.kind, who, verified, changes: changes.length, refused: refused.length }, 'operation');
  return resultOf(mark);
}

const resultOf = ({ changes, deliveries, refused }: OperationMark): OperationResult => ({ changes, deliveries, ...(refused.length > 0 && { refused }) });
