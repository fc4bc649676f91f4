import { beforeEach, describe, expect, test } from 'vitest';
import { createLimits, type Limits, type Turn } from '../../activities/limits.ts';

const clock = { ms: 1_000_000 };
beforeEach(() => void (clock.ms = 1_000_000));

const limitsOf = (changes: Partial<{ inFlight: number; perSecond: number; burst: number }> = {}, random: () => number = () => 0.5): Limits =>
  createLimits({ destinationInFlightMax: changes.inFlight ?? 1000, destinationPerSecond: changes.perSecond ?? 1000, destinationBurst: changes.burst ?? 1000 }, () => clock.ms, random);

let serial = 0;
const ask = (limits: Limits, times: number, destination = 'a'): Turn[] => Array.from({ length: times }, () => limits.take(destination, `new ${++serial}`));
const taken = (turns: Turn[]) => turns.filter((turn) => 'release' in turn);
const waits = (turns: Turn[]): number[] => turns.flatMap((turn) => ('waitMs' in turn ? [turn.waitMs] : []));

describe('requests in flight', () => {
  test('no more than the limit go, and one more for each that has ended', () => {
    const limits = limitsOf({ inFlight: 3 });
    const first = taken(ask(limits, 10));
    expect(first).toHaveLength(3);
    expect(taken(ask(limits, 10))).toHaveLength(0);
    for (const turn of first.slice(0, 2)) turn.release();
    expect(taken(ask(limits, 10))).toHaveLength(2);
  });

  test('one destination that is full leaves the others all of theirs', () => {
    const limits = limitsOf({ inFlight: 3 });
    ask(limits, 500, 'hanging');
    expect(taken(ask(limits, 10, 'other'))).toHaveLength(3);
  });
});

describe('requests a second', () => {
  test('after the burst as many go as seconds have passed, no matter how often it is asked', () => {
    const limits = limitsOf({ perSecond: 5, burst: 7 });
    expect(taken(ask(limits, 50))).toHaveLength(7);
    let count = 0;
    for (let step = 0; step < 100; step++) {
      clock.ms += 40;
      count += taken(ask(limits, 3)).length;
    }
    expect(count).toBe(20);
  });

  test('a long pause gives no more than the burst, and a clock that is put back gives nothing', () => {
    const limits = limitsOf({ perSecond: 5, burst: 7 });
    ask(limits, 7);
    clock.ms += 3_600_000;
    expect(taken(ask(limits, 50))).toHaveLength(7);
    clock.ms -= 1_800_000;
    expect(taken(ask(limits, 50))).toHaveLength(0);
    clock.ms += 1000;
    expect(taken(ask(limits, 50))).toHaveLength(5);
  });
});

describe('the wait', () => {
  test('is longer the more wait already, never 0, and never so long that a platform that answers again is kept waiting', () => {
    const limits = limitsOf({ perSecond: 10, burst: 1 });
    const all = waits(ask(limits, 1000));
    expect(all[0]).toBe(200);
    expect(all[49]).toBe(5000);
    expect(Math.max(...all)).toBe(10_000);
  });

  test('is jittered: those sent away together do not come again together', () => {
    const limits = limitsOf({ perSecond: 1, burst: 1 }, Math.random);
    const all = waits(ask(limits, 200)).slice(20);
    expect(new Set(all).size).toBeGreaterThan(100);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(7500);
    expect(Math.max(...all)).toBeLessThanOrEqual(12_500);
  });

  test('of one that comes again is not that of one more', () => {
    const limits = limitsOf({ perSecond: 10, burst: 1 });
    ask(limits, 1);
    const again = Array.from({ length: 100 }, () => limits.take('a', 'the same'));
    expect(new Set(waits(again))).toEqual(new Set([200]));
  });

  test('does not count those that never came again', () => {
    const limits = limitsOf({ perSecond: 10, burst: 1 });
    ask(limits, 500);
    clock.ms += 60_000;
    expect(waits(ask(limits, 2))).toEqual([200]);
  });

  test('follows how long requests take: behind slow ones it is long, behind quick ones short', () => {
    const [slow, quick] = [limitsOf({ inFlight: 2 }), limitsOf({ inFlight: 2 })];
    for (const [limits, ms] of [[slow, 4000], [quick, 20]] as const) {
      for (let n = 0; n < 30; n++) {
        const turns = taken(ask(limits, 2));
        clock.ms += ms;
        for (const turn of turns) turn.release();
      }
      ask(limits, 2);
    }
    expect(waits(ask(slow, 4)).at(-1)).toBeGreaterThan(7000);
    expect(waits(ask(quick, 4)).at(-1)).toBe(200);
  });
});
