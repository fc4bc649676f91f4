import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxClient } from '../../dev/sandbox/client.ts';
import type { SandboxClient } from '../../dev/sandbox/client.ts';
import { startSandbox } from '../../dev/sandbox/server.ts';
import { DAY, emptyHash, get, metaEvent, post, seconds, sendMeta, sha256 } from './senders.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let client: SandboxClient;
beforeAll(async () => {
  sandbox = await startSandbox();
  client = sandboxClient(sandbox.origin);
});
beforeEach(() => client.reset());
afterAll(() => sandbox.close());

const user = (changes: object) => metaEvent({ user_data: { em: sha256('a'), ...changes } });
const custom = (changes: object) => metaEvent({ custom_data: { value: 1, currency: 'EUR', ...changes } });

describe('the Meta sandbox', () => {
  it('takes a valid event and lists it', async () => {
    const { status, body } = await sendMeta(sandbox.origin, [metaEvent()]);
    expect(status).toBe(200);
    expect(body).toEqual({ events_received: 1, messages: [], fbtrace_id: expect.stringMatching(/^A\w{22}$/) });
    expect(await client.accepted('meta')).toMatchObject([{ account: '1234567890123456', event: 'Purchase', eventId: 'order-1', value: 12.5, currency: 'EUR', counted: true }]);
  });

  it('takes the same event name and id again within 48 hours, but counts it once', async () => {
    for (const event of [metaEvent(), metaEvent(), metaEvent({ event_name: 'Lead' })]) expect((await sendMeta(sandbox.origin, [event])).status).toBe(200);
    await client.settings({ clockOffsetMs: 2 * DAY + 1000 });
    await sendMeta(sandbox.origin, [metaEvent()]);
    expect((await client.accepted()).map((event) => event.counted)).toEqual([true, false, true, true]);
    expect((await client.totals()).meta).toEqual({ requests: 4, accepted: 4, counted: 3, duplicates: 1, adjusted: 0, refused: 0, faults: 0 });
  });

  it('refuses a whole batch for one event of eight days, with the words of Meta', async () => {
    const { status, body } = await sendMeta(sandbox.origin, [metaEvent(), metaEvent({ event_time: seconds(8 * DAY) })]);
    expect(status).toBe(400);
    expect(body).toEqual({
      error: {
        message: 'Invalid parameter', type: 'OAuthException', code: 100, error_subcode: 2804003, is_transient: false,
        error_user_title: 'Event Timestamp Too Old',
        error_user_msg: 'The timestamp for this event is too far in the past. Events need to be sent from your server within 7 days of when they occurred. Enter a timestamp that has occurred within the last 7 days.',
        fbtrace_id: expect.any(String),
      },
    });
    expect(await client.accepted()).toEqual([]);
  });

  it.each([
    ['a missing event name', metaEvent({ event_name: undefined }), 2804019, 'Missing expected key "event_name" on param "$[\'data\'][0]".'],
    ['a missing action source', metaEvent({ action_source: undefined }), 2804019, 'action_source'],
    ['an unknown action source', metaEvent({ action_source: 'web' }), 2804019, 'action_source'],
    ['an unknown key', metaEvent({ eventId: 'x' }), 2804019, 'Unexpected key "eventId" on param "$[\'data\'][0]".'],
    ['an unknown user key', user({ email: sha256('a') }), 2804019, 'Unexpected key "email" on param "$[\'data\'][0][\'user_data\']".'],
    ['a number as event id', metaEvent({ event_id: 7 }), 2804019, 'event_id'],
    ['milliseconds as seconds', metaEvent({ event_time: Date.now() }), 2804004, 'future'],
    ['an ISO time', metaEvent({ event_time: new Date().toISOString() }), 2804019, 'an integer'],
    ['a time in the future', metaEvent({ event_time: seconds(-10 * 60_000) }), 2804004, 'future'],
    ['an email in clear', user({ em: 'jane@example.com' }), 2804016, 'The em parameter isn’t hashed.'],
    ['an upper-case hash', user({ ph: sha256('1').toUpperCase() }), 2804016, 'The ph parameter'],
    ['the hash of nothing', user({ fn: [sha256('jane'), emptyHash] }), 2804016, 'The fn parameter'],
    ['a country in clear', user({ country: 'de' }), 2804016, 'The country parameter'],
    ['a hashed user agent', user({ client_user_agent: sha256('ua') }), 2804017, 'client_user_agent'],
    ['a hashed fbc', user({ fbc: sha256('fbc') }), 2804017, 'fbc'],
    ['an fbc in seconds', user({ fbc: `fb.1.${seconds()}.IwAR1` }), 2804019, 'milliseconds'],
    ['an fbc after the event', user({ fbc: `fb.1.${Date.now() + DAY}.IwAR1` }), 2804019, 'not the time of a click'],
    ['an fbc of 100 days', user({ fbc: `fb.1.${Date.now() - 100 * DAY}.IwAR1` }), 2804019, 'not the time of a click'],
    ['a bad fbp', user({ fbp: 'fb.1.x.1' }), 2804019, 'fbp'],
    ['no IP address', user({ client_ip_address: 'localhost' }), 2804019, 'client_ip_address'],
    ['nobody to match', metaEvent({ user_data: { country: sha256('de') } }), 2804050, 'no customer information'],
    ['website without its URL', metaEvent({ action_source: 'website', user_data: { em: sha256('a'), client_user_agent: 'M' } }), 2804019, 'event_source_url'],
    ['website without a user agent', metaEvent({ action_source: 'website', event_source_url: 'https://shop.example/' }), 2804019, 'client_user_agent'],
    ['a purchase without value', custom({ value: undefined }), 2804009, 'value parameter'],
    ['a purchase without currency', custom({ currency: undefined }), 2804007, 'currency parameter'],
    ['a value in quotes', custom({ value: '12.50' }), 2804019, 'a number'],
    ['a currency that is none', custom({ currency: 'EURO' }), 2804048, 'ISO 4217'],
    ['a number of items in quotes', custom({ num_items: '3' }), 2804019, "['custom_data']['num_items']"],
    ['an unknown content type', custom({ content_type: 'offer' }), 2804019, 'one of {product, product_group}'],
    ['a price in quotes', custom({ contents: [{ id: '7', item_price: '1.5' }] }), 2804019, "['contents'][0]['item_price']"],
    ['limited data use without a state', metaEvent({ data_processing_options: ['LDU'], data_processing_options_country: 0 }), 2804019, 'data_processing_options_state'],
    ['a country of data processing in quotes', metaEvent({ data_processing_options: ['LDU'], data_processing_options_country: '0', data_processing_options_state: 0 }), 2804019, 'data_processing_options_country'],
    ['an opt-out in quotes', metaEvent({ opt_out: 'true' }), 2804019, 'opt_out'],
    ['a lead id that is none', user({ lead_id: 'l:x' }), 2804019, 'lead_id'],
    ['a value added to nothing', metaEvent({ event_name: 'AppendValue', custom_data: { net_revenue: 1 } }), 2804019, 'original_event_data'],
    ['a lower-case currency', custom({ currency: 'eur' }), 2804048, 'ISO 4217'],
  ])('refuses %s', async (_, event, subcode, words) => {
    const { status, body } = await sendMeta(sandbox.origin, [event]);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 100, error_subcode: subcode, is_transient: false });
    expect(body.error.error_user_msg).toContain(words);
    expect((await client.totals()).meta).toMatchObject({ accepted: 0, refused: 1 });
  });

  it('takes what is unusual but right', async () => {
    const events = [
      metaEvent({ event_name: 'LeadRejected', custom_data: undefined }),
      metaEvent({ action_source: 'physical_store', event_time: seconds(30 * DAY), user_data: { em: [sha256('a'), sha256('b')] } }),
      metaEvent({ action_source: 'website', event_source_url: 'https://shop.example/?a=1', user_data: { client_ip_address: '2001:db8::1', client_user_agent: 'M' } }),
      user({ fbc: `fb.1.${Date.now() - DAY}.IwAR1.AQYAAQAA`, fbp: `fb.1.${Date.now()}.1098115397` }),
    ];
    expect((await sendMeta(sandbox.origin, events)).body.events_received).toBe(4);
  });

  it('adds a value to an event it has, and to no other', async () => {
    const append = (order_id: string) => metaEvent({ event_name: 'AppendValue', event_id: `append-${order_id}`, custom_data: { net_revenue: 3 }, original_event_data: { event_name: 'Purchase', order_id } });
    await sendMeta(sandbox.origin, [metaEvent(), append('order-1'), append('order-2')]);
    expect((await client.accepted()).slice(1)).toMatchObject([{ counted: false, adjusted: true, value: 3 }, { counted: false, reason: 'ORIGINAL_EVENT_NOT_FOUND' }]);
    expect((await client.totals()).meta).toMatchObject({ counted: 1, adjusted: 1, duplicates: 0 });
  });

  it('tells with a rate limit when it ends', async () => {
    for (const code of ['80004', '80011', '4']) {
      await client.fault({ platform: 'meta', answer: { code } });
      const { body, headers } = await sendMeta(sandbox.origin, [metaEvent()]);
      expect(body.error).toMatchObject({ code: Number(code), is_transient: true });
      expect(JSON.parse(headers.get('x-business-use-case-usage')!)['1234567890123456'][0].estimated_time_to_regain_access).toBe(1);
    }
  });

  it('takes a form, a bearer token and a good appsecret_proof', async () => {
    const url = `${sandbox.origin}/graph.facebook.com/v25.0/1234567890123456/events`;
    const form = new URLSearchParams({ data: JSON.stringify([metaEvent()]), access_token: 'sandbox-meta-token' });
    expect((await post(url, form)).status).toBe(200);
    expect((await post(url, { data: [metaEvent()] }, { authorization: 'Bearer sandbox-meta-token' })).status).toBe(200);
    await client.account({ platform: 'meta', account: '1234567890123456', tokens: ['t'], secret: 's' });
    const proof = createHmac('sha256', 's').update('t').digest('hex');
    expect((await sendMeta(sandbox.origin, [metaEvent()], { access_token: 't', appsecret_proof: proof })).status).toBe(200);
    expect((await sendMeta(sandbox.origin, [metaEvent()], { access_token: 't', appsecret_proof: 'x' })).body.error.message).toBe('Invalid appsecret_proof provided in the API argument');
  });

  it('refuses unknown tokens, pixels, versions, paths and sizes as the Graph API does', async () => {
    const pixel = '1234567890123456';
    expect((await sendMeta(sandbox.origin, [metaEvent()], { access_token: 'old' })).body.error).toEqual({
      message: 'Invalid OAuth access token - Cannot parse access token', type: 'OAuthException', code: 190, fbtrace_id: expect.any(String),
    });
    expect((await sendMeta(sandbox.origin, [metaEvent()], { access_token: undefined })).body.error.code).toBe(104);
    expect((await sendMeta(sandbox.origin, [metaEvent()], {}, 'v26.0/99/events')).body.error).toMatchObject({ code: 100, error_subcode: 33, type: 'GraphMethodException' });
    expect((await sendMeta(sandbox.origin, [metaEvent()], {}, `v19.0/${pixel}/events`)).body.error.code).toBe(2635);
    expect((await sendMeta(sandbox.origin, [metaEvent()], {}, `${pixel}/events`)).body.error.code).toBe(2500);
    expect((await sendMeta(sandbox.origin, [metaEvent()], {}, `v26.0/${pixel}/event`)).body.error.code).toBe(2500);
    expect((await sendMeta(sandbox.origin, [])).body.error.code).toBe(100);
    expect((await sendMeta(sandbox.origin, Array.from({ length: 1001 }, () => metaEvent()))).body.error.error_user_msg).toContain('at most 1000');
    expect((await get(`${sandbox.origin}/graph.facebook.com/v26.0/${pixel}?access_token=sandbox-meta-token`)).body).toEqual({ name: 'Sandbox pixel', id: pixel });
  });
});
