import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CLICK, read } from './read.ts';

/** The guide's example, byte for byte. */
const guide = readFileSync(new URL('partnerize-guide.json', import.meta.url));

test("the guide's example is understood completely, as bytes and as text", () => {
  for (const body of [guide, guide.toString()]) {
    expect(read('partnerize', { contentType: 'application/json', body })).toEqual({
      orderId: '1011l2002827904', weakKey: null, status: 'pending', statusRaw: '1', statusParameter: true,
      amount: '10.57', currency: 'USD', currencyAssumed: false, orderValue: '52.85',
      occurredAt: '2023-05-21T18:11:29.000Z', occurredAtReported: true,
      clickIdCandidates: [{ slot: 'publisher_reference', value: 'mz7yYainzaN6hkc52QVBg' }],
      eventName: null, offerId: '1100l517', country: 'US', ip: null,
      user: { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 16_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.4 Mobile/15E148 Safari/604.1' },
      items: [
        { id: '1011l860699483', sku: '332503', category: '11130', value: '17.8600', payout: '3.5720', status: 'pending' },
        { id: '1011l860699484', sku: null, category: 'COMMISSION', value: '0.0000', payout: '0.0000', status: 'pending' },
        { id: '1101l859617416', sku: '677350', category: '2802', value: '34.9900', payout: '6.9980', status: 'pending' },
      ],
      flags: [], empty: false,
    });
  }
});

describe('the status is that of the least settled item', () => {
  const call = (items: unknown, statusWords?: Record<string, 'approved' | 'trash'>) =>
    read('partnerize', { body: JSON.stringify({ conversion_id: '1', items }), settings: { statusWords } });
  test.each([
    [['approved', 'pending', 'rejected'], 'pending', 'pending', []], [['approved', '1'], 'pending', '1', []], [['rejected', 'Approved'], 'approved', 'Approved', []],
    [['rejected', 'rejected'], 'rejected', 'rejected', []], [[null, 'approved', ''], 'approved', 'approved', []], [['2', 'rejected'], 'rejected', 'rejected', ['status_unknown']],
    [['2', '3'], 'unknown', '2', ['status_unknown']], [[null], 'unknown', null, []], [[], 'unknown', null, []],
  ])('%j is %s', (statuses, status, statusRaw, flags) =>
    expect(call(statuses.map((item_status) => ({ item_status })))).toMatchObject({ status, statusRaw, flags }));

  test("the integration's own words come first", () => {
    expect(call([{ item_status: 1 }], { 1: 'approved' })).toMatchObject({ status: 'approved', statusRaw: '1' });
    expect(call([{ item_status: 'Fraud' }], { fraud: 'trash' }).items[0]!.status).toBe('trash');
  });

  test('whether a status parameter came: by name, and where the items cannot be read', () => {
    expect(call([{ item_status: null }]).statusParameter).toBe(true);
    expect(call([{ item_id: '1' }]).statusParameter).toBe(false);
    expect(read('partnerize', 'conversion_id=1').statusParameter).toBe(false);
    for (const items of ['broken', { item_status: 'rejected' }, ['rejected']]) {
      expect(call(items)).toMatchObject({ statusParameter: true, items: [], flags: ['items_unreadable'] });
    }
  });
});

test('the order id is the conversion id, else campaign and reference', () => {
  expect(read('partnerize', 'conversion_id=9&campaign_id=c&conversion_reference=r').orderId).toBe('9');
  expect(read('partnerize', 'campaign_id=c&conversion_reference=r')).toMatchObject({ orderId: 'c/r', flags: [] });
  expect(read('partnerize', 'conversion_reference=r')).toMatchObject({ orderId: 'r', flags: ['campaign_missing'] });
  expect(read('partnerize', `campaign_id=c&publisher_reference=x_${CLICK}`)).toMatchObject({ orderId: null, weakKey: `click:${CLICK}` });
});

test('items come as JSON text in a parameter too; one amount that cannot be read costs itself', () => {
  const items = encodeURIComponent('[{"`item_id`":1,"item_value":"1,200","item_publisher_commission":2.50,"item_status":"approved"}]');
  expect(read('partnerize', `conversion_id=1&conversion_time=2023-05-21 18:11:29&items=${items}`)).toMatchObject({
    status: 'approved', occurredAt: '2023-05-21T18:11:29.000Z',
    items: [{ id: '1', sku: null, category: null, value: null, payout: '2.50', status: 'approved' }], flags: ['item_amount_ambiguous'],
  });
});
