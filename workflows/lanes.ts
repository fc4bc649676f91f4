import { ActivityFailure, CancellationScope, isCancellation, patched, sleep, TimeoutFailure } from '@temporalio/workflow';
import type { DeliverResult, OpenPlan, PlannedDelivery, SettleInput } from '../contracts/activities.ts';
import type { DeliveryState } from '../domain/event.ts';
import { delivery, record } from './activities.ts';

/**
 * The deliveries of a run. Each (destination, event) is a lane: its deliveries are made one after another, beside the other
 * lanes and beside the loop, which never awaits one.
 */
export class Lanes {
  /** Goes up when a delivery came to a state, for the loop to look. */
  changes = 0;
  private readonly states = new Map<string, { planned: PlannedDelivery; state: DeliveryState; ready: boolean; note: string | null } & Pick<DeliverResult, 'poll' | 'waitMs'>>();
  private readonly running = new Map<string, { key: string; scope: CancellationScope }>();
  private readonly tries = new Map<string, number>();

  private readonly conversionId: string;
  private readonly onChange: () => void;
  constructor(conversionId: string, onChange: () => void) {
    this.conversionId = conversionId;
    this.onChange = onChange;
  }

  /** Takes over what the record says, stops what was cancelled there, and starts what may run. */
  follow(plan: OpenPlan): void {
    for (const planned of plan.deliveries) {
      const { key, state, ready, reason: note } = planned;
      const known = this.states.get(key);
      const runs = [...this.running.values()].find((each) => each.key === key);
      if (runs && isEnded(state) && state !== 'delivered') runs.scope.cancel();
      // A poll that was told to wait keeps its moment.
      this.states.set(key, { planned, state, ready, note, ...(known?.poll && state === 'accepted' && { poll: known.poll }) });
    }
    for (const lane of new Set(plan.deliveries.map((planned) => planned.lane))) {
      if (!this.running.has(lane)) void this.run(lane);
    }
  }

  /** Each delivery with its state now, for the details. */
  list(): { planned: PlannedDelivery; state: DeliveryState; note: string | null }[] {
    return [...this.states.values()];
  }

  knows(key: string): boolean {
    return this.states.has(key);
  }

  idle(): boolean {
    return this.running.size === 0;
  }

  /** Keys of deliveries that are planned, accepted, parked, or failed and still sendable. */
  open(nowMs: number): string[] {
    return [...this.states.values()].filter((each) => !isEnded(each.state) || isSendable(each, nowMs)).map((each) => each.planned.key);
  }

  /** When the loop must look again by itself: the end of a wait, or the deadline of what is not being attempted. */
  nextActMs(nowMs: number, waits: (number | null)[]): number | null {
    const runs = new Set([...this.running.values()].map((each) => each.key));
    const deadlines = [...this.states.values()]
      .filter((each) => !runs.has(each.planned.key) && (each.state === 'parked' || each.state === 'planned' || isSendable(each, nowMs)))
      .map((each) => each.planned.deadlineAtMs);
    const moments = [...deadlines, ...waits.filter((ms): ms is number => ms !== null)];
    return moments.length === 0 ? null : Math.min(...moments);
  }

  private next(lane: string): string | null {
    for (const [key, each] of this.states) {
      if (each.planned.lane !== lane || isEnded(each.state)) continue;
      return each.state === 'accepted' || each.ready ? key : null;
    }
    return null;
  }

  private async run(lane: string): Promise<void> {
    for (let key = this.next(lane); key !== null; key = this.next(lane)) {
      const scope = new CancellationScope();
      this.running.set(lane, { key, scope });
      const before = this.states.get(key);
      const result = await scope.run(() => this.attempt(key!)).catch((error: unknown) => this.afterFailure(key!, error));
      const each = this.states.get(key)!;
      // What the record said while the attempt was being cancelled stands; a parked one waits to be woken, unless it was just then.
      const isWoken = result?.state === 'parked' && each !== before && wokenMeanwhile(each);
      if (result) this.states.set(key, { planned: each.planned, ready: result.state === 'planned' || isWoken, ...result });
      this.changes++;
      this.onChange();
    }
    this.running.delete(lane);
    this.changes++;
  }

  private async attempt(key: string): Promise<DeliverResult> {
    const { planned, state, poll, waitMs } = this.states.get(key)!;
    const input = { conversionId: this.conversionId, deliveryKey: key };
    const n = (this.tries.get(key) ?? 0) + 1;
    this.tries.set(key, n);
    const scheduleToCloseMs = Math.max(planned.deadlineAtMs - Date.now(), 60_000);
    if (state !== 'accepted') {
      if (waitMs) await sleep(waitMs, { summary: `before sending again: ${planned.summary}` });
      return delivery({ activityId: `${planned.label}-try${n}`, summary: planned.summary, scheduleToCloseMs }).deliver(input);
    }
    await sleep(poll?.firstMs ?? 1000, { summary: `before asking for the result: ${planned.summary}` });
    const untilMs = Math.max((poll?.untilMs ?? Date.now()) - Date.now(), 60 * 60_000);
    return delivery({ activityId: `${planned.label}-result${n}`, summary: `result of ${planned.summary}`, scheduleToCloseMs: untilMs }).pollDelivery(input);
  }

  /** No activity runs when a timeout ends it, so the end is recorded here; a cancellation was recorded before. */
  private async afterFailure(key: string, error: unknown): Promise<DeliverResult | null> {
    if (isCancellation(error)) return null;
    if (!(error instanceof ActivityFailure)) throw error;
    return record().settleDelivery({ conversionId: this.conversionId, deliveryKey: key, ...endOf(error) });
  }
}

/** Time that ran out is `expired`, whatever the last attempt said; a failure that ended it before is one to be looked at. */
function endOf({ retryState, cause }: ActivityFailure): Pick<SettleInput, 'state' | 'reason'> {
  if (retryState === 'TIMEOUT' || cause instanceof TimeoutFailure) return { state: 'expired', reason: 'Its time ran out before the platform took it.' };
  return { state: 'failed', reason: `The attempt broke off: ${cause?.message ?? 'for a reason that is not known'}` };
}

/** The record was read after it was parked there and before its attempt came back here: the wake that read it would be lost. */
const wokenMeanwhile = ({ state, ready }: { state: DeliveryState; ready: boolean }): boolean => state === 'parked' && ready && patched('woken-while-parking');

const ENDED: readonly DeliveryState[] = ['delivered', 'skipped', 'failed', 'expired', 'cancelled'];
const isEnded = (state: DeliveryState): boolean => ENDED.includes(state);
const isSendable = (each: { state: DeliveryState; planned: PlannedDelivery }, nowMs: number): boolean =>
  each.state === 'failed' && each.planned.deadlineAtMs > nowMs;
