import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { KnownStatus } from '../domain/report.ts';

/** What api, workflows, activities and worker agree on about the conversion workflow. Types and names only. */

export const CONVERSION_WORKFLOW = 'conversion';
export const RELAY_WORKFLOW = 'relay';
export const REPLAY_WORKFLOW = 'replay';
export const DRAIN_WORKFLOW = 'drain';

export const taskQueues = { conversions: 'conversions', deliveries: 'deliveries' } as const;

export interface ConversionInput {
  /** `<propertyId>/<network>/order:<orderId>`, see domain/conversion-id.ts. */
  conversionId: string;
  propertyId: string;
  network: string;
}

/**
 * A postback of this conversion. `report` is there where the store was away when it came: the whole record, sealed with the
 * credentials key (text), for the workflow to store.
 */
export interface PostbackMessage {
  postbackId: string;
  report?: string;
}
export const postbackSignal = defineSignal<[PostbackMessage]>('postback');
/** A click that this conversion was waiting for was stored. */
export const clickSignal = defineSignal<[{ clickId: string }]>('click');
/** Look at the record again: a destination was resumed, or the run was overdue. */
export const wakeSignal = defineSignal<[{ reason: string }]>('wake');

export interface ConversionView {
  status: string;
  details: string;
  openDeliveries: string[];
  deliveries: DeliveryView[];
  /** The last reports, oldest first: time, status and effect. */
  history: string[];
}
export interface DeliveryView {
  key: string;
  platform: string;
  state: string;
  note: string | null;
  /** It may be attempted until then, ISO 8601. */
  deadline: string;
}
export const viewQuery = defineQuery<ConversionView>('view');

/** The workflow id of a conversion. */
export const conversionWorkflowId = (conversionId: string): string => `conversion/${conversionId}`;

/** Who acts and why, for the audit. An update cannot see who calls: the API sets `who` from the token; otherwise it is only claimed. */
export interface Acting {
  who: string;
  why: string;
  /** Set by the API alone, from the token. */
  verified?: boolean;
}

/** Attempts deliveries again that did not go out: those named, else every one that is failed, expired, parked, skipped or cancelled by hand. */
export interface RetryDeliveries {
  keys?: string[];
  /** Sends again what was delivered, too, with the same event id. */
  force?: boolean;
  /** With `force`: as a new event, which the platform counts again. */
  newEventId?: boolean;
}
export interface AttachClick {
  clickId: string;
}
/** A report of the operator's, at its own time. */
export interface SetStatus {
  status: KnownStatus;
  amount?: string;
  currency?: string;
}
export interface CancelDelivery {
  key: string;
}

export type Operation =
  | ({ kind: 'retryDeliveries' } & RetryDeliveries)
  | ({ kind: 'attachClick' } & AttachClick)
  | ({ kind: 'setStatus' } & SetStatus)
  | ({ kind: 'cancelDelivery' } & CancelDelivery)
  /** Reads the stored postbacks again with today's mapping; `apply: false` only says what would change. */
  | { kind: 'reprocess'; apply: boolean };

export interface OperationResult {
  /** What was changed, one sentence each; empty: nothing was. */
  changes: string[];
  /** Keys of the deliveries that it touched. */
  deliveries: string[];
  /** What was asked for and not done, with the reason. */
  refused?: { key: string; reason: string }[];
}

export const retryDeliveriesUpdate = defineUpdate<OperationResult, [RetryDeliveries & Acting]>('retryDeliveries');
export const attachClickUpdate = defineUpdate<OperationResult, [AttachClick & Acting]>('attachClick');
export const setStatusUpdate = defineUpdate<OperationResult, [SetStatus & Acting]>('setStatus');
export const cancelDeliveryUpdate = defineUpdate<OperationResult, [CancelDelivery & Acting]>('cancelDelivery');
export const reprocessUpdate = defineUpdate<OperationResult, [{ apply: boolean } & Acting]>('reprocess');
