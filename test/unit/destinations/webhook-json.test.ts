import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { webhook } from '../../../destinations/webhook/webhook.ts';
import { bodyOf, click, CLICKED_AT_MS, event, OCCURRED_AT_MS, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NOW_MS = OCCURRED_AT_MS + 3_600_000;
const made = (settings = {}) => settingsOf('webhook', { url: 'https://crm.example/hook', method: 'POST json', ...settings }) as never;
const build = (one = event(), settings = {}, nowMs = NOW_MS) => webhook.build([one], made(settings), { nowMs });
const dataOf = (one = event(), settings = {}) => bodyOf(build(one, settings)).data;

describe('a JSON webhook', () => {
  it('of a Purchase, to the letter', () => {
    const { body, ...rest } = build();
    expect(body).toBe(
      '{"type":"conversion.event","timestamp":"2026-11-20T10:00:00.750Z","data":{"event":"Purchase","event_id":"evt-1","status":"sale",' +
        '"transaction_id":"77001","order_id":"77001","occurred_at":"2026-11-20T10:00:00.750Z","value":"10.10","currency":"EUR","offer_id":"12","country":"IT",' +
        '"click":{"click_id":"aB3dEfGhIjKlMnOpQrStUv","clicked_at":"2026-11-18T09:30:00.000Z","landing_url":"https://shop.example/l?fbclid=IwAR0aBc",' +
        '"page_url":"https://shop.example/offer","referrer_url":"https://m.facebook.com/","ids":{"fbclid":"IwAR0aBc","fbp":"fb.1.1763458000000.1098115397"}}}}',
    );
    const signature = rest.headers['webhook-signature'];
    expect(rest).toEqual({
      method: 'POST',
      url: 'https://crm.example/hook',
      headers: { 'content-type': 'application/json', 'webhook-id': 'evt-1', 'webhook-timestamp': '1795172400', 'webhook-signature': signature },
      sent: [{ eventId: 'evt-1', txid: '77001', clickId: 'aB3dEfGhIjKlMnOpQrStUv' }],
      secrets: [signature],
      publicOnly: true,
    });
  });
  it('is verified by any receiver of Standard Webhooks, with a base64 secret and with a raw one', () => {
    for (const [secret, receiver] of [[SECRET, new Webhook(SECRET)], ['päss-word', new Webhook(Buffer.from('päss-word'), { format: 'raw' })]] as const) {
      const { body, headers } = build(event(), { secret }, Date.now());
      expect(receiver.verify(body!, headers)).toMatchObject({ type: 'conversion.event' });
      expect(() => receiver.verify(`${body} `, headers)).toThrow();
    }
  });
  it('has the same id and body at every try, and the time of the try', () => {
    const [first, second] = [build(), build(event(), {}, NOW_MS + 60_000)];
    expect(second.body).toBe(first.body);
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(second.headers['webhook-timestamp']).toBe('1795172460');
    expect(second.headers['webhook-signature']).not.toBe(first.headers['webhook-signature']);
  });
  it('is not signed without a secret; an id that no header can hold is encoded, an empty one replaced', () => {
    expect(build(event(), { secret: '' }).headers).not.toHaveProperty('webhook-signature');
    expect(build(event({ eventId: 'a b\né' })).headers['webhook-id']).toBe('a%20b%0A%C3%A9');
    expect(build(event({ eventId: '' })).headers['webhook-id']).toMatch(/^[0-9a-f]{64}$/);
  });
  it('says nothing of a person unless that is switched on', () => {
    const one = event({ user: { email: 'Jo@Example.com', phone: '+39 333 1', firstName: 'Jo' } });
    expect(build(one).body).not.toMatch(/Jo|333|2001:db8|iPhone/);
    expect(dataOf(one, { includeUser: true }).user).toEqual({
      email: 'Jo@Example.com', phone: '+39 333 1', first_name: 'Jo', country: 'IT', external_id: 'aB3dEfGhIjKlMnOpQrStUv', ip: '2001:db8::1', user_agent: 'Mozilla/5.0 (iPhone)',
    });
  });
  it('leaves out what is not known', () => {
    expect(dataOf(unknownVisitor({ event: 'Lead', name: 'Lead', value: null, currency: null, orderId: null, offerId: null, transactionId: 'w-Lead-1' }))).toEqual({
      event: 'Lead', event_id: 'evt-1', status: 'lead', transaction_id: 'w-Lead-1', occurred_at: '2026-11-20T10:00:00.750Z',
    });
    expect(dataOf(event({ eventId: '', transactionId: '', orderId: null }))).not.toHaveProperty('event_id');
    expect(dataOf(event({ eventId: '', transactionId: '', orderId: null }))).not.toHaveProperty('transaction_id');
    expect(dataOf(event({ click: click({ clickedAtMs: null }) })).click).not.toHaveProperty('clicked_at');
    expect(dataOf().click.clicked_at).toBe(new Date(CLICKED_AT_MS).toISOString());
  });
  it('zero is a value, and no digit of an amount is lost', () => {
    expect(dataOf(event({ value: '0' })).value).toBe('0');
    expect(dataOf(event({ value: '12345678901234567890.123456789' })).value).toBe('12345678901234567890.123456789');
  });
  it('has what was bought, and the keys of the event itself over all', () => {
    const contents = [{ id: 'sku', name: null, category: null, brand: null, quantity: '2', price: '3.50', deliveryCategory: null }];
    expect(dataOf(event({ contents, actionSource: 'website', custom: { status: 'upsell', extra: [1] } }))).toMatchObject({
      contents: [{ id: 'sku', quantity: 2, price: '3.50' }], num_items: 2, action_source: 'website', status: 'upsell', extra: [1],
    });
  });
  it('macros in its address are filled in, too', () => {
    expect(build(event(), { url: 'https://crm.example/{event}?o={txid}' }).url).toBe('https://crm.example/Purchase?o=77001');
  });
});

describe('a correction', () => {
  const original = {
    transactionId: '77001', eventId: 'evt-1', occurredAtMs: OCCURRED_AT_MS, value: '10.10', currency: 'EUR',
    identifiers: { eventId: 'evt-1', txid: 'sent-77001', clickId: 'sent-click' },
  };
  const DAY = 86_400_000;
  const changed = (changes = {}) => event({ original, occurredAtMs: OCCURRED_AT_MS + DAY, ...changes });
  const reversal = (one: ReturnType<typeof event>, settings = {}) => webhook.reversal!.build(one, made(settings), { nowMs: NOW_MS });
  const get = { method: 'GET', url: 'https://t.example/p?c={click_id}&p={payout}&cur={currency}&s={status}&t={txid}&at={time}' };

  it('that takes back is the same postback with the status rejected, worth nothing, by the identifiers that were sent', () => {
    expect(reversal(changed({ kind: 'retract' }), get).url).toContain('&p=0&cur=EUR&s=rejected&');
    expect(reversal(changed({ kind: 'retract', value: null, currency: null }), get).url).toBe('https://t.example/p?c=sent-click&p=0&cur=EUR&s=rejected&t=sent-77001&at=1795255200');
  });
  it('that restates is the same postback with the new amount', () => {
    expect(reversal(changed({ kind: 'restate', value: '7.5' }), get).url).toBe('https://t.example/p?c=sent-click&p=7.5&cur=EUR&s=sale&t=sent-77001&at=1795255200');
  });
  it('is later than its original in what is sent, in whole seconds', () => {
    expect(reversal(event({ original, kind: 'retract', value: '0' }), get).url).toMatch(/at=1795168801$/);
  });
  it('as JSON has a type and a message id of its own', () => {
    const retracted = reversal(changed({ kind: 'retract', value: '0' }));
    const restated = reversal(changed({ kind: 'restate', value: '7.5' }));
    expect(bodyOf(retracted)).toMatchObject({
      type: 'conversion.retracted', timestamp: '2026-11-21T10:00:00.750Z',
      data: { event: 'Purchase', event_id: 'evt-1', status: 'rejected', value: '0', currency: 'EUR', transaction_id: '77001', occurred_at: '2026-11-20T10:00:00.750Z' },
    });
    expect(bodyOf(restated)).toMatchObject({ type: 'conversion.restated', data: { status: 'sale', value: '7.5' } });
    const messageIds = [build(), retracted, restated, reversal(changed({ kind: 'restate', value: '8' })), reversal(changed({ kind: 'retract', value: '0', occurredAtMs: OCCURRED_AT_MS + 2 * DAY }))].map(({ headers }) => headers['webhook-id']);
    expect(new Set(messageIds).size).toBe(5);
    expect(reversal(changed({ kind: 'retract', value: '0' })).headers['webhook-id']).toBe(messageIds[1]);
    expect(retracted).toMatchObject({ publicOnly: true, sent: [{ txid: 'sent-77001', clickId: 'sent-click' }] });
  });
  it('is possible both ways, and what it restores is not sent anew', () => {
    expect(webhook.reversal).toMatchObject({ kinds: ['retract', 'restate'], restoresByRestating: true });
  });
});
