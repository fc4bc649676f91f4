import { proxyActivities } from '@temporalio/workflow';
import type { RelayActivities, RelayResult } from '../contracts/activities.ts';

/** One pass of the relay, started by a Temporal Schedule. A pass that fails is not retried: the next one comes soon. */
export async function relay(): Promise<RelayResult> {
  const { relayOnce } = proxyActivities<RelayActivities>({
    startToCloseTimeout: '5 minutes',
    // Passes do not overlap: one whose worker died must not hold up the next for as long as it might have taken.
    heartbeatTimeout: '15 seconds',
    retry: { maximumAttempts: 2 },
    summary: 'postbacks, conversions, clicks and parked deliveries that should have been signalled',
  });
  return relayOnce();
}
