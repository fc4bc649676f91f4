import type { Conversion, Delivery } from '../domain/conversion.ts';
import type { ClickDoc, DestinationDoc } from '../store/documents.ts';
import type { CredentialKeys } from './deps.ts';
import { destinationFacts } from './destination-facts.ts';
import { readyDestination } from './destination.ts';
import { outboundEvent } from './outbound-event.ts';

/**
 * Judges what is not sent yet against the destination as it is now: `skipped` with a sentence where something is missing,
 * planned (again) where nothing is, expired where its time ran out while it could not be sent.
 */
export function judgeDeliveries(conversion: Conversion, click: ClickDoc | null, destinations: DestinationDoc[], keys: CredentialKeys, nowMs: number): void {
  for (const delivery of conversion.deliveries) {
    if (delivery.inFlightSinceMs !== null || !['planned', 'skipped', 'parked'].includes(delivery.state)) continue;
    if (delivery.deadlineAtMs <= nowMs) {
      if (delivery.state !== 'skipped') expire(delivery, nowMs);
    } else if (delivery.state !== 'parked' && (delivery.kind === 'event' || delivery.kind === 'custom')) judge(conversion, delivery, click, destinations, keys, nowMs);
  }
}

function expire(delivery: Delivery, nowMs: number): void {
  const before = delivery.reason ? ` It was ${delivery.state}: ${delivery.reason}` : '';
  Object.assign(delivery, { state: 'expired', code: 'deadline', reason: `The platform takes it no more.${before}`, endedAtMs: nowMs });
}

function judge(conversion: Conversion, delivery: Delivery, click: ClickDoc | null, destinations: DestinationDoc[], keys: CredentialKeys, nowMs: number): void {
  const doc = destinations.find((each) => each._id === delivery.destinationId);
  if (!doc) return skip(delivery, 'destination_gone', 'The destination was removed.', nowMs);
  const ready = readyDestination(doc, keys);
  if ('problem' in ready) return; // deliver pauses the destination over it
  const mapped = destinationFacts(doc, ready.platform).outbound(delivery.event, conversion);
  if ('refused' in mapped) return skip(delivery, 'not_mapped', mapped.refused, nowMs);
  delivery.name = mapped.name;
  if (awaitsClick(conversion, ready.platform.needsClick)) return plan(delivery);
  const missing = ready.platform.missing(outboundEvent(conversion, delivery, click), ready.settings);
  if (missing !== null) return skip(delivery, 'missing', missing, nowMs);
  if (click === null && ready.platform.needsClick && !delivery.flags.includes('no_click')) delivery.flags.push('no_click');
  plan(delivery);
}

/** Destinations that need no click get their events at once, the others when the click is found or the wait ends. */
export const awaitsClick = (conversion: Conversion, needsClick: boolean): boolean => needsClick && conversion.attribution === 'waiting';

function plan(delivery: Delivery): void {
  if (delivery.state === 'skipped') Object.assign(delivery, { state: 'planned', code: null, reason: null, endedAtMs: null });
}

function skip(delivery: Delivery, code: string, reason: string, nowMs: number): void {
  Object.assign(delivery, { state: 'skipped', code, reason, endedAtMs: nowMs });
}
