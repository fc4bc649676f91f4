/** What an operator is told of without asking, in words. What is an alert of the same occurrence has the same id, whoever raises it. */

export type AlertKind =
  | 'destination_paused' | 'destination_resumed' | 'delivery_failed' | 'delivery_expired'
  | 'unattributed_share' | 'silence' | 'spool_in_use' | 'relay_age';

export interface Alert {
  kind: AlertKind;
  /** Whom it is about: ids only, no personal data. */
  subject: string;
  /** What makes it another alert than the one before: a moment, an hour, a day. */
  occurrence: string;
  propertyId: string | null;
  sentence: string;
  level: 'warn' | 'error';
  /** A repeat is counted, and summed up at this moment. Null: a repeat says nothing new. */
  countedUntilMs: number | null;
}

/** Stable, and fit for a header: a receiver knows a repeat by it. */
export const alertId = ({ kind, subject, occurrence }: Pick<Alert, 'kind' | 'subject' | 'occurrence'>): string =>
  [kind, subject, occurrence].map((part) => part.replace(/[^A-Za-z0-9/:_-]+/g, '-').slice(0, PART_MAX)).join('/');
const PART_MAX = 100;

const HOUR = 3_600_000;
const isoOf = (ms: number): string => new Date(ms).toISOString();
const hourOf = (ms: number): string => isoOf(ms).slice(0, 13);
const minuteOf = (ms: number): string => `${isoOf(ms).slice(0, 16)}Z`;
const WORDS_MAX = 300;
/** A platform's words, cut to a length that can be read and ended like a sentence. */
const words = (text: string): string => (text.length > WORDS_MAX ? `${text.slice(0, WORDS_MAX)}...` : /[.!?]$/.test(text) ? text : `${text}.`);

export interface AlertedDestination {
  id: string;
  propertyId: string;
  /** `Meta "Main pixel"`. */
  title: string;
}

export function destinationPaused(of: AlertedDestination, paused: { code: string; reason: string; by: 'operator' | 'delivery'; atMs: number }): Alert {
  const how = paused.by === 'operator' ? 'was paused by an operator' : `was paused (${paused.code})`;
  return {
    kind: 'destination_paused', subject: of.id, occurrence: isoOf(paused.atMs), propertyId: of.propertyId, level: paused.by === 'operator' ? 'warn' : 'error',
    sentence: `${of.title} ${how}: ${words(paused.reason)} Its deliveries are parked until it is resumed.`, countedUntilMs: null,
  };
}

/** The end of the pause that began at `pausedAtMs`. */
export const destinationResumed = (of: AlertedDestination, pausedAtMs: number): Alert => ({
  kind: 'destination_resumed', subject: of.id, occurrence: isoOf(pausedAtMs), propertyId: of.propertyId, level: 'warn',
  sentence: `${of.title} is active again. It had been paused since ${minuteOf(pausedAtMs)}.`, countedUntilMs: null,
});

/** One alert an hour for each destination and code: a platform that refuses everything must not send a thousand. */
export function deliveryEnded(of: AlertedDestination, end: { state: 'failed' | 'expired'; code: string; reason: string; event: string; conversionId: string; atMs: number }): Alert {
  const hour = hourOf(end.atMs);
  return {
    kind: end.state === 'failed' ? 'delivery_failed' : 'delivery_expired', subject: `${of.id}/${end.code}`, occurrence: hour, propertyId: of.propertyId, level: 'warn',
    sentence: `${end.event} to ${of.title} ${end.state} (${end.code}): ${words(end.reason)} Conversion ${end.conversionId}.`,
    countedUntilMs: Date.parse(`${hour}:00:00Z`) + HOUR,
  };
}

/** How many there were, once the hour of an alert that counts is over. */
export const summedUp = ({ kind, subject, occurrence, propertyId, sentence, level }: Omit<Alert, 'countedUntilMs'>, count: number): Alert => ({
  kind, subject, occurrence: `${occurrence}/sum`, propertyId, level, sentence: `${count} in the hour from ${occurrence}:00Z. The first one: ${sentence}`, countedUntilMs: null,
});

export const unattributedShare = (of: { integrationId: string; propertyId: string; network: string }, figures: { unattributed: number; all: number; toMs: number }): Alert => ({
  kind: 'unattributed_share', subject: of.integrationId, occurrence: isoOf(figures.toMs).slice(0, 10), propertyId: of.propertyId, level: 'warn',
  sentence: `${figures.unattributed} of ${figures.all} conversions of ${of.network} have no click (${Math.round((100 * figures.unattributed) / figures.all)} %), of those of one day whose wait for a click was over at ${minuteOf(figures.toMs)}. Do the links carry the click id, and does it come back in the slot that is set?`,
  countedUntilMs: null,
});

export const silence = (of: { integrationId: string; propertyId: string; network: string }, last: { postbackId: string; atMs: number }): Alert => ({
  kind: 'silence', subject: of.integrationId, occurrence: last.postbackId, propertyId: of.propertyId, level: 'warn',
  sentence: `${of.network} has reported nothing since ${minuteOf(last.atMs)}.`, countedUntilMs: null,
});

/** `process`: which API process, such as its host name. One alert for each time that its spool fills. */
export const spoolInUse = (of: { process: string; sinceMs: number; records: number; bytes: number }): Alert => ({
  kind: 'spool_in_use', subject: of.process, occurrence: isoOf(of.sinceMs), propertyId: null, level: 'error',
  sentence: `The spool of ${of.process} has been in use since ${minuteOf(of.sinceMs)}: neither MongoDB nor Temporal took ${of.records} postbacks (${of.bytes} bytes) then. They are handed over as soon as one does.`,
  countedUntilMs: null,
});

export const relayAge = (of: { count: number; oldestAtMs: number; lastError: string | null; nowMs: number }): Alert => ({
  kind: 'relay_age', subject: 'postbacks', occurrence: hourOf(of.nowMs), propertyId: null, level: 'error',
  sentence: `${of.count} postbacks have no outcome yet, the oldest since ${minuteOf(of.oldestAtMs)}.${of.lastError === null ? '' : ` Why: ${words(of.lastError)}`} See \`tributary stuck\`.`,
  countedUntilMs: null,
});
