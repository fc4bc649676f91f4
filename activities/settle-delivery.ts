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
  if (delivery.state === 'accepted') {
    // The platform may count it: it is no event that never went out, so it is taken back or restated like a delivered one.
    const reason = `The platform took it, and did not say in time what became of it.${last}`;
    return recordEnd(deps, input.conversionId, delivery, { state: 'failed', code: 'result_unknown', reason, unknownSinceMs: deps.now() });
  }
  return recordEnd(deps, input.conversionId, delivery, {
    state: input.state, code: input.state === 'failed' ? 'broke_off' : 'deadline', reason: `${input.reason}${last}`,
    unknownSinceMs: delivery.unknownSinceMs ?? delivery.inFlightSinceMs,
  });
};
