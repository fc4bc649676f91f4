import type { Destination } from '../destinations/contract.ts';
import type { Conversion } from '../domain/conversion.ts';
import type { DestinationFacts, Money } from '../domain/delivery.ts';
import type { StandardEvent } from '../domain/event.ts';
import type { DestinationDoc } from '../store/documents.ts';

/** A configured destination as planning sees it: its platform's rules and its own outbound mapping and policy. */
export function destinationFacts(doc: DestinationDoc, platform: Destination): DestinationFacts {
  const reversal = platform.reversal?.appliesTo?.(doc.settings) === false ? undefined : platform.reversal;
  return {
    id: doc._id,
    name: doc.name,
    platform: doc.platform,
    deadlineMs: Math.min(platform.deadlineMs, platform.ageMaxMs),
    reversal: reversal ? { kinds: reversal.kinds, restoresByRestating: reversal.restoresByRestating, deadlineMs: reversal.deadlineMs } : null,
    onRejection: doc.policy.onRejection,
    outbound: (event, conversion) => outbound(doc, platform, event, conversion),
    value: (event, money) => outboundValue(doc, event, money),
    acceptsTransactionId: (id) => platform.acceptsTransactionId?.(id) ?? true,
  };
}

function outbound(doc: DestinationDoc, platform: Destination, event: string, conversion: Conversion): { name: string } | { refused: string } {
  const own = doc.mapping[event];
  if (own?.send === false) return { refused: `${event} is switched off for "${doc.name}".` };
  if (own?.offer && !(conversion.offerId !== null && own.offer.includes(conversion.offerId))) return { refused: `"${doc.name}" takes ${event} of other offers only.` };
  if (own?.country && !(conversion.country !== null && own.country.includes(conversion.country))) return { refused: `"${doc.name}" takes ${event} of other countries only.` };
  if (own?.name) return { name: own.name };
  if (own?.send !== true && platform.notByDefault.includes(event as StandardEvent)) return { refused: `${platform.title} is not sent ${event} unless it is mapped.` };
  return { name: platform.events[event as StandardEvent] ?? event };
}

function outboundValue(doc: DestinationDoc, event: string, money: Money): Money {
  const policy = doc.mapping[event]?.value ?? 'keep';
  if (policy === 'keep') return money;
  return policy === 'none' ? { value: null, currency: null } : { value: policy.amount, currency: policy.currency };
}
