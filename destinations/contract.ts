import type { z } from 'zod';
import type { Consent, PlatformId } from '../domain/click.ts';
import type { DeliveryKind, StandardEvent } from '../domain/event.ts';
import type { ReportUser } from '../domain/report.ts';

/**
 * The one way in to a Conversion API. `build` and `classify` are pure: no clock, no network, no random; the request is made,
 * timed, redacted and recorded once for all platforms in activities/deliver.ts.
 */
export interface Destination<S = any> {
  /** The platform's id: `meta`, `google-data-manager`, `tiktok`. */
  platform: string;
  title: string;
  /** Settings, secrets included: the labels, help and secret marks are in each field's `.meta()` (see SettingMeta). */
  settings: z.ZodType<S>;
  /** Default outbound mapping: our event to the platform's name, null where it is not sent by default. */
  events: Partial<Record<StandardEvent, string | null>>;
  /** Whether an event needs a known click to be worth sending; false for targets that take any event. */
  needsClick: boolean;
  /** How old an event may be, ms. Older is `expired` and not sent. */
  ageMaxMs: number;
  /** How far after `occurredAt` the platform may still be asked, ms: the deadline of the retries. */
  deadlineMs: number;
  /** How long the platform recognises a repeated event id, ms; 0 where it never does. */
  dedupeWindowMs: number;
  batch: { max: number; atomic: boolean };
  /** API versions that the setting `apiVersion` may name, newest first, with the day on which each stops working. */
  versions?: readonly ApiVersion[];
  /** Can it take back (`retract`) or change (`restate`) what was sent? Absent: it cannot. */
  reversal?: Reversal<S>;
  /** The transaction id that this platform takes for an order id, or null where it refuses it (then `<orderId>-<event>-<generation>` is used). */
  acceptsTransactionId?(transactionId: string): boolean;
  /** Why this event cannot be sent, in a sentence; null when it can. */
  missing(event: OutboundEvent, settings: S): string | null;
  build(events: OutboundEvent[], settings: S, ctx: BuildContext): PlatformRequest;
  /** One outcome for each event of the request, in order. */
  classify(response: PlatformResponse, request: PlatformRequest): Outcome[];
  /** Where credentials must be exchanged for an access token first. Called by the deliverer, cached by it until `expiresAtMs`. */
  authorise?(settings: S, http: Fetch, nowMs: number): Promise<AccessToken>;
  /** Where the platform answers later: asks what became of an accepted request. */
  result?: {
    /** When to ask first, ms after acceptance (overridable by configuration). */
    firstPollMs: number;
    build(receipt: string, settings: S, ctx: BuildContext): PlatformRequest;
    /** `accepted` again: not known yet. `retry` with the code RESEND: send the event again; any other `retry`: ask again. */
    classify(response: PlatformResponse, request: PlatformRequest): Outcome;
  };
  /** "Test connection": never counts a conversion. */
  check?(settings: S, ctx: BuildContext): PlatformRequest;
  classifyCheck?(response: PlatformResponse, request: PlatformRequest): Outcome;
}

/** The code of a result that says: the platform took the event and then could not process it, so it is sent again. */
export const RESEND = 'resend';

export interface Reversal<S> {
  kinds: ('retract' | 'restate')[];
  /** A reversal keeps the generation, and what it restores stays the same generation too (Data Manager). */
  restoresByRestating: boolean;
  notBeforeMs?: number;
  deadlineMs: number;
  build(event: OutboundEvent, settings: S, ctx: BuildContext): PlatformRequest;
  classify(response: PlatformResponse, request: PlatformRequest): Outcome[];
}

/** Marks of one setting, put on its zod field with `.meta({...})`; they drive the CLI, the dashboard and the docs. */
export interface SettingMeta {
  label: string;
  help: string;
  secret?: boolean;
}

export interface OutboundEvent {
  kind: DeliveryKind;
  /** Our event: `Lead`, `Purchase`, a custom name. */
  event: string;
  /** The platform's name for it, after the outbound mapping. */
  name: string;
  eventId: string;
  transactionId: string;
  orderId: string | null;
  occurredAtMs: number;
  /** Decimal string, or null for "no value". */
  value: string | null;
  currency: string | null;
  offerId: string | null;
  country: string | null;
  click: OutboundClick | null;
  /** What the report itself said of the buyer, raw. */
  user: ReportUser & { ip?: string; country?: string };
  /** For corrections: the identifiers that were really sent with the original. */
  original: SentFacts | null;
}

export interface OutboundClick {
  clickId: string;
  clickedAtMs: number;
  landedAtMs: number;
  landingUrl: string | null;
  pageUrl: string | null;
  referrer: string | null;
  utm: Record<string, string>;
  ids: Partial<Record<PlatformId, string>>;
  ip: string | null;
  userAgent: string | null;
  country: string | null;
  consent: Consent;
}

/** Kept with a delivery when it was sent, since corrections need the same identifiers, byte for byte. */
export interface SentFacts {
  transactionId: string;
  eventId: string;
  occurredAtMs: number;
  value: string | null;
  currency: string | null;
  identifiers: Record<string, string>;
}

export interface BuildContext {
  nowMs: number;
  /** From `authorise`; undefined for platforms that need none. */
  accessToken?: string;
  /** Validate only, where the platform can (check). */
  validateOnly?: boolean;
}

export interface PlatformRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  /** Serialised JSON or form; null for GET. */
  body: string | null;
  /** For each event: the identifiers sent, kept as SentFacts.identifiers (fbc, gclid, transactionId, ...). No personal data. */
  sent: Record<string, string>[];
  /** Values of this request to be cut from records and logs, beside the destination's secret settings: derived tokens and proofs. */
  secrets?: string[];
}

export interface PlatformResponse {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: string;
}

export interface ApiVersion {
  version: string;
  /** The platform's announced last day, `YYYY-MM-DD`; null while none is announced. */
  until: string | null;
}

export interface AccessToken {
  token: string;
  expiresAtMs: number;
}

/** A fetch with the deliverer's limits (timeout, size, no redirects); what `authorise` hands to an OAuth library. */
export type Fetch = (url: string, init?: { method?: string; headers?: Record<string, string>; body?: string }) => Promise<PlatformResponse>;

export type Outcome =
  | { kind: 'delivered'; duplicate?: boolean; warnings?: string[] }
  /** Taken for later processing; `receipt` is what `result` asks with. */
  | { kind: 'accepted'; receipt: string; warnings?: string[] }
  /** Backoff, or exactly `retryAfterMs` where the platform names a time. */
  | { kind: 'retry'; code: string; message: string; retryAfterMs?: number }
  /** This event will never be accepted. */
  | { kind: 'rejected'; code: string; message: string }
  /** A fresh token first where `refreshable`; else the destination is paused and the event kept. */
  | { kind: 'unauthorised'; refreshable: boolean; code: string; message: string }
  /** The destination is paused and the event kept. */
  | { kind: 'misconfigured'; code: string; message: string }
  /** Too old for the platform, by its own words. */
  | { kind: 'expired'; code: string; message: string };

/** Thrown by `authorise` when the credentials were answered but not taken: the outcome says whether to retry, pause or ask a person. */
export class AuthorisationError extends Error {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super('message' in outcome ? outcome.message : outcome.kind);
    this.name = 'AuthorisationError';
    this.outcome = outcome;
  }
}
