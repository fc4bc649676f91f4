import type { Logger } from 'pino';
import type { ConversionInput, PostbackMessage } from '../contracts/conversion.ts';
import { createGate } from './gate.ts';

/** What a conversion's run is told: a postback, or a click that it was waiting for. */
export type Message = PostbackMessage | { clickId: string };

export interface Starter {
  /** Begins to tell; false where too many calls are in flight. Never throws, never waits. */
  offer(conversion: ConversionInput, message: Message): boolean;
  /** Resolves when Temporal has it. Throws where it did not take it, and at once where too many calls are in flight or it did not answer a moment ago. */
  tell(conversion: ConversionInput, message: Message): Promise<void>;
  /** Waits for the calls in flight, at most that long. */
  drain(withinMs: number): Promise<void>;
}

/** After a call that failed, who must know whether Temporal took it does not ask again for so long. */
const PAUSE_MS = 2_000;
/** Above the deadline that each call has of itself. */
const TELL_WITHIN_MS = 10_000;

/**
 * Tells conversions' runs, at most `max` calls at once and without a queue: what is over the limit or fails is lying in
 * the store without an outcome, and the relay tells it. So a Temporal that is slow or away costs neither memory nor
 * the time of those who call us.
 */
export function createStarter({ signal, max, log }: {
  signal: (conversion: ConversionInput, message: Message) => Promise<void>;
  max: number;
  log: Logger;
}): Starter {
  const inFlight = new Set<Promise<void>>();
  const gate = createGate({ deadlineMs: TELL_WITHIN_MS, pauseMs: PAUSE_MS, isAway: () => true });
  const begin = (conversion: ConversionInput, message: Message): Promise<void> => {
    const call = signal(conversion, message);
    const settled: Promise<void> = call.then(() => undefined, () => undefined).finally(() => inFlight.delete(settled));
    inFlight.add(settled);
    return call;
  };
  return {
    offer(conversion, message) {
      const named = { conversionId: conversion.conversionId, ...('clickId' in message ? message : { postbackId: message.postbackId }) };
      if (inFlight.size >= max) {
        log.warn({ ...named, max }, 'too many calls to Temporal in flight, left to the relay');
        return false;
      }
      begin(conversion, message).catch((err: unknown) => log.warn({ ...named, err }, 'Temporal did not take it, left to the relay'));
      return true;
    },
    async tell(conversion, message) {
      if (inFlight.size >= max) throw new Error(`${max} calls to Temporal are in flight.`);
      await gate.run(() => begin(conversion, message));
    },
    async drain(withinMs) {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise((resolve) => (timer = setTimeout(resolve, withinMs)));
      await Promise.race([Promise.all(inFlight), timeout]);
      clearTimeout(timer);
    },
  };
}
