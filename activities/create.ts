import type { ConversionActivities, DeliveryActivities, RelayActivities, ReplayActivities } from '../contracts/activities.ts';
import { createTokens } from './attempt.ts';
import { createDeliver } from './deliver.ts';
import type { Deps } from './deps.ts';
import { createDrainPage } from './drain-page.ts';
import { createLimits } from './limits.ts';
import { createOpenConversion } from './open-conversion.ts';
import { createOperate } from './operate.ts';
import { createPollDelivery } from './poll-delivery.ts';
import { createRelayOnce } from './relay-once.ts';
import { createCountReplay } from './replay/count-replay.ts';
import { createReplayConversions } from './replay/replay-conversions.ts';
import { createReplayPage } from './replay/replay-page.ts';
import { createSettleDelivery } from './settle-delivery.ts';
import { createStorePostbacks } from './store-postbacks.ts';

/** The activities of each task queue, over what they need. */
export function createActivities(deps: Deps): { conversions: ConversionActivities & RelayActivities & ReplayActivities; deliveries: DeliveryActivities } {
  const tokens = createTokens(deps);
  const limits = createLimits(deps.config, deps.now);
  const conversions: ConversionActivities & RelayActivities & ReplayActivities = {
    openConversion: createOpenConversion(deps),
    storePostbacks: createStorePostbacks(deps),
    operate: createOperate(deps),
    settleDelivery: createSettleDelivery(deps),
    relayOnce: createRelayOnce(deps),
    countReplay: createCountReplay(deps),
    replayPage: createReplayPage(deps),
    replayConversions: createReplayConversions(deps, (input) => conversions.operate(input)),
    drainPage: createDrainPage(deps),
  };
  return { conversions, deliveries: { deliver: createDeliver(deps, tokens, limits), pollDelivery: createPollDelivery(deps, tokens, limits) } };
}
