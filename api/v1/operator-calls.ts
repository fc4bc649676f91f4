import { WithStartWorkflowOperation, WorkflowUpdateFailedError, type Connection, type WorkflowClient } from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import type { Config } from '../../config.ts';
import {
  attachClickUpdate, cancelDeliveryUpdate, CONVERSION_WORKFLOW, reprocessUpdate, retryDeliveriesUpdate, setStatusUpdate,
  type Acting, type ConversionInput, type Operation, type OperationResult,
} from '../../contracts/conversion.ts';
import { pauseReplaySignal, replayProgressQuery, replayWorkflowId, resumeReplaySignal, type ReplayInput, type ReplayProgress } from '../../contracts/replay.ts';
import { startOptionsOf, startReplay } from '../../contracts/start.ts';
import { Problem } from '../problem.ts';

/** What operators ask of Temporal. Each call has a deadline; each failure is a problem that says whether something may have been done. */

export interface OperatorCalls {
  /** Carried out by the conversion's run, which is started where none is open. Needs a worker. A repeat with the same id is the same operation. */
  operate(conversion: ConversionInput, operation: Operation, acting: Acting, operationId: string): Promise<OperationResult>;
  /** A repeat with the same id is the same replay; `isDone`: it has ended before, and nothing begins. */
  startReplay(replayId: string, input: ReplayInput & { perSecond: number }): Promise<{ isDone: boolean }>;
  /** `progress` is null where no worker answers: the state of the run is known all the same. */
  replay(replayId: string): Promise<{ run: string; progress: ReplayProgress | null }>;
  steerReplay(replayId: string, what: 'pause' | 'resume' | 'cancel', acting: Acting): Promise<void>;
}

export function createOperatorCalls(
  client: WorkflowClient, connection: Connection, { temporalCallTimeoutMs, operateTimeoutMs }: Pick<Config, 'temporalCallTimeoutMs' | 'operateTimeoutMs'>,
): OperatorCalls {
  const within = <T>(ms: number, call: () => Promise<T>) => connection.withDeadline(Date.now() + ms, call);
  const handleOf = (replayId: string) => client.getHandle(replayWorkflowId(replayId));
  /** Asked first: what fails here has done nothing. */
  const reach = () => within(temporalCallTimeoutMs, () => connection.workflowService.getSystemInfo({})).catch((error: unknown) => {
    throw temporalUnavailable(error);
  });

  return {
    async operate(conversion, operation, acting, operationId) {
      await reach();
      try {
        return await within(operateTimeoutMs, () => update(client, conversion, operation, acting, operationId));
      } catch (error) {
        throw operationProblem(error, operateTimeoutMs);
      }
    },
    async startReplay(replayId, input) {
      try {
        return await within(temporalCallTimeoutMs, () => startReplay(client, replayId, input));
      } catch (error) {
        throw temporalUnavailable(error);
      }
    },
    async replay(replayId) {
      try {
        const { status } = await within(temporalCallTimeoutMs, () => handleOf(replayId).describe());
        const progress = await within(temporalCallTimeoutMs, () => handleOf(replayId).query(replayProgressQuery)).catch(() => null);
        return { run: status.name.toLowerCase(), progress };
      } catch (error) {
        throw replayProblem(error, replayId);
      }
    },
    async steerReplay(replayId, what, acting) {
      const handle = handleOf(replayId);
      try {
        await within(temporalCallTimeoutMs, async () => {
          const { status } = await handle.describe();
          if (status.name !== 'RUNNING') throw new Problem(409, 'replay_ended', `The replay has ended (${status.name.toLowerCase()}).`);
          if (what === 'cancel') await handle.cancel();
          else await handle.signal(what === 'pause' ? pauseReplaySignal : resumeReplaySignal, acting);
        });
      } catch (error) {
        throw replayProblem(error, replayId);
      }
    },
  };
}

/** Update-with-start: an open run takes the update, a closed one is started for it. */
function update(client: WorkflowClient, conversion: ConversionInput, operation: Operation, acting: Acting, updateId: string): Promise<OperationResult> {
  const startWorkflowOperation = new WithStartWorkflowOperation(CONVERSION_WORKFLOW, { ...startOptionsOf(conversion), workflowIdConflictPolicy: 'USE_EXISTING' });
  const options = { updateId, startWorkflowOperation };
  switch (operation.kind) {
    case 'retryDeliveries': {
      const { kind: _, ...asked } = operation;
      return client.executeUpdateWithStart(retryDeliveriesUpdate, { ...options, args: [{ ...asked, ...acting }] });
    }
    case 'attachClick': return client.executeUpdateWithStart(attachClickUpdate, { ...options, args: [{ clickId: operation.clickId, ...acting }] });
    case 'setStatus': {
      const { kind: _, ...said } = operation;
      return client.executeUpdateWithStart(setStatusUpdate, { ...options, args: [{ ...said, ...acting }] });
    }
    case 'cancelDelivery': return client.executeUpdateWithStart(cancelDeliveryUpdate, { ...options, args: [{ key: operation.key, ...acting }] });
    case 'reprocess': return client.executeUpdateWithStart(reprocessUpdate, { ...options, args: [{ apply: operation.apply, ...acting }] });
  }
}

const temporalUnavailable = (cause: unknown): Problem => new Problem(503, 'temporal_unavailable', 'Nothing was done. Please repeat the call.', { cause, headers: { 'Retry-After': '10' } });

/** A refusal is the run's own sentence. Of anything else it is not known whether it was, or will be, carried out. */
function operationProblem(error: unknown, waitedMs: number): Problem {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  if (cause instanceof ApplicationFailure) return new Problem(409, 'operation_refused', cause.message, { cause, refusal: cause.type ?? 'unexpected' });
  return new Problem(504, 'operation_pending', `No worker has answered within ${waitedMs} ms. The operation may still be carried out: look at the conversion before you repeat it.`, { cause: error });
}

function replayProblem(error: unknown, replayId: string): Problem {
  if (error instanceof Problem) return error;
  return error instanceof WorkflowNotFoundError ? new Problem(404, 'replay_not_found', `There is no replay ${replayId}.`) : temporalUnavailable(error);
}
