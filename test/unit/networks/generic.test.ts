import { describe, expect, test } from 'vitest';
import { CLICK, read } from './read.ts';

test('AnyTrack names are understood, their case, _ and - ignored', () => {
  const query = `Click-ID=${CLICK}&TRANSACTION_ID=t1&Status=approved&value=12.50&CURRENCY=usd&event-name=purchase&offer_id=o1&timestamp=1684692689`
    + '&email=a%40b.example&phone=%2B15550100&firstName=Ann&last_name=Null&city=Rome&zip=00100&state=RM&ua=Moz&customer_id=c1&countryCode=it&ip=2001:db8::1';
  expect(read('generic', query)).toEqual({
    orderId: 't1', weakKey: null, status: 'approved', statusRaw: 'approved', statusParameter: true, amount: '12.50', currency: 'USD', currencyAssumed: false,
    orderValue: null, occurredAt: '2023-05-21T18:11:29.000Z', occurredAtReported: true, clickIdCandidates: [{ slot: 'click_id', value: CLICK }],
    eventName: 'Purchase', offerId: 'o1', country: 'IT', ip: '2001:db8::1',
    user: { email: 'a@b.example', phone: '+15550100', firstName: 'Ann', lastName: 'Null', city: 'Rome', region: 'RM', postalCode: '00100', userAgent: 'Moz', externalId: 'c1' },
    items: [], flags: [], empty: false,
  });
});

test.each(['transaction_id', 'transactionId', 'trans_id', 'txid', 'tid', 'order_id', 'orderid', 'oid'])('%s is the order id', (name) =>
  expect(read('generic', `${name}=7`)).toMatchObject({ orderId: '7', weakKey: null }));

test.each([
  ['click_id', 'click_id'], ['clickid', 'click_id'], ['click', 'click_id'], ['CLICK-ID', 'click_id'], ['ref_id', 'ref_id'], ['ref', 'ref_id'],
  ['subid', 'subid'], ['sub_id', 'subid'], ['subId1', 'subId1'], ['SUBID1', 'subId1'], ['cid', 'cid'],
])('%s carries the click id in slot %s', (name, slot) => expect(read('generic', `oid=1&${name}=${CLICK}`).clickIdCandidates).toEqual([{ slot, value: CLICK }]));

test('the configured slot comes first, in any spelling, or any other parameter', () => {
  const slots = (clickIdSlot: string) => read('generic', { query: `oid=1&click_id=a&subid=b&aff_sub=c`, settings: { clickIdSlot } }).clickIdCandidates;
  expect(slots('SubID')).toEqual([{ slot: 'subid', value: 'b' }, { slot: 'click_id', value: 'a' }]);
  expect(slots('aff_sub')[0]).toEqual({ slot: 'aff_sub', value: 'c' });
  expect(slots('constructor')[0]).toEqual({ slot: 'click_id', value: 'a' });
});

test.each([
  ['value=5', '5', null], ['payout=5', '5', null], ['commission=5', '5', null], ['sum=5', '5', null], ['amount=5', '5', null], ['revenue=5', '5', null],
  ['value=50&payout=5', '5', '50'], ['value=50&payout=', '50', null], ['value=50&payout=5x', null, '50'], ['order_value=50&value=5', '5', '50'],
])('%s: payout %s, order value %s', (query, amount, orderValue) => expect(read('generic', `oid=1&currency=EUR&${query}`)).toMatchObject({ amount, orderValue }));

test.each([
  ['event_name=DealWon', 'DealWon'], ['conversion_type=sale', 'Purchase'], ['goal_type=Lead', 'Lead'], ['event=complete_registration', 'CompleteRegistration'],
  ['type=acquisition', 'CompleteRegistration'], ['type=1', null], ['event_name=', null], ['event_name=X&type=sale', 'X'],
])('%s asks for %s', (query, eventName) => expect(read('generic', `oid=1&${query}`).eventName).toBe(eventName));

test.each([['pending', 'pending'], ['approved', 'approved'], ['locked', 'hold'], ['reversed', 'rejected']])('status %s is %s', (word, status) =>
  expect(read('generic', `oid=1&status=${word}`)).toMatchObject({ status, flags: [] }));

test.each([['offer_name=X&camp=Y', 'X'], ['camp=Y', 'Y'], ['product=P', 'P']])('%s is offer %s', (query, offerId) => expect(read('generic', `oid=1&${query}`).offerId).toBe(offerId));

describe('items', () => {
  test('are read from JSON', () => {
    const body = '{"oid":1,"items":[{"id":"a","SKU":"s","category":"c","price":1.50,"payout":"0.1","status":"reversed"},{"status":"what"}]}';
    expect(read('generic', { body }).items).toEqual([
      { id: 'a', sku: 's', category: 'c', value: '1.50', payout: '0.1', status: 'rejected' },
      { id: null, sku: null, category: null, value: null, payout: null, status: 'unknown' },
    ]);
  });
});
