import { Binary, type Db } from 'mongodb';
import type { Logger } from 'pino';
import type { RefusalDoc } from '../store/documents.ts';
import { countRefusals, recordRefusal } from '../store/refusals.ts';

/**
 * Keeps refused calls, at most `max` for each property. At the cap the newest is dropped: whoever floods a property can
 * neither push out what is kept already nor make the store grow. Callers who have not passed the secret's check fill at
 * most three quarters, so that a report that is genuine but unreadable finds room. Bodies over 64 KiB are not kept.
 */

const UNCHECKED_SHARE = 0.75;
const BODY_KEPT_BYTES = 64 * 1024;
/** A property's count is asked for again after this time; between, our own are added. Other processes' refusals may go over the cap by as much. */
const COUNTED_FOR_MS = 30_000;

export interface Refusal extends Omit<RefusalDoc, 'body'> {
  body: Uint8Array | null;
}

export interface Refuser {
  /** False where the property has its fill: then only the log knows of it. `checked`: the caller passed the address and secret checks. */
  keep(refusal: Refusal, checked: boolean): Promise<boolean>;
}

export function createRefuser({ db, max, log }: { db: Db; max: number; log: Logger }): Refuser {
  const counts = new Map<string, { count: number; untilMs: number }>();

  async function countOf(propertyId: string, nowMs: number) {
    const known = counts.get(propertyId);
    if (known && known.untilMs > nowMs) return known;
    const fresh = { count: await countRefusals(db, propertyId, max), untilMs: nowMs + COUNTED_FOR_MS };
    counts.set(propertyId, fresh);
    return fresh;
  }

  return {
    async keep(refusal, checked) {
      const { propertyId, network, code, receivedAt, ip } = refusal;
      const counted = await countOf(propertyId, receivedAt.getTime());
      const kept = counted.count < (checked ? max : max * UNCHECKED_SHARE);
      log.warn({ propertyId, network, code, ip, kept }, 'postback refused');
      if (!kept) return false;
      counted.count += 1;
      const body = refusal.body && refusal.body.length <= BODY_KEPT_BYTES ? new Binary(refusal.body) : null;
      await recordRefusal(db, { ...refusal, body });
      return true;
    },
  };
}
