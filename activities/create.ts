import type { ConversionActivities, DeliveryActivities, RelayActivities } from '../contracts/activities.ts';
import { createTokens } from './attempt.ts';
import { createDeliver } from './deliver.ts';
import type { Deps } from './deps.ts';
import { createOpenConversion } from './open-conversion.ts';
import { createPollDelivery } from './poll-delivery.ts';
import { createRelayOnce } from './relay-once.ts';
import { createSettleDelivery } from './settle-delivery.ts';

/** The activities of each task queue, over what they need. */
export function createActivities(deps: Deps): { conversions: ConversionActivities & RelayActivities; deliveries: DeliveryActivities } {
  const tokens = createTokens(deps);
  return {
    conversions: {
      openConversion: createOpenConversion(deps),
      settleDelivery: createSettleDelivery(deps),
      relayOnce: createRelayOnce(deps),
    },
    deliveries: { deliver: createDeliver(deps, tokens), pollDelivery: createPollDelivery(deps, tokens) },
  };
}
