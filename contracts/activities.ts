import type { DeliveryKind, DeliveryState } from '../domain/event.ts';
import type { Status } from '../domain/report.ts';
import type { Acting, Operation, OperationResult } from './conversion.ts';
import type { ReplayFilter } from './replay.ts';

/** What the workflows ask of the activities. Ids and event facts only: no secrets, no personal data. */

export interface OpenInput {
  conversionId: string;
  propertyId: string;
  network: string;
  /** Postbacks that were signalled since the last call; those known already change nothing. */
  postbackIds: string[];
  /** Why the record is looked at, for the log: `postback`, `click`, `timer`, or the reason of a wake signal. */
  reason: string;
}

export interface PlannedDelivery {
  key: string;
  /** Deliveries of one lane are made one after another: `<destinationId>/<event>`. */
  lane: string;
  state: DeliveryState;
  kind: DeliveryKind;
  /** `Purchase -> Meta "Main pixel"`. */
  summary: string;
  /** For the activity id, unique within the conversion: `meta/Purchase/1/<destinationId>`. */
  label: string;
  reason: string | null;
  /** Absent in plans of older versions, as the next two are. */
  platform?: string;
  plannedAtMs?: number;
  attempts?: number;
  /** May be attempted now; false while it waits for the click. */
  ready: boolean;
  deadlineAtMs: number;
}

export interface OpenPlan {
  status: Status;
  /** The conversion in a line of words, without money or ids of persons. */
  headline: string;
  /** Every delivery that matters for what comes next, in the order of planning. */
  deliveries: PlannedDelivery[];
  destinations: Record<string, string>;
  final: boolean;
  /** Nothing is known under this id: the run has nothing to do. */
  unknown: boolean;
  /** End of the wait for a late click; null when it does not wait. */
  waitUntilMs: number | null;
  /** A conversion that is not final closes then. */
  holdUntilMs: number | null;
  /** The last reports in short, oldest first, without money. Absent in plans of older versions. */
  history?: string[];
}

export interface DeliverInput {
  conversionId: string;
  deliveryKey: string;
}

export interface DeliverResult {
  state: DeliveryState;
  /** In words, for the details that an operator sees. */
  note: string;
  /** Accepted: when to ask for the result first, and until when, ms since the epoch. */
  poll?: { firstMs: number; untilMs: number };
  /** Planned again: how long to wait before the next attempt. */
  waitMs?: number;
}

export interface SettleInput extends DeliverInput {
  /** `failed`: the activity ended with a failure that no later try would change. */
  state: 'expired' | 'cancelled' | 'failed';
  reason: string;
}

export interface OperateInput extends Acting {
  conversionId: string;
  operationId: string;
  operation: Operation;
}

export interface ConversionActivities {
  /** Takes the reports in, finds the click, plans what follows, in one guarded write; then settles the postbacks. */
  openConversion(input: OpenInput): Promise<OpenPlan>;
  /** Stores reports that came while the store was away (PostbackMessage.report, sealed). Repeatable. Returns the ids of all of them. */
  storePostbacks(input: { reports: string[] }): Promise<{ postbackIds: string[] }>;
  /** What an operator asks for, as one guarded write with its entry in the audit. The run then looks at the record again. Repeatable by `operationId`. */
  operate(input: OperateInput): Promise<OperationResult>;
  /** Records the end of a delivery that no attempt ended: its time ran out while no activity ran. */
  settleDelivery(input: SettleInput): Promise<DeliverResult>;
}

export interface DeliveryActivities {
  /** One attempt of one delivery, retried by Temporal until its deadline. */
  deliver(input: DeliverInput): Promise<DeliverResult>;
  /** Asks the platform what became of an accepted delivery. */
  pollDelivery(input: DeliverInput): Promise<DeliverResult>;
}

export interface RelayResult {
  postbacks: number;
  conversions: number;
  clicks: number;
  /** Destinations that are active and have something parked: each has a drain. */
  parked: number;
  /** Destinations that are paused, of which one delivery is attempted. */
  probes: number;
  failed: number;
}

export interface RelayActivities {
  /** One pass of the relay: what should have been signalled and was not. */
  relayOnce(): Promise<RelayResult>;
}

export interface ReplayPage {
  conversionIds: string[];
  /** Where the next page begins; null: this was the last one. */
  cursor: string | null;
}

export interface ReplayConversionsInput extends Acting {
  replayId: string;
  conversionIds: string[];
  operation: Operation;
  filter: ReplayFilter;
  dryRun: boolean;
}

export interface ReplayResult {
  conversionId: string;
  outcome: 'retried' | 'unchanged' | 'failed' | 'listed';
  /** In words: what was done, or why not. */
  note: string;
}

export interface ReplayActivities {
  countReplay(input: { filter: ReplayFilter; force: boolean }): Promise<number>;
  /** Conversions of the filter, in an order that does not change while they are worked on. */
  replayPage(input: { filter: ReplayFilter; force: boolean; cursor: string | null; limit: number }): Promise<ReplayPage>;
  /**
   * The operation on each of them, for the deliveries that the filter means, then the wake of its run, open or closed; the result
   * of each is kept under the replay's id. A repeat changes nothing and gives the same results. `dryRun`: lists what it would do.
   */
  replayConversions(input: ReplayConversionsInput): Promise<ReplayResult[]>;
  /** Conversions with a delivery parked at a destination that is active: wakes up to `limit` of them. `cursor` null: those were the last; `paused`: it was paused again. */
  drainPage(input: { destinationId: string; cursor: string | null; limit: number }): Promise<{ woken: number; cursor: string | null; paused: boolean }>;
}
