import { ActivityFailure, ApplicationFailure, currentUpdateInfo, setHandler, uuid4, workflowInfo } from '@temporalio/workflow';
import {
  attachClickUpdate, cancelDeliveryUpdate, reprocessUpdate, retryDeliveriesUpdate, setStatusUpdate,
  type Acting, type AttachClick, type CancelDelivery, type Operation, type OperationResult, type RetryDeliveries, type SetStatus,
} from '../contracts/conversion.ts';
import { record } from './activities.ts';

/**
 * What an operator may ask of an open run. A validator refuses what is malformed before anything is written to the history,
 * and looks at nothing but the arguments and the run's own state; the rules are the activity's, which sees the record.
 */

export interface Run {
  conversionId: string;
  /** Whether the run knows a delivery of this key; true while it has not looked at the record yet. */
  knows(key: string): boolean;
  /** Asks for a look at the record. */
  look(reason: string): void;
}

export function setOperatorHandlers(run: Run): void {
  const act = async ({ who, why, verified }: Acting, operation: Operation): Promise<OperationResult> => {
    // A reset applies updates again, in a run of another id: the first run of the chain stays the same.
    const operationId = `${workflowInfo().firstExecutionRunId}/${currentUpdateInfo()?.id ?? uuid4()}`;
    try {
      return await record().operate({ conversionId: run.conversionId, operationId, who, why, ...(verified && { verified }), operation });
    } catch (error) {
      throw inItsOwnWords(error);
    } finally {
      // Also after a failure: whether it wrote something before is not known.
      run.look(`operator: ${operation.kind}`);
    }
  };

  setHandler(retryDeliveriesUpdate, ({ keys, force, newEventId, ...acting }) => act(acting, { kind: 'retryDeliveries', ...defined({ keys, force, newEventId }) }), {
    validator: (args) => {
      checkActing(args);
      checkRetry(args, run);
    },
    description: 'Sends again what did not go out: {"who","why","keys"?: [...], "force"?: true for delivered ones too, "newEventId"?: true to count again}.',
  });
  setHandler(attachClickUpdate, ({ clickId, ...acting }) => act(acting, { kind: 'attachClick', clickId }), {
    validator: (args) => {
      checkActing(args);
      checkClick(args);
    },
    description: 'Says which click it belongs to: {"who","why","clickId"}.',
  });
  setHandler(setStatusUpdate, ({ status, amount, currency, ...acting }) => act(acting, { kind: 'setStatus', status, ...defined({ amount, currency }) }), {
    validator: (args) => {
      checkActing(args);
      checkStatus(args);
    },
    description: 'A report by hand: {"who","why","status": "pending|hold|approved|rejected|trash","amount"?: "12.50","currency"?: "USD"}.',
  });
  setHandler(cancelDeliveryUpdate, ({ key, ...acting }) => act(acting, { kind: 'cancelDelivery', key }), {
    validator: (args) => {
      checkActing(args);
      checkCancel(args, run);
    },
    description: 'Ends a delivery that is not sent yet: {"who","why","key"}.',
  });
  setHandler(reprocessUpdate, ({ apply, ...acting }) => act(acting, { kind: 'reprocess', apply }), {
    validator: (args) => {
      checkActing(args);
      if (typeof args.apply !== 'boolean') refuse('"apply" is true, or false to see what would change.');
    },
    description: "Reads its postbacks again with today's mapping: {\"who\",\"why\",\"apply\": false to see what would change}.",
  });
}

/** The caller wants the sentence, not "Activity task failed". */
function inItsOwnWords(error: unknown): unknown {
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) return error;
  return ApplicationFailure.nonRetryable(error.cause.message, error.cause.type);
}

function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

const STATUSES = ['pending', 'hold', 'approved', 'rejected', 'trash'];
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

function refuse(sentence: string): never {
  throw ApplicationFailure.nonRetryable(sentence, 'invalid_operation');
}

function checkActing(args: Partial<Acting> | undefined): void {
  if (typeof args !== 'object' || args === null) refuse('One JSON object is wanted, with "who" and "why".');
  if (!isText(args.who)) refuse('"who" is missing: who acts, for the audit.');
  if (!isText(args.why)) refuse('"why" is missing: the reason, for the audit.');
}

function checkRetry({ keys, force, newEventId }: Partial<RetryDeliveries>, run: Run): void {
  if (keys !== undefined && (!Array.isArray(keys) || keys.length === 0 || !keys.every(isText))) refuse('"keys" is a list of delivery keys; leave it out for all that did not go out.');
  for (const [name, value] of Object.entries({ force, newEventId })) {
    if (value !== undefined && typeof value !== 'boolean') refuse(`"${name}" is true or false.`);
  }
  if (newEventId && !force) refuse('"newEventId" is for "force": what was not delivered keeps its event id.');
  for (const key of keys ?? []) checkKnown(key, run);
}

function checkClick({ clickId }: Partial<AttachClick>): void {
  if (!isText(clickId)) refuse('"clickId" is missing.');
}

function checkStatus({ status, amount, currency }: Partial<SetStatus>): void {
  if (!STATUSES.includes(status as string)) refuse(`"status" is one of ${STATUSES.join(', ')}.`);
  if (amount !== undefined && !/^-?\d{1,20}(\.\d{1,10})?$/.test(String(amount))) refuse('"amount" is a decimal number in a text, such as "12.50".');
  if (amount !== undefined && typeof amount !== 'string') refuse('"amount" is a text, such as "12.50": a JSON number would be rounded.');
  if (currency !== undefined && !/^[A-Z]{3}$/.test(String(currency))) refuse('"currency" is a code of three capital letters, such as "USD".');
}

function checkCancel({ key }: Partial<CancelDelivery>, run: Run): void {
  if (!isText(key)) refuse('"key" is missing: the key of a delivery, as the query "view" lists it.');
  checkKnown(key, run);
}

function checkKnown(key: string, run: Run): void {
  if (!run.knows(key)) refuse(`There is no delivery "${key}". The query "view" lists their keys.`);
}
