import { MongoError, MongoServerError, MongoWriteConcernError } from 'mongodb';

/** A server that does not answer, or not in time: the caller takes another way. */
export class Away extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

export interface Gate {
  /** The call's result. Throws Away where the server is away; what it answered with an error is thrown as it came. */
  run<T>(call: () => Promise<T>): Promise<T>;
}

/**
 * Bounds each call by a deadline. After one that found the server away, calls fail at once for `pauseMs`; then one is let
 * through, and the others follow when it succeeds. So an outage costs one caller in a while its patience, not each of them.
 * A call that is too late goes on in the background: it must be harmless where it succeeds after all.
 */
export function createGate({ deadlineMs, pauseMs, isAway }: { deadlineMs: number; pauseMs: number; isAway: (error: unknown) => boolean }): Gate {
  let shut: { untilMs: number; cause: unknown; probing: boolean } | null = null;
  return {
    async run(call) {
      if (shut && (shut.probing || Date.now() < shut.untilMs)) throw new Away(shut.cause);
      if (shut) shut.probing = true;
      try {
        const result = await within(call, deadlineMs);
        shut = null;
        return result;
      } catch (error) {
        if (!(error instanceof TooLate) && !isAway(error)) {
          shut = null;
          throw error;
        }
        shut = { untilMs: Date.now() + pauseMs, cause: error, probing: false };
        throw new Away(error);
      }
    },
  };
}

class TooLate extends Error {}

function within<T>(call: () => Promise<T>, deadlineMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TooLate(`No answer within ${deadlineMs} ms.`)), deadlineMs);
    call().then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** It answers, and still takes nothing: not primary, shutting down, cannot reach the others, out of time, no majority. */
const AWAY_CODES = new Set([10_107, 13_435, 13_436, 189, 11_600, 11_602, 91, 6, 7, 89, 9001, 50, 262, 64, 100]);

/** Whether an error says that MongoDB is away, and not that it refused this one operation. */
export function isMongodbAway(error: unknown): boolean {
  if (error instanceof MongoWriteConcernError) return true;
  if (error instanceof MongoServerError) return AWAY_CODES.has(Number(error.code));
  return error instanceof MongoError;
}
