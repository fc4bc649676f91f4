import type { z } from 'zod';
import type { Consent } from '../domain/click.ts';
import type { DeliveryKind, StandardEvent } from '../domain/event.ts';
import type { ClientField, FieldRule, IdRule, UserField } from './fields.ts';
import type { JsonValue } from './json-body.ts';

/**
 * The one way in to a Conversion API. `build` and `classify` are pure: no clock, no network, no random; the request is made,
 * timed, redacted and recorded once for all platforms in activities/deliver.ts.
 */
export interface Destination<S = any> {
  /** The platform's id: `meta`, `google-data-manager`, `microsoft-offline`. */
  platform: string;
  title: string;
  /** Settings, secrets included: the labels, help and secret marks are in each field's `.meta()` (see SettingMeta). */
  settings: z.ZodType<S>;
  /** The platform's names for our events; an event that is not here goes out under its own name, as a custom one. */
  events: Partial<Record<StandardEvent, string>>;
  /** Our events that are sent only where a destination's mapping switches them on: the pixel or the tag sends them already. */
  notByDefault: readonly StandardEvent[];
  /** What of a person goes out and in which form. What has no rule is not sent. */
  person: Partial<Record<UserField | ClientField, FieldRule>>;
  /** The ids that go out in clear, by their name in a click's `ids` (see domain/click.ts) or by the platform's own key. */
  ids: Readonly<Record<string, IdRule>>;
  /** Whether an event needs a known click to be worth sending; false for targets that take any event. */
  needsClick: boolean;
  /** How old an event may be, ms. Older is `expired` and not sent. */
  ageMaxMs: number;
  /** The age limit of one event, where it depends on the event; `ageMaxMs` is that of a website's. */
  ageMaxMsOf?(event: OutboundEvent): number;
  /** How far ahead of the platform's clock an event may be stamped, ms; absent where no limit is known. */
  aheadMaxMs?: number;
  /** How far after `occurredAt` the platform may still be asked, ms: the deadline of the retries. */
  deadlineMs: number;
  /** How long the platform recognises a repeated event id, ms; 0 where it never does. */
  dedupeWindowMs: number;
  /** How many events and bytes a request may hold, and whether one bad event makes the platform refuse all of them. */
  batch: { max: number; atomic: boolean; bytesMax?: number };
  /** Events with equal keys may share a request; absent: all may. */
  together?(event: OutboundEvent, settings: S): string;
  /** API versions that the setting `apiVersion` may name, newest first, with the day on which each stops working. */
  versions?: readonly ApiVersion[];
  /** Can it take back (`retract`) or change (`restate`) what was sent? Absent: it cannot. */
  reversal?: Reversal<S>;
  /** The transaction id that this platform takes for an order id, or null where it refuses it (then `<orderId>-<event>-<generation>` is used). */
  acceptsTransactionId?(transactionId: string): boolean;
  /** Why this event cannot be sent, in a sentence; null when it can. */
  missing(event: OutboundEvent, settings: S): string | null;
  build(events: OutboundEvent[], settings: S, ctx: BuildContext): PlatformRequest;
  /** One outcome for each event of the request (`request.sent`), in order. In a refused batch, events not shown to be at fault are `retry`. */
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
  /** Which of the platform's calls an answer belongs to, by its shape alone; null: an ordinary send. For answers looked at outside the engine. */
  callOf?(body: Record<string, unknown>): PlatformCall | null;
}

export type PlatformCall = 'send' | 'status' | 'reversal' | 'check';

/** The code of a result that says: the platform took the event and then could not process it, so it is sent again. */
export const RESEND = 'resend';

export interface Reversal<S> {
  kinds: ('retract' | 'restate')[];
  /** Whether a destination with these settings, secrets apart, is told of changes at all; absent: each is. */
  appliesTo?(settings: Readonly<Record<string, unknown>>): boolean;
  /** A reversal keeps the generation, and what it restores stays the same generation too (Data Manager). */
  restoresByRestating: boolean;
  /** How long after its original was taken a correction may be sent first, ms. */
  notBeforeMs?: number;
  /** How long after the original's time a correction is taken, ms. */
  deadlineMs: number;
  /** How old the change itself may be when it is told, ms; absent: any age within the deadline. */
  ageMaxMs?: number;
  /** Why this correction cannot be made, in a sentence: an event of a kind that the platform takes no corrections of. */
  missing?(event: OutboundEvent, settings: S): string | null;
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
  /** May have decimals where the time is known to the microsecond: cut them, never round. */
  occurredAtMs: number;
  /** Decimal string, or null for "no value". */
  value: string | null;
  currency: string | null;
  offerId: string | null;
  country: string | null;
  click: OutboundClick | null;
  /** What the report itself said of the buyer, raw. */
  user: OutboundUser;
  /** Where it happened, in Meta's words; null: as the platform's adapter finds fit (a website's event where there is a page). */
  actionSource: ActionSource | null;
  contents: ContentItem[];
  /** A whole number as text; null: the sum of the contents' quantities. */
  numItems: string | null;
  /** Keys in the platform's own spelling, merged into its custom data; they win over what is derived. */
  custom: Record<string, JsonValue>;
  /** For phone numbers of which the country is not known otherwise. */
  defaults: { country: string | null; callingCode: string | null };
  /** For corrections: the identifiers that were really sent with the original. */
  original: SentFacts | null;
}

/** One value, or several where a person has several e-mail addresses. */
export type OutboundUser = Partial<Record<UserField | 'ip' | 'userAgent', string | readonly string[]>>;

export const ACTION_SOURCES = [
  'email', 'website', 'app', 'phone_call', 'chat', 'physical_store', 'system_generated', 'business_messaging', 'other',
] as const;
export type ActionSource = (typeof ACTION_SOURCES)[number];

/** Amounts and counts are decimal strings. */
export interface ContentItem {
  id: string | null;
  name: string | null;
  category: string | null;
  brand: string | null;
  quantity: string | null;
  price: string | null;
  deliveryCategory: string | null;
}

export interface OutboundClick {
  /** Ours; empty for a click that has none. */
  clickId: string;
  /** Null where the time of the click is not known. */
  clickedAtMs: number | null;
  landedAtMs: number | null;
  landingUrl: string | null;
  pageUrl: string | null;
  referrer: string | null;
  utm: Record<string, string>;
  /** By the name of the URL parameter or cookie, see PLATFORM_IDS; other names are platforms' own keys. */
  ids: Readonly<Record<string, string | undefined>>;
  ip: string | null;
  userAgent: string | null;
  locale: string | null;
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
  /** Hears a sentence for every field that was left out because the platform would not take it. */
  warn?(sentence: string): void;
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
  /** The address comes from a person, not from us: it must not lead into a private network. */
  publicOnly?: boolean;
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
  /** Secret settings that the platform renewed with the token (a rotated refresh token); they are stored over the old ones. */
  renewed?: Record<string, string>;
}

/** A fetch with the deliverer's limits (timeout, size, no redirects); what `authorise` hands to an OAuth library. */
export type Fetch = (url: string, init?: { method?: string; headers?: Record<string, string>; body?: string }) => Promise<PlatformResponse>;

export type Outcome =
  /** `code`: the platform's, where it has the event already. */
  | { kind: 'delivered'; duplicate?: boolean; code?: string; warnings?: string[] }
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
