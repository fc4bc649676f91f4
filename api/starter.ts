import type { Logger } from 'pino';
import type { ConversionInput } from '../contracts/conversion.ts';

/** What a conversion's run is told: a stored postback, or a click that it was waiting for. */
export type Message = { postbackId: string } | { clickId: string };

export interface Starter {
  /** Begins to tell; false where too many calls are in flight. Never throws, never waits. */
  offer(conversion: ConversionInput, message: Message): boolean;
  /** Waits for the calls in flight, at most that long. */
  drain(withinMs: number): Promise<void>;
}

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
  return {
    offer(conversion, message) {
      const { conversionId } = conversion;
      if (inFlight.size >= max) {
        log.warn({ conversionId, ...message, max }, 'too many calls to Temporal in flight, left to the relay');
        return false;
      }
      const call = signal(conversion, message)
        .catch((err: unknown) => log.warn({ conversionId, ...message, err }, 'Temporal did not take it, left to the relay'))
        .finally(() => inFlight.delete(call));
      inFlight.add(call);
      return true;
    },
    async drain(withinMs) {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise((resolve) => (timer = setTimeout(resolve, withinMs)));
      await Promise.race([Promise.all(inFlight), timeout]);
      clearTimeout(timer);
    },
  };
}
