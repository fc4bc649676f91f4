import { describe, expect, it } from 'vitest';
import type { OutboundEvent } from '../../../destinations/contract.ts';
import { STATUSES, TRACKER_NAMES, trackers } from '../../../destinations/webhook/trackers.ts';
import { webhook } from '../../../destinations/webhook/webhook.ts';
import { click, event, OCCURRED_AT_MS, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const OURS = 'aB3dEfGhIjKlMnOpQrStUv';
const made = (settings: Record<string, unknown>) => settingsOf('webhook', { secret: '', ...settings }) as never;
const build = (settings: Record<string, unknown> = {}, one = event(), warn?: (sentence: string) => void) =>
  webhook.build([one], made(settings), { nowMs: OCCURRED_AT_MS, ...(warn && { warn }) });
const urlOf = (url: string, one = event(), settings = {}) => build({ url, ...settings }, one).url;
const macro = (name: string, one = event(), settings = {}) => new URL(urlOf(`https://t.example/p?a={${name}}`, one, settings)).searchParams.get('a');

describe('a postback', () => {
  it('of a Purchase, to the letter', () => {
    expect(build()).toEqual({
      method: 'GET',
      url: `https://tracker.example/postback?subid=${OURS}&payout=10.10&status=sale&tid=77001`,
      headers: {},
      body: null,
      sent: [{ eventId: 'evt-1', txid: '77001', clickId: OURS }],
      publicOnly: true,
    });
  });
  it.each([
    ['click_id', OURS], ['clickid', OURS], ['subid', OURS], ['cid', OURS],
    ['payout', '10.10'], ['value', '10.10'], ['sum', '10.10'], ['revenue', '10.10'], ['amount', '10.10'],
    ['currency', 'EUR'], ['status', 'sale'], ['txid', '77001'], ['tid', '77001'], ['order_id', '77001'], ['transaction_id', '77001'],
    ['event', 'Purchase'], ['event_name', 'Purchase'], ['event_id', 'evt-1'], ['kind', 'event'],
    ['time', '1795168800'], ['time_ms', '1795168800750'], ['time_iso', '2026-11-20T10:00:00.750Z'],
    ['offer', '12'], ['offer_id', '12'], ['country', 'IT'], ['geo', 'IT'], ['fbclid', 'IwAR0aBc'], ['CLICK_ID', OURS], [' click_id ', OURS],
  ])('knows the macro {%s}', (name, value) => {
    expect(macro(name)).toBe(value);
  });
  it('has no macro for data of a person, unless that is switched on', () => {
    const one = event({ user: { email: 'A@b.co', phone: '+39 333' }, click: click({ landingUrl: 'https://shop.example/l?email=a%40b.co' }) });
    for (const name of ['email', 'phone', 'ip', 'user_agent']) expect(macro(name, one)).toBe('');
    expect(['email', 'phone', 'ip', 'user_agent'].map((name) => macro(name, one, { includeUser: 'true' }))).toEqual(['A@b.co', '+39 333', '2001:db8::1', 'Mozilla/5.0 (iPhone)']);
  });
  it('sub1 to sub10 are the ids and parameters of that name, else the five campaign parameters', () => {
    const one = event({
      click: click({ landingUrl: 'https://shop.example/l?sub2=two&SUB10=ten', ids: { sub1: 'one' }, utm: { source: 'fb', medium: 'cpc', campaign: 'c', content: 'x', term: 't' } }),
    });
    expect(['sub1', 'sub2', 'sub3', 'sub4', 'sub5', 'sub6', 'sub10'].map((name) => macro(name, one))).toEqual(['one', 'two', 'c', 'x', 't', '', 'ten']);
    expect(['utm_source', 'utm_term'].map((name) => macro(name, one))).toEqual(['fb', 't']);
  });
  it.each(['utm_constructor', 'utm___proto__', 'constructor', '__proto__', 'utm_'])('{%s} is nothing that anybody sent', (name) => {
    expect(macro(name)).toBe('');
  });
  it('a brace that is never closed costs itself, and no other parameter', () => {
    expect(urlOf('https://t.example/p?a={{b&c={payout}&d=%7Bstatus%7D')).toBe('https://t.example/p?a=b&c=10.10&d=sale');
  });
  it('an unknown macro, or one of which nothing is known, leaves nothing', () => {
    expect(urlOf('https://t.example/p?a={nope}&b={payout}&c={currency}', event({ value: null, currency: null }))).toBe('https://t.example/p?a=&b=&c=');
    for (const name of ['constructor', '__proto__', 'toString']) expect(macro(name)).toBe('');
  });
  it.each(['{click_id', 'click_id}', '{{click_id}}', '{}', '{ {click_id} }', '%7Bclick_id%7D', '%7bnope%7d', '{a{click_id}b}', '{nope%7D'])('no brace is left of %s', (text) => {
    expect(urlOf(`https://t.example/p?a=${text}`)).not.toMatch(/[{}]|%7[bd]/i);
  });
  it('a macro is known in doubled and in encoded braces', () => {
    for (const text of ['{{txid}}', '%7Btxid%7D', '%7btxid%7d']) expect(urlOf(`https://t.example/p?a=${text}&b=1`)).toBe('https://t.example/p?a=77001&b=1');
  });
  it('every value is percent-encoded and stays one value, in the query and in the middle of a path', () => {
    const one = event({ orderId: 'a/b?c&d=e#f {click_id} é+%', name: 'x' });
    const encoded = 'a%2Fb%3Fc%26d%3De%23f%20%7Bclick_id%7D%20%C3%A9%2B%25';
    expect(urlOf('https://t.example/in/{txid}/done?t={txid}&z=1', one)).toBe(`https://t.example/in/${encoded}/done?t=${encoded}&z=1`);
  });
  it('no value climbs out of the path, and half a character breaks nothing', () => {
    expect(urlOf('https://t.example/secret/{txid}/done', event({ orderId: '..' }))).toBe('https://t.example/secret//done');
    expect(urlOf('https://t.example/p?a={txid}', event({ orderId: 'a\ud800b' }))).toBe('https://t.example/p?a=a%EF%BF%BDb');
  });
  it('zero is an amount; an amount without a currency is told, a currency that is none is not', () => {
    expect(macro('payout', event({ value: '0' }))).toBe('0');
    expect(macro('payout', event({ currency: null }))).toBe('10.10');
    const heard: string[] = [];
    build({}, event({ value: '12abc', currency: 'EURO' }), (sentence) => void heard.push(sentence));
    expect(heard).toEqual([expect.stringContaining('currency'), expect.stringContaining('"12abc"')]);
  });
  it("the event's own keys are macros that win", () => {
    expect(macro('status', event({ custom: { status: 'upsell' } }))).toBe('upsell');
    expect(macro('goal_no', event({ custom: { goal_no: 7 } }))).toBe('7');
  });
  it('the transaction id of an event without an order id is its own', () => {
    expect(macro('txid', event({ orderId: null, transactionId: 'w-Purchase-1' }))).toBe('w-Purchase-1');
    expect(macro('txid', event({ transactionId: '77001-Lead-1' }))).toBe('77001');
  });
});

describe('the click id', () => {
  const arrived = event({ click: click({ landingUrl: 'https://shop.example/l?subid=KEI1&x=1', ids: {} }) });
  it("is the tracker's own from the landing page, by the parameter that is set", () => {
    expect(macro('click_id', arrived, { clickIdParameter: 'subid' })).toBe('KEI1');
    expect(macro('click_id', arrived)).toBe(OURS);
  });
  it("or by the tracker's usual one; from the page of the click, too", () => {
    expect(macro('click_id', arrived, { tracker: 'keitaro' })).toBe('KEI1');
    expect(macro('click_id', event({ click: click({ landingUrl: null, pageUrl: 'https://shop.example/?subid=KEI2', ids: {} }) }), { tracker: 'Keitaro' })).toBe('KEI2');
  });
  it('is never ours where a parameter is set and nothing came by it', () => {
    expect(macro('click_id', event(), { clickIdParameter: 'subid' })).toBe('');
  });
  it.each(['click_id', 'clickid', 'subid', 'cid', 'cnv_id'])('may be named by the event itself as %s', (name) => {
    expect(macro('click_id', event({ click: click({ ids: { [name]: 'named' } }) }))).toBe('named');
  });
});

describe('the status word', () => {
  const status = (changes: Partial<OutboundEvent>, tracker?: string) => macro('status', event(changes), { tracker });
  const named = (name: string): Partial<OutboundEvent> => ({ event: name, name });
  it.each([
    [named('Lead'), 'lead'], [named('CompleteRegistration'), 'lead'], [named('SubmitApplication'), 'lead'], [named('Contact'), 'lead'], [named('Schedule'), 'lead'],
    [named('StartTrial'), 'lead'], [named('FormSubmit'), 'lead'], [named('Purchase'), 'sale'], [named('Subscribe'), 'sale'], [named('LeadRejected'), 'rejected'],
    [{ kind: 'retract' as const }, 'rejected'], [{ kind: 'custom' as const, ...named('Anything') }, 'rejected'], [{ kind: 'restate' as const }, 'sale'],
    [{ event: 'Lead', name: 'hold' }, 'hold'], [{ event: 'Lead', name: 'Trash' }, 'trash'], [named('AddToCart'), 'AddToCart'], [named('My deal'), 'My deal'],
  ])('of %j is %s', (changes, word) => {
    expect(status(changes)).toBe(word);
  });
  it.each([[named('Lead'), 'pending'], [named('Purchase'), 'approved'], [{ kind: 'retract' as const }, 'declined'], [{ event: 'Lead', name: 'hold' }, 'pending'], [{ event: 'Lead', name: 'trash' }, 'declined']])(
    "of %j at RedTrack is %s",
    (changes, word) => {
      expect(status(changes, 'redtrack')).toBe(word);
    },
  );
  it('is known at every tracker', () => {
    for (const { words } of Object.values(trackers)) expect(Object.keys(words)).toEqual([...STATUSES]);
  });
});

describe('a tracker', () => {
  const host = 'https://t.example';
  it.each([
    ['keitaro', `${host}/0a1b2c/postback`, `${host}/0a1b2c/postback?subid=${OURS}&payout=10.10&currency=EUR&status=sale&tid=77001`],
    ['voluum', host, `${host}/postback?cid=${OURS}&payout=10.10&currency=EUR&txid=77001&et=sale`],
    ['binom', `${host}/`, `${host}/click.php?cnv_id=${OURS}&payout=10.10&cnv_currency=EUR&cnv_status=sale`],
    ['redtrack', host, `${host}/postback?clickid=${OURS}&sum=10.10&type=Purchase&status=approved`],
    ['bemob', host, `${host}/postback?cid=${OURS}&payout=10.10&txid=77001&status=sale`],
  ])('%s gets its own parameters', (tracker, url, whole) => {
    expect(build({ url, tracker }).url).toBe(whole);
  });
  it('of each name is tested', () => {
    expect(TRACKER_NAMES).toEqual(['keitaro', 'voluum', 'binom', 'redtrack', 'bemob']);
  });
  it('keeps what the address says itself', () => {
    expect(build({ url: `${host}/p?subid={sub1}&payout=7&x=1`, tracker: 'keitaro' }, event({ click: click({ ids: { sub1: 's' } }) })).url).toBe(
      `${host}/p?subid=s&payout=7&x=1&currency=EUR&status=sale&tid=77001`,
    );
  });
  it('Voluum tells the Lead of an order from its Purchase by the transaction id', () => {
    expect(build({ url: host, tracker: 'voluum' }, event({ event: 'Lead', name: 'Lead', transactionId: '77001-Lead-1' })).url).toContain('txid=77001-Lead-1&et=lead');
  });
});

describe('a form', () => {
  it('has in its body what the address has after the ?', () => {
    const { method, url, body, headers } = build({ method: 'POST form', url: 'https://t.example/{event}?a={txid}&b={nope}' }, event({ orderId: 'x y' }));
    expect({ method, url, body, headers }).toEqual({
      method: 'POST',
      url: 'https://t.example/Purchase',
      body: 'a=x%20y&b=',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'webhook-id': 'evt-1', 'webhook-timestamp': '1795168800' },
    });
  });
  it('says the ordinary things where the address says nothing', () => {
    expect(build({ method: 'form', url: 'https://t.example/in' }).body).toBe(`subid=${OURS}&payout=10.10&currency=EUR&status=sale&tid=77001`);
  });
});

describe('why an event cannot go to a webhook', () => {
  const missing = (one: OutboundEvent, settings = {}) => webhook.missing(one, made(settings));
  it.each([
    ['refused use of user data', event({ click: click({ consent: { adUserData: false } }) }), {}, /refused/],
    ['refused storage', event({ click: click({ consent: { adStorage: false } }) }), {}, /refused/],
    ['an empty name', event({ name: '' }), {}, /event name/],
    ['no click for a tracker', unknownVisitor(), { tracker: 'keitaro' }, /Keitaro needs its click id/],
    ["nothing by the tracker's parameter", event(), { tracker: 'binom', clickIdParameter: 'subid' }, /Binom needs its click id/],
  ])('%s', (_, one, settings, why) => {
    expect(missing(one, settings)).toMatch(why);
  });
  it.each([
    ['no click', unknownVisitor(), {}],
    ['a Purchase without a value', event({ value: null }), {}],
    ['a click of a tracker', event(), { tracker: 'keitaro' }],
  ])('but %s is enough', (_, one, settings) => {
    expect(missing(one, settings)).toBeNull();
  });
  it('settings that are not whole break nothing', () => {
    expect(webhook.build([event()], { url: 'URL' } as never, { nowMs: 0 })).toMatchObject({ method: 'GET', url: 'URL' });
    expect(webhook.missing(event(), {} as never)).toBeNull();
  });
});

describe('settings of the webhook', () => {
  const given = (changes: object) => webhook.settings.safeParse({ url: 'https://t.example/p', ...changes });
  it.each([
    ['another scheme', { url: 'ftp://t.example/' }], ['no scheme', { url: 't.example/p' }], ['no host', { url: 'https://' }],
    ['a macro in the host', { url: 'https://{sub1}.example/p' }], ['an encoded macro in the host', { url: 'https://a%7Bsub1%7D.example/p' }],
    ['a macro in the scheme', { url: '{sub1}://t.example' }], ['a macro in the port', { url: 'https://t.example:{sub1}/' }],
    ['a password in the address', { url: 'https://me:pw@t.example/' }], ['a fragment', { url: 'https://t.example/#a' }],
    ['another method', { method: 'PUT' }], ['another tracker', { tracker: 'prosper' }], ['a pattern that is none', { successPattern: '(' }],
  ])('refuse %s', (_, changes) => {
    expect(given(changes).success).toBe(false);
  });
  it.each([['get', 'GET'], ['POST form', 'POST form'], ['post_json', 'POST json'], ['POST', 'POST json'], ['form', 'POST form']])('take the method %s for %s', (word, method) => {
    expect(given({ method: word }).data).toMatchObject({ method });
  });
  it('take a bare address, and empty settings for none', () => {
    expect(given({ tracker: '', secret: '', successPattern: '', clickIdParameter: '' }).data).toEqual({ url: 'https://t.example/p', method: 'GET', includeUser: false });
  });
});
