/** What the server, the world and each fake platform agree on. A new platform implements `Platform` and is listed in platforms/index.ts. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Account, World } from './world.ts';

export const platformNames = [
  'meta', 'google-data-manager', 'google-ads', 'google-oauth', 'tiktok', 'ga4', 'microsoft', 'microsoft-offline', 'microsoft-oauth', 'snapchat',
  'pinterest', 'reddit', 'x', 'linkedin', 'taboola', 'outbrain', 'openai', 'webhook',
] as const;
export type PlatformName = (typeof platformNames)[number];

export interface SandboxRequest {
  method: string;
  /** Path behind the platform's host, with its leading slash, decoded. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** A string goes out as it is, anything else as JSON. */
  body: unknown;
  /** accepted: events were recorded. refused: an error of the platform. read: nothing was to be recorded. */
  outcome: 'accepted' | 'refused' | 'read';
}

/** Names and ids found in a request, read leniently: what a fault can be matched by. */
export interface Identified {
  events: string[];
  eventIds: string[];
  transactionIds: string[];
}

export interface Platform {
  name: PlatformName;
  hosts: string[];
  /** The accounts of a new world. */
  accounts: Account[];
  identify(request: SandboxRequest, world: World): Identified;
  handle(request: SandboxRequest, world: World): Answer;
  /** The platform's own error body for one of its codes; null if the platform has no such code. */
  fail(code: string, request: SandboxRequest, world: World): Answer | null;
}

export interface AcceptedEvent {
  platform: PlatformName;
  /** Pixel, data set or conversion action. */
  account: string;
  event: string;
  eventId: string | null;
  transactionId: string | null;
  /** ISO 8601, UTC. */
  eventTime: string;
  value: number | null;
  currency: string | null;
  /** Whether the platform counts it as a conversion: false for a deduped repeat, an adjustment, a failure found later. */
  counted: boolean;
  /** It changed the value of an earlier event of the same transaction. */
  adjusted?: boolean;
  /** The platform's word on why it is not counted, where it has one. */
  reason?: string;
  receivedAt: string;
  /** The event as it was sent, parsed. */
  body: unknown;
}

export interface LoggedRequest {
  platform: PlatformName;
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
  /** null: no answer was given (hang, reset). */
  status: number | null;
  /** The platform's verdict; null where a fault answered before the platform looked. */
  valid: boolean | null;
  fault: string | null;
  receivedAt: string;
}

export interface Totals {
  requests: number;
  accepted: number;
  counted: number;
  duplicates: number;
  adjusted: number;
  /** Requests that the platform refused. */
  refused: number;
  /** Requests that a fault answered. */
  faults: number;
}
