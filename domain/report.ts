/**
 * A report: what one postback says, read whole or not at all. Networks make it, everything after them works on it.
 * Absent values are null; ids are text; amounts are plain decimal strings ("1200.5"), never floats.
 */

export const STATUSES = ['pending', 'hold', 'approved', 'rejected', 'trash', 'unknown'] as const;
export type Status = (typeof STATUSES)[number];
export type KnownStatus = Exclude<Status, 'unknown'>;

export const FINAL_STATUSES: readonly Status[] = ['approved', 'rejected', 'trash'];
export const isFinal = (status: Status): boolean => FINAL_STATUSES.includes(status);
export const isRejection = (status: Status): boolean => status === 'rejected' || status === 'trash';

/** A report's time further ahead of its arrival than this, ms, is flagged; the fold uses the arrival instead, since a wrong clock must not shut out what comes later. */
export const AHEAD_MAX_MS = 15 * 60 * 1000;

export interface ClickIdCandidate {
  /** The parameter's name in the postback: `data3`, `publisher_reference`, `click_id`. */
  slot: string;
  value: string;
}

/** What a report may say of the buyer, raw; hashing happens in the destination, never earlier. */
export interface ReportUser {
  email?: string;
  phone?: string;
  firstName?: string;
  lastName?: string;
  city?: string;
  region?: string;
  postalCode?: string;
  userAgent?: string;
  externalId?: string;
}

export interface ReportItem {
  id: string | null;
  sku: string | null;
  category: string | null;
  value: string | null;
  payout: string | null;
  status: string | null;
}

export interface Report {
  orderId: string | null;
  /** Stands in for a missing order id: `click:<clickId>` or `hash:<sha256>`. Null when there is an order id. */
  weakKey: string | null;
  status: Status;
  /** The value that decided the status, as it came; null when none was usable. */
  statusRaw: string | null;
  /** Whether the call carries any of the network's status parameters by name, even empty or unexpanded. */
  statusParameter: boolean;
  /** The affiliate's payout. */
  amount: string | null;
  currency: string | null;
  /** The currency is the integration's default, the report named none. */
  currencyAssumed: boolean;
  /** The basket's value, where the network tells it apart from the payout. */
  orderValue: string | null;
  /** RFC 3339 with a zone: the report's own time, as it was said, else its arrival. */
  occurredAt: string;
  /** Whether `occurredAt` is the report's own time rather than its arrival. */
  occurredAtReported: boolean;
  clickIdCandidates: ClickIdCandidate[];
  /** The event that an event or conversion type of the network asks for. */
  eventName: string | null;
  offerId: string | null;
  country: string | null;
  ip: string | null;
  user: ReportUser;
  items: ReportItem[];
  /** Short codes, sorted, each once. A report with nothing odd has none. */
  flags: string[];
  /** Neither order id, click id, status nor amount: kept, but it starts nothing. */
  empty: boolean;
}

export interface ReportError {
  error: { code: string; message: string };
}
