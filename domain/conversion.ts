import type { DeliveryKind, DeliveryState } from './event.ts';
import type { ClickIdCandidate, ReportItem, ReportUser, Status } from './report.ts';

/** What one report did to its conversion. */
export type Effect = 'applied' | 'duplicate' | 'stale' | 'unknown';

export interface HistoryEntry {
  postbackId: string;
  /** `report` from the network, `operator` for a status set by hand. */
  source: 'report' | 'operator';
  status: Status;
  statusRaw: string | null;
  statusParameter: boolean;
  /** What the report itself says, null where it does not. */
  amount: string | null;
  currency: string | null;
  orderValue: string | null;
  eventName: string | null;
  offerId: string | null;
  country: string | null;
  occurredAtMs: number;
  occurredAtReported: boolean;
  receivedAtMs: number;
  effect: Effect;
  flags: string[];
}

/** The fold over all reports: the network's last word. */
export interface ConversionState {
  status: Status;
  statusAtMs: number | null;
  amount: string | null;
  currency: string | null;
  currencyAssumed: boolean;
  orderValue: string | null;
}

export interface Delivery {
  /** Unique within the conversion: `<destinationId>/<event>/<generation>/<kind>/<sequence>`. */
  key: string;
  destinationId: string;
  destinationName: string;
  platform: string;
  event: string;
  /** The platform's name for the event. */
  name: string;
  generation: number;
  kind: DeliveryKind;
  sequence: number;
  state: DeliveryState;
  /** In a sentence: why it was skipped, parked, failed, expired or cancelled. */
  reason: string | null;
  code: string | null;
  eventId: string;
  transactionId: string;
  occurredAtMs: number;
  value: string | null;
  currency: string | null;
  /** Where the value comes from; what is not the payout's or the order's is never restated. */
  valueFrom: 'none' | 'payout' | 'orderValue' | 'fixed';
  /** The report that planned it. */
  postbackId: string | null;
  plannedAtMs: number;
  /** It may be attempted until then. */
  deadlineAtMs: number;
  attempts: number;
  /** By when something will have happened to it, an attempt or a question, if its run is alive; null where nothing is due. */
  actsByMs: number | null;
  /** The key of the delivery that this one corrects. */
  corrects: string | null;
  /** Identifiers that were really sent. */
  sent: Record<string, string> | null;
  /** What an accepted delivery is asked for with. */
  receipt: string | null;
  /** When the attempt began whose outcome is not known (yet); null where the outcome of every attempt is known. */
  inFlightSinceMs: number | null;
  /** When the first attempt began that may have reached the platform without an answer: the start of its dedupe window. */
  unknownSinceMs: number | null;
  endedAtMs: number | null;
  flags: string[];
}

export type Attribution = 'matched' | 'waiting' | 'unattributed';

export interface Conversion extends ConversionState {
  /** `<propertyId>/<network>/order:<orderId>` (or click:, hash:); the workflow id is `conversion/` and this. */
  id: string;
  propertyId: string;
  network: string;
  orderId: string | null;
  weakKey: string | null;
  offerId: string | null;
  country: string | null;
  ip: string | null;
  user: ReportUser;
  items: ReportItem[];
  history: HistoryEntry[];
  clickIdCandidates: ClickIdCandidate[];
  clickId: string | null;
  /** How the click was found, in words. */
  clickMatch: string | null;
  attribution: Attribution;
  /** Click ids that a late click would be recognised by. */
  waitingFor: string[];
  waitUntilMs: number | null;
  holdUntilMs: number | null;
  deliveries: Delivery[];
  flags: string[];
  /** The last things done by hand, newest last: written together with what they changed, so that a repeat is known. */
  operations?: OperationMark[];
}

export interface OperationMark {
  operationId: string;
  atMs: number;
  changes: string[];
  deliveries: string[];
  refused: { key: string; reason: string }[];
}
