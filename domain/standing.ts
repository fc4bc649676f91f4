import type { Conversion, Delivery } from './conversion.ts';

/** Which events stand at a destination: questions that planning and corrections ask of a conversion's deliveries. */

const NEVER_SENT_STATES = ['skipped', 'failed', 'expired', 'cancelled'];

/** Put back to `planned` by hand; it was delivered before, or an attempt of it had no answer. */
export const FORCED = 'forced';
export const OUTCOME_UNKNOWN = 'outcome_unknown';

/** The platform may have it, from an attempt before the one that is due or was last. */
const mayBeThere = (delivery: Delivery): boolean =>
  delivery.unknownSinceMs !== null || delivery.flags.includes(FORCED) || delivery.flags.includes(OUTCOME_UNKNOWN);

/** Ended without being accepted, with the outcome of every attempt known. */
export const isNeverSent = (delivery: Delivery): boolean => NEVER_SENT_STATES.includes(delivery.state) && !mayBeThere(delivery);

/** Still to be sent, and certainly not at the platform yet. */
export const isUnsent = (delivery: Delivery): boolean =>
  (delivery.state === 'planned' || delivery.state === 'parked') && delivery.inFlightSinceMs === null && !mayBeThere(delivery);

/** The event's own delivery of the highest generation. */
export function latestOf(conversion: Conversion, destinationId: string, event: string): Delivery | undefined {
  return conversion.deliveries
    .filter((d) => d.kind === 'event' && d.destinationId === destinationId && d.event === event)
    .reduce<Delivery | undefined>((latest, d) => (latest && latest.generation > d.generation ? latest : d), undefined);
}

/** All corrections of an event, in order. */
const correctionsOf = (conversion: Conversion, original: Delivery): Delivery[] =>
  conversion.deliveries.filter((d) => d.corrects === original.key && (d.kind === 'retract' || d.kind === 'restate'))
    .sort((a, b) => a.sequence - b.sequence);

export const lastCorrection = (conversion: Conversion, original: Delivery): Delivery | undefined =>
  correctionsOf(conversion, original).at(-1);

/** The last correction that was or will be told to the platform. */
export const lastTold = (conversion: Conversion, original: Delivery): Delivery =>
  correctionsOf(conversion, original).findLast((d) => !NEVER_SENT_STATES.includes(d.state)) ?? original;

export const takenBack = (conversion: Conversion, original: Delivery): boolean => lastTold(conversion, original).kind === 'retract';

/** Per destination: planned and not skipped, failed, expired or cancelled, nor taken back again. */
export function wentOut(conversion: Conversion, destinationId: string, event: string): boolean {
  const latest = latestOf(conversion, destinationId, event);
  return latest !== undefined && !isNeverSent(latest) && !takenBack(conversion, latest);
}
