import type { Binary, Decimal128 } from 'mongodb';
import type { Click } from '../domain/click.ts';
import type { Conversion, Delivery, Effect, HistoryEntry } from '../domain/conversion.ts';
import type { KnownStatus } from '../domain/report.ts';
import type { EventRule } from '../domain/rules.ts';

/** The documents of each collection, as they lie in MongoDB. Times are Date. */

/** A text that only the holder of the key can read: AES-256-GCM, with the id of its key so that keys can be rotated. */
export interface Sealed {
  keyId: string;
  iv: Binary;
  tag: Binary;
  data: Binary;
}

/** Collection `properties`. Unique: tagKey; postbackKey. */
export interface PropertyDoc {
  _id: string;
  name: string;
  tagKey: string;
  postbackKey: string;
  createdAt: Date;
}

export interface IntegrationSettings {
  clickIdSlot?: string | null;
  defaultCurrency?: string | null;
  timeZone?: string | null;
  statusWords?: Record<string, KnownStatus> | null;
  /** Addresses or CIDR ranges that may call; empty: any. */
  ipList?: string[];
  /** Name of the parameter that carries the secret; its value is `secret` of the document, sealed. */
  secretParameter?: string;
  lateClickWaitMs?: number | null;
  holdMs?: number | null;
}

/** Collection `integrations`: a network installed in a property. Unique: (propertyId, network). */
export interface IntegrationDoc {
  _id: string;
  propertyId: string;
  network: string;
  settings: IntegrationSettings;
  secret: Sealed | null;
  /** Null: the default rules. */
  rules: EventRule[] | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export interface OutboundMapping {
  /** The platform's event name; default: the platform's own default for our event. */
  name?: string;
  send?: boolean;
  value?: 'keep' | 'none' | { amount: string; currency: string };
  /** Only conversions of these offers or countries. */
  offer?: string[];
  country?: string[];
}

export interface DestinationPolicy {
  /** What to do where a rejection follows a delivered event and the platform cannot take it back. */
  onRejection: 'ignore' | { event: string };
  /** After an attempt with unknown outcome beyond the platform's dedupe window. */
  unknownOutcome: 'hold' | 'resend';
}

/** Collection `destinations`. Unique: (propertyId, name). */
export interface DestinationDoc {
  _id: string;
  propertyId: string;
  name: string;
  platform: string;
  /** Settings that are no secrets, validated by the platform's schema together with the secrets. */
  settings: Record<string, unknown>;
  /** JSON of the secret settings, sealed. */
  secrets: Sealed;
  mapping: Record<string, OutboundMapping>;
  policy: DestinationPolicy;
  state: 'active' | 'paused';
  paused: { code: string; reason: string; at: Date; by: 'operator' | 'delivery' } | null;
  /** The one delivery that is, or was last, attempted while a delivery keeps it paused; `open`: it may be, before `until`. */
  probe?: { conversionId: string; deliveryKey: string; open: boolean; until: Date; nextAt: Date };
  /** Goes up with every change of settings, secrets or mapping; pausing compares it. */
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

/** Collection `clicks`, one document a click id. `_id` is `<propertyId>/<clickId>`. */
export interface ClickDoc extends Omit<Click, 'clickedAtMs' | 'landedAtMs'> {
  _id: string;
  propertyId: string;
  clickedAt: Date;
  landedAt: Date;
  receivedAt: Date;
}

export interface PostbackOutcome {
  effect: Effect | 'empty' | 'error';
  /** A sentence for a person. */
  reason: string;
  conversionId: string | null;
  at: Date;
}

/** Collection `postbacks`: one raw report as it came, the network's secret cut out. `outcome` null: not done yet. */
export interface PostbackDoc {
  _id: string;
  propertyId: string;
  network: string;
  method: 'GET' | 'POST';
  /** Raw query string, bytes outside ASCII percent-encoded. */
  query: string;
  contentType: string | null;
  body: Binary | null;
  ip: string;
  userAgent: string | null;
  receivedAt: Date;
  /** `<propertyId>/<network>/order:...`; null where the report is empty or cannot be read. */
  conversionId: string | null;
  outcome: PostbackOutcome | null;
  /** The relay's tries. */
  tries: number;
  nextTryAt: Date | null;
  lastError: string | null;
}

/** Collection `refusals`: a call to a known property that was refused, kept raw for 30 days, capped for each property. */
export interface RefusalDoc {
  _id: string;
  propertyId: string;
  network: string;
  code: string;
  reason: string;
  method: string;
  query: string;
  contentType: string | null;
  body: Binary | null;
  ip: string;
  receivedAt: Date;
}

type WithDecimals<T> = { [K in keyof T]: K extends 'amount' | 'orderValue' | 'value' ? Decimal128 | null : T[K] };

/** Collection `conversions`. `_id` is Conversion.id. Money is Decimal128 here, a decimal string everywhere else. */
export interface ConversionDoc extends Omit<WithDecimals<Conversion>, 'id' | 'history' | 'deliveries'> {
  _id: string;
  history: WithDecimals<HistoryEntry>[];
  deliveries: WithDecimals<Delivery>[];
  /** Goes up with every write; a write of the whole document compares it. */
  revision: number;
  /** By when its run will have acted next; null when nothing is left to do. */
  dueAt: Date | null;
  /** When its run acts next once no delivery is open: the end of a wait; null where it then closes. */
  restDueAt: Date | null;
  /** Ids of destinations with a delivery that is parked or failed. */
  openDestinations: string[];
  /** Ids of destinations with a delivery that is parked. */
  parkedDestinations: string[];
  createdAt: Date;
  updatedAt: Date;
}

/** Collection `attempts`: one request to a platform, secrets cut out. */
export interface AttemptDoc {
  _id: string;
  conversionId: string;
  deliveryKey: string;
  propertyId: string;
  destinationId: string;
  platform: string;
  /** Settings version that it used. */
  destinationVersion: number;
  number: number;
  startedAt: Date;
  endedAt: Date | null;
  request: { method: string; url: string; headers: Record<string, string>; body: string | null };
  response: { status: number; headers: Record<string, string>; body: string } | null;
  /** Null while it runs, and for good where the process died under it: outcome unknown. */
  outcome: { kind: string; code: string | null; message: string | null } | null;
  /** Equal failed attempts in a row are one document with a count. */
  count: number;
}

/** Collection `audit`: one thing done by hand. `_id` is the operation's id, so that a repeat is known. */
export interface AuditDoc {
  _id: string;
  conversionId: string;
  propertyId: string;
  who: string;
  /** Whether `who` comes from a token of the API; else it is only claimed. */
  verified: boolean;
  why: string;
  /** Its kind and arguments. */
  operation: { kind: string } & Record<string, unknown>;
  changes: string[];
  deliveries: string[];
  refused: { key: string; reason: string }[];
  at: Date;
}
