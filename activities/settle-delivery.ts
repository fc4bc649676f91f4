import type { DeliverResult, SettleInput } from '../contracts/activities.ts';
import { conversionById } from '../store/conversions.ts';
import { deliveryOf, recordEnd, resultOf } from './delivery-record.ts';
import type { Deps } from './deps.ts';

/** Records the end of a delivery whose time ran out, or that was cancelled, while no activity ran that could have. */
export const createSettleDelivery = (deps: Deps) => async (input: SettleInput): Promise<DeliverResult> => {
  const found = await conversionById(deps.db, input.conversionId);
  const delivery = found && deliveryOf(found.conversion, input.deliveryKey);
  if (!delivery) return { state: input.state, note: input.reason };
  if (!['planned', 'parked', 'accepted'].includes(delivery.state)) return resultOf(delivery);
  const last = delivery.reason ? ` Last answer: ${delivery.reason}` : '';
  return recordEnd(deps, input.conversionId, delivery, {
    state: input.state, code: 'deadline', reason: `${input.reason}${last}`,
    unknownSinceMs: delivery.unknownSinceMs ?? delivery.inFlightSinceMs,
  });
};
