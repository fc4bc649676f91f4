import { rowOf } from '../destinations/row.ts';
import type { Destination, Reversal } from '../destinations/contract.ts';
import type { Conversion } from '../domain/conversion.ts';
import type { DestinationFacts, Money } from '../domain/delivery.ts';
import type { StandardEvent } from '../domain/event.ts';
import type { DestinationDoc } from '../store/documents.ts';

/** How a destination is told of changes; undefined where it is not. */
export const reversalOf = (doc: DestinationDoc, { reversal }: Destination): Reversal<unknown> | undefined =>
  reversal?.appliesTo?.(doc.settings) === false ? undefined : reversal;

const reversalFacts = ({ kinds, restoresByRestating, deadlineMs, ageMaxMs }: Reversal<unknown>): DestinationFacts['reversal'] =>
  ({ kinds, restoresByRestating, deadlineMs, ...(ageMaxMs !== undefined && { ageMaxMs }) });

/** A configured destination as planning sees it: its platform's rules and its own outbound mapping and policy. */
export function destinationFacts(doc: DestinationDoc, platform: Destination): DestinationFacts {
  const reversal = reversalOf(doc, platform);
  return {
    id: doc._id,
    name: doc.name,
    platform: doc.platform,
    deadlineMs: Math.min(platform.deadlineMs, platform.ageMaxMs),
    reversal: reversal ? reversalFacts(reversal) : null,
    onRejection: doc.policy.onRejection,
    outbound: (event, conversion) => outbound(doc, platform, event, conversion),
    value: (event, money) => outboundValue(doc, event, money),
    acceptsTransactionId: (id) => platform.acceptsTransactionId?.(id) ?? true,
  };
}

function outbound(doc: DestinationDoc, platform: Destination, event: string, conversion: Conversion): { name: string } | { refused: string } {
  const own = rowOf(doc.mapping, event);
  if (own?.send === false) return { refused: `${event} is switched off for "${doc.name}".` };
  if (own?.offer && !(conversion.offerId !== null && own.offer.includes(conversion.offerId))) return { refused: `"${doc.name}" takes ${event} of other offers only.` };
  if (own?.country && !(conversion.country !== null && own.country.includes(conversion.country))) return { refused: `"${doc.name}" takes ${event} of other countries only.` };
  if (own?.name) return { name: own.name };
  if (own?.send !== true && platform.notByDefault.includes(event as StandardEvent)) return { refused: `${platform.title} is not sent ${event} unless it is mapped.` };
  return { name: rowOf(platform.events, event) ?? event };
}

function outboundValue(doc: DestinationDoc, event: string, money: Money): Money {
  const policy = rowOf(doc.mapping, event)?.value ?? 'keep';
  if (policy === 'keep') return money;
  return policy === 'none' ? { value: null, currency: null } : { value: policy.amount, currency: policy.currency };
}
