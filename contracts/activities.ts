import type { DeliveryKind, DeliveryState } from '../domain/event.ts';
import type { Status } from '../domain/report.ts';

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
  state: 'expired' | 'cancelled';
  reason: string;
}

export interface ConversionActivities {
  /** Takes the reports in, finds the click, plans what follows, in one guarded write; then settles the postbacks. */
  openConversion(input: OpenInput): Promise<OpenPlan>;
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
  parked: number;
  failed: number;
}

export interface RelayActivities {
  /** One pass of the relay: what should have been signalled and was not. */
  relayOnce(): Promise<RelayResult>;
}
