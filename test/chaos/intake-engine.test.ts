import { afterAll, beforeAll, expect, test } from 'vitest';
import { signalConversion } from '../../contracts/start.ts';
import type { PostbackDoc } from '../../store/documents.ts';
import { newId } from '../../store/ids.ts';
import { sealPostback } from '../../store/sealed-text.ts';
import { startEngine, type Engine } from '../engine.ts';

/** The whole way of a report that only Temporal held. */

let engine: Engine;
beforeAll(async () => void (engine = await startEngine({ platforms: ['meta'] })));
afterAll(() => engine.close());

const CLICK = 'mz7yYainzaN6hkc52QV001';

function report(orderId: string, status: string, receivedAt = new Date()): { conversionId: string; postback: PostbackDoc } {
  const conversionId = `${engine.property._id}/kma/order:${orderId}`;
  return {
    conversionId,
    postback: {
      _id: newId(receivedAt.getTime()), propertyId: engine.property._id, network: 'kma', method: 'GET', query: `orderid=${orderId}&status=${status}&sum=12.50&currency=USD&data3=${CLICK}`,
      contentType: null, body: null, ip: '203.0.113.9', userAgent: null, receivedAt, conversionId, outcome: null, tries: 0, nextTryAt: receivedAt, lastError: null,
    },
  };
}
const send = ({ conversionId, postback }: ReturnType<typeof report>) =>
  signalConversion(engine.client.workflow, { conversionId, propertyId: engine.property._id, network: 'kma' }, { postbackId: postback._id, report: sealPostback(engine.keys, postback) });

test('a report that only Temporal held is stored with its arrival, given an outcome, and its event goes out once', async () => {
  await engine.click(CLICK);
  const came = report('7001', 'A', new Date(Date.now() - 60_000));
  await send(came);
  // The same once more, as a drained spool would tell it after a call whose outcome was unknown.
  await send(came);
  const conversion = await engine.until(came.conversionId, (c) => c.deliveries.some((d) => d.platform === 'meta' && d.state === 'delivered'));
  expect(conversion.status).toBe('approved');
  expect(conversion.deliveries.filter((d) => d.event === 'Purchase')).toHaveLength(1);
  const postbacks = await engine.store.db.collection<PostbackDoc>('postbacks').find({ conversionId: came.conversionId }).toArray();
  expect(postbacks).toMatchObject([{ _id: came.postback._id, receivedAt: came.postback.receivedAt, outcome: { effect: 'applied' } }]);
});

test('reports of one order that went different ways come to the same conversion', async () => {
  const carried = report('7002', 'P', new Date(Date.now() - 60_000));
  await send(carried);
  await engine.postback(`orderid=7002&status=A&sum=12.50&currency=USD&data3=${CLICK}`);
  const conversion = await engine.until(carried.conversionId, (c) => c.history.length === 2 && c.status === 'approved');
  expect(conversion.history).toHaveLength(2);
});
