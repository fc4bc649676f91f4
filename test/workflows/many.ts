import type { Delivery } from '../../domain/conversion.ts';
import { saveConversion } from '../../store/conversions.ts';
import { conversionFromDoc } from '../../store/decimals.ts';
import type { ConversionDoc } from '../../store/documents.ts';
import type { Engine } from '../engine.ts';

/** Many conversions in the record, as after weeks of traffic: copies of one that was really planned, without runs. */

export interface Many {
  ids: string[];
  /** As they are now, in the order of the ids. */
  deliveries(): Promise<Delivery[]>;
  /** Waits until all are as told. */
  until(holds: (delivery: Delivery) => boolean, timeoutMs?: number): Promise<Delivery[]>;
}

/** `kind` sets the order ids of one call apart; every delivery of every copy gets `patch`. */
export async function storeMany(engine: Engine, kind: string, count: number, patch: Partial<Delivery>, status: 'A' | 'P' = 'A'): Promise<Many> {
  const click = `mz7yYainzaN6hkc5${Buffer.from(kind).toString('hex').padEnd(6, '0').slice(0, 6)}`;
  await engine.click(click);
  const id = await engine.postback(`status=${status}&orderid=${kind}&data3=${click}&sum=5&currency=USD`, { signal: false });
  const postbackIds = (await engine.store.db.collection<{ _id: string }>('postbacks').find({ conversionId: id }).toArray()).map(({ _id }) => _id);
  await engine.activities.conversions.openConversion({ conversionId: id, ...engine.parts(id), postbackIds, reason: 'test' });
  const model = await engine.conversion(id);
  await engine.store.db.collection<ConversionDoc>('conversions').deleteOne({ _id: id });
  const ids = Array.from({ length: count }, (_, n) => `${id}${String(n).padStart(4, '0')}`);
  for (const [n, each] of ids.entries()) {
    const copy = structuredClone(model);
    Object.assign(copy, { id: each, orderId: `${kind}${n}` });
    for (const delivery of copy.deliveries) Object.assign(delivery, { eventId: `${kind}-${n}-${delivery.event}`, transactionId: `${kind}${n}` }, patch);
    await saveConversion(engine.store.db, copy, null, { dueAt: null, restDueAt: null }, new Date());
  }
  const deliveries = async () => {
    const docs = await engine.store.db.collection<ConversionDoc>('conversions').find({ _id: { $gte: ids[0]!, $lte: ids.at(-1)! } }).sort({ _id: 1 }).toArray();
    return docs.flatMap((doc) => conversionFromDoc(doc).deliveries);
  };
  return {
    ids, deliveries,
    async until(holds, timeoutMs = 60_000) {
      for (const end = Date.now() + timeoutMs; ;) {
        const now = await deliveries();
        if (now.every(holds)) return now;
        if (Date.now() > end) throw new Error(`not so within ${timeoutMs} ms: ${JSON.stringify(tally(now))}`);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
  };
}

export const tally = (deliveries: Delivery[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { state } of deliveries) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
};
