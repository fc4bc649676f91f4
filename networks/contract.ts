import type { Report, ReportError, KnownStatus } from '../domain/report.ts';

/** One network of the catalog: how its postbacks are read, which links are its own. Data first; `parse` for what data cannot say. */
export interface Network {
  id: string;
  title: string;
  /** Where the click id comes back by default: a parameter's name in the postback. */
  clickIdSlot: string;
  /** Slots that may be configured, in the order in which they are tried by shape. */
  clickIdSlots: readonly string[];
  /** The link parameter that carries the click id to the network, by slot: data3 -> d3. */
  linkParameter: Readonly<Record<string, string>>;
  /** Zone of dates without one. */
  timeZone: string;
  /** Query of the postback URL to paste at the network, macros in it. */
  postbackQuery: string;
  parse(input: PostbackInput, settings: ParseSettings): Report | ReportError;
}

export interface PostbackInput {
  /** The raw query string without `?`. Bytes outside ASCII are text here only where they came as valid UTF-8. */
  query: string;
  contentType: string | null;
  /** The raw body; bytes where it came over HTTP. */
  body: string | Uint8Array | null;
  /** Arrival, ms since the epoch. */
  receivedAtMs: number;
}

/** Every setting may be missing: then the network's default holds. */
export interface ParseSettings {
  defaultCurrency?: string | null;
  timeZone?: string | null;
  clickIdSlot?: string | null;
  /** Words of this integration on top of the common list, lower case. */
  statusWords?: Record<string, KnownStatus> | null;
}
