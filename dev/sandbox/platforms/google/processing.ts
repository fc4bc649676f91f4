/** What Data Manager finds out about accepted events afterwards: repeats, adjustments, events that fail. */
import { day, looksHashed } from '../../checks.ts';
import type { World } from '../../world.ts';
import type { Destination, IngestedEvent, IngestRequest } from './rules.ts';

export interface ProcessedDestination {
  destination: Destination;
  recordCount: number;
  /** Failed records by reason. */
  errors: Map<string, number>;
}

interface Conversion { value: number | null; currency: string | null }
type Verdict = { counted: true } | { counted: false; adjusted: true } | { counted: false; reason: string };

const prefix = 'PROCESSING_ERROR_REASON_';
const ageMaxDays = 90;

/** Records every event once for each destination that it names, and tells what failed. */
export function processEvents(body: IngestRequest, world: World, forcedReason: string | null): ProcessedDestination[] {
  return body.destinations!.map((destination) => {
    const events = body.events!.filter(({ destinationReferences: wanted }) => !wanted?.length || wanted.includes(destination.reference ?? ''));
    const errors = new Map<string, number>();
    for (const event of events) {
      const verdict: Verdict = forcedReason ? { counted: false, reason: forcedReason } : judge(event, destination, body.consent?.adUserData, world);
      if ('reason' in verdict) errors.set(verdict.reason, (errors.get(verdict.reason) ?? 0) + 1);
      record(event, destination, verdict, world);
    }
    return { destination, recordCount: events.length, errors };
  });
}

function judge(event: IngestedEvent, destination: Destination, requestConsent: string | undefined, world: World): Verdict {
  const failure = failureOf(event, requestConsent, world.now());
  if (failure) return { counted: false, reason: prefix + failure };
  const conversions = world.memory<Conversion>('data-manager conversions');
  const action = `${destination.operatingAccount!.accountId}/${destination.productDestinationId}`;
  const { transactionId, adIdentifiers } = event;
  const sent: Conversion = { value: event.conversionValue ?? null, currency: event.currency ?? null };
  // Without a transaction id the click and its time are the identity, and nothing can be adjusted.
  const key = transactionId ? `${action}/id/${transactionId}` : adIdentifiers?.gclid ? `${action}/gclid/${adIdentifiers.gclid}/${Date.parse(event.eventTimestamp!)}` : null;
  const stored = key === null ? undefined : conversions.get(key);
  if (!stored) {
    if (key !== null) conversions.set(key, sent);
    return { counted: true };
  }
  if (!transactionId) return { counted: false, reason: `${prefix}DUPLICATE_GCLID` };
  const next = { value: sent.value ?? stored.value, currency: sent.currency ?? stored.currency };
  if (next.value === stored.value && next.currency === stored.currency) return { counted: false, reason: `${prefix}DUPLICATE_TRANSACTION_ID` };
  conversions.set(key!, next);
  return { counted: false, adjusted: true };
}

function failureOf({ eventTimestamp, consent, adIdentifiers = {} }: IngestedEvent, requestConsent: string | undefined, nowMs: number): string | null {
  if (nowMs - Date.parse(eventTimestamp!) > ageMaxDays * day) return 'EVENT_TOO_OLD';
  if ((consent?.adUserData ?? requestConsent) === 'CONSENT_DENIED') return 'DENIED_CONSENT';
  for (const kind of ['gclid', 'gbraid', 'wbraid'] as const) {
    const id = adIdentifiers[kind];
    if (id !== undefined && (!/^[\w-]+$/.test(id) || looksHashed(id) || id.startsWith('invalid'))) return `INVALID_${kind.toUpperCase()}`;
  }
  return null;
}

function record(event: IngestedEvent, destination: Destination, verdict: Verdict, world: World): void {
  const account = world.account('google-data-manager', destination.operatingAccount!.accountId!)!;
  const action = account.conversionActions.find(({ id }) => id === destination.productDestinationId)!;
  world.accept({
    platform: 'google-data-manager', account: action.id, event: action.name, eventId: null, transactionId: event.transactionId ?? null,
    eventTime: new Date(event.eventTimestamp!).toISOString(), value: event.conversionValue ?? null, currency: event.currency ?? null, ...verdict, body: event,
  });
}
