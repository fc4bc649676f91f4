import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PostbackDoc } from '../../store/documents.ts';
import { newId } from '../../store/ids.ts';
import { recordPostback, settlePostbacks, unsettledBefore } from '../../store/postbacks.ts';
import { sealPostback } from '../../store/sealed-text.ts';
import { newKeyText, parseKeys } from '../../store/secrets.ts';
import { startEngine, type Engine } from '../engine.ts';

/** Reports that Temporal held while the store was away. */

let engine: Engine;
beforeAll(async () => void (engine = await startEngine({ withWorkers: false, platforms: [] })));
afterAll(() => engine.close());

const postback = (changes: Partial<PostbackDoc> = {}): PostbackDoc => {
  const receivedAt = new Date(Date.now() - 3_600_000);
  return {
    _id: newId(receivedAt.getTime()), propertyId: engine.property._id, network: 'kma', method: 'GET', query: 'orderid=1&status=A', contentType: null, body: null,
    ip: '203.0.113.9', userAgent: null, receivedAt, conversionId: `${engine.property._id}/kma/order:1`, outcome: null, tries: 0, nextTryAt: receivedAt, lastError: null, ...changes,
  };
};
const stored = (id: string) => engine.store.db.collection<PostbackDoc>('postbacks').findOne({ _id: id });
const store = (...reports: string[]) => engine.activities.conversions.storePostbacks({ reports });

test('a report is stored as it came, and the relay finds it should its run be lost', async () => {
  const came = postback();
  expect(await store(sealPostback(engine.keys, came))).toEqual({ postbackIds: [came._id] });
  expect(await stored(came._id)).toEqual({ ...came, nextTryAt: expect.any(Date) });
  expect((await unsettledBefore(engine.store.db, new Date(Date.now() + engine.config.relayAfterMs + 1), 10)).map(({ _id }) => _id)).toEqual([came._id]);
});

test('one that is stored already keeps its outcome, however often it comes', async () => {
  const came = postback();
  await recordPostback(engine.store.db, came);
  const outcome = { effect: 'applied' as const, reason: 'x', conversionId: came.conversionId, at: new Date() };
  await settlePostbacks(engine.store.db, [{ id: came._id, outcome }]);
  const report = sealPostback(engine.keys, came);
  await Promise.all([store(report), store(report), store(report, report)]);
  expect(await stored(came._id)).toMatchObject({ outcome, nextTryAt: null });
});

test('one whose key is missing is tried again and keeps none of the others waiting', async () => {
  const [lost, came] = [postback(), postback()];
  const foreign = sealPostback(parseKeys(newKeyText('gone')), lost);
  await expect(store(foreign, sealPostback(engine.keys, came))).rejects.toMatchObject({ type: 'report_unreadable', nonRetryable: false });
  expect([await stored(lost._id), (await stored(came._id))?._id]).toEqual([null, came._id]);
});
