import { destinationByPlatform } from '../../destinations/catalog.ts';
import { retryDeliveries as retry } from '../../domain/operations.ts';
import type { DestinationDoc } from '../../store/documents.ts';
import type { Apply } from '../operate.ts';

/** Puts deliveries back to `planned`. What is skipped again at once, for the same or another reason, is as it was. */
export const retryDeliveries: Apply<'retryDeliveries'> = (deps, conversion, { operation }, { destinations }) => {
  const byId = new Map(destinations.map((doc) => [doc._id, doc]));
  const refused = retry(conversion, operation, {
    nowMs: deps.now(),
    hindrance: (destinationId) => hindrance(byId.get(destinationId)),
    acceptsTransactionId: (destinationId, transactionId) => destinationByPlatform(byId.get(destinationId)?.platform ?? '')?.acceptsTransactionId?.(transactionId) ?? true,
  });
  return {
    refuse(before) {
      const skipped = conversion.deliveries.filter((d) => d.state === 'skipped' && before.deliveries.some((was) => was.key === d.key && was.state === 'skipped'));
      const again = skipped.filter((d) => !refused.some(({ key }) => key === d.key) && (operation.keys?.includes(d.key) ?? true));
      for (const delivery of again) delivery.flags = before.deliveries.find((was) => was.key === delivery.key)!.flags;
      return [...refused, ...again.map(({ key, reason }) => ({ key, reason: reason ?? 'It cannot be sent.' }))];
    },
  };
};

function hindrance(destination: DestinationDoc | undefined): string | null {
  if (!destination) return 'The destination was removed.';
  return destination.state === 'paused' ? `"${destination.name}" is paused: ${(destination.paused?.reason ?? 'no reason is known').replace(/\.$/, '')}. Resume it, and what is parked goes out by itself.` : null;
}
