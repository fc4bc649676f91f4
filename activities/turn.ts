import type { Conversion, Delivery } from '../domain/conversion.ts';
import { changeDelivery } from '../store/conversions.ts';
import { SLACK_MS, waitFailure } from './delivery-record.ts';
import type { Deps } from './deps.ts';
import type { Limits } from './limits.ts';

/** Whoever waits for its turn acts again within this: the relay need not wake it, and nobody need call it stuck. */
const ACTS_AGAIN_MS = 5 * 60_000;

/**
 * A place among the requests to the delivery's destination; returns how to give it back. Where there is none, throws the
 * failure that makes Temporal come again a little later: no attempt was begun, recorded or counted.
 */
export async function takeTurn(deps: Deps, limits: Limits, conversion: Conversion, delivery: Delivery): Promise<() => void> {
  const turn = limits.take(delivery.destinationId, `${conversion.id} ${delivery.key}`);
  if ('release' in turn) return turn.release;
  const why = { code: 'over_limit', message: 'It waits for its turn: as much is under way to this destination as it is meant to bear.' };
  const nowMs = deps.now();
  // Recorded now and then only: a wait is short, and a long queue must not write with every look.
  if (delivery.actsByMs !== null && delivery.actsByMs < nowMs + turn.waitMs + SLACK_MS) {
    await changeDelivery(
      deps.db, conversion.id, delivery, ['planned', 'parked', 'accepted'],
      // The platform's last words stay; where there are none, this is why nothing has happened yet.
      { actsByMs: nowMs + ACTS_AGAIN_MS, ...(delivery.code === null && { code: why.code, reason: why.message }) },
      new Date(nowMs),
    );
  }
  throw waitFailure(why, turn.waitMs);
}
