import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { DeliveryState } from '../domain/event.ts';
import type { Status } from '../domain/report.ts';
import type { Acting } from './conversion.ts';

/** What api, workflows and activities agree on about replays: sending again, over many conversions, with their runs open or closed. */

export interface ReplayFilter {
  propertyId: string;
  /** One conversion; the rest of the filter then does not count. */
  conversionId?: string;
  network?: string;
  status?: Status;
  /** Of the conversion's last change, ISO 8601; from inclusive, to exclusive. */
  from?: string;
  to?: string;
  destinationId?: string;
  /** Deliveries in one of these states; without it: failed, expired, parked, skipped. */
  states?: DeliveryState[];
}

export interface ReplayInput extends Acting {
  filter: ReplayFilter;
  /** Counts and lists, changes nothing. */
  dryRun: boolean;
  /** Also what was delivered, with the same event id, unless `newEventId`. */
  force?: boolean;
  newEventId?: boolean;
  /** Conversions a second; default 10. */
  perSecond?: number;
}

export interface ReplayProgress {
  state: 'counting' | 'running' | 'paused' | 'done' | 'cancelled';
  matched: number;
  done: number;
  retried: number;
  unchanged: number;
  failed: number;
  /** The last ones, newest first: at most 100. The whole list is in MongoDB (collection `replayResults`). */
  recent: { conversionId: string; outcome: string }[];
}

export const pauseReplaySignal = defineSignal<[Acting]>('pause');
export const resumeReplaySignal = defineSignal<[Acting]>('resume');
export const replayProgressQuery = defineQuery<ReplayProgress>('progress');

/** The workflow id of a replay; a repeat with the same id is the same replay. */
export const replayWorkflowId = (replayId: string): string => `replay/${replayId}`;

export interface DrainInput {
  destinationId: string;
  /** Conversions a second. */
  perSecond: number;
}
/** One at a time for each destination. */
export const drainWorkflowId = (destinationId: string): string => `drain/${destinationId}`;
