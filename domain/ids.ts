import { createHash } from 'node:crypto';

/** Ids that must be the same over retries, replays and resets, so that platforms recognise a repeat. */

/** Event id: a stable hash of conversion, event name and generation; 32 hex characters. */
export function eventIdOf(conversionId: string, event: string, generation: number): string {
  return createHash('sha256').update(JSON.stringify([conversionId, event, generation])).digest('hex').slice(0, 32);
}

/**
 * Transaction id: the network's order id for the first Purchase, else `<orderId or weak key>-<event>-<generation>`, since
 * platforms that dedupe order ids must not take a Purchase for a repeat of its Lead. `accepts` is the platform's own rule.
 */
export function transactionIdOf(
  conversion: { orderId: string | null; weakKey: string | null },
  event: string,
  generation: number,
  accepts: (transactionId: string) => boolean,
): string {
  if (event === 'Purchase' && generation === 1 && conversion.orderId !== null && accepts(conversion.orderId)) return conversion.orderId;
  return `${conversion.orderId ?? conversion.weakKey ?? 'unknown'}-${event}-${generation}`;
}

/** Unique within a conversion, readable in the Temporal UI. */
export function deliveryKeyOf(d: { destinationId: string; event: string; generation: number; kind: string; sequence: number }): string {
  return `${d.destinationId}/${d.event}/${d.generation}/${d.kind}/${d.sequence}`;
}
