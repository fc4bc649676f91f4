import { describe, expect, it } from 'vitest';
import { outbrain } from '../../../destinations/outbrain/outbrain.ts';
import { answer, click, event, OCCURRED_AT_MS, request, unknownVisitor } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const settings = settingsOf('outbrain') as never;
const CLICK_ID = 'v2-3KnA_x.Y';
const clicked = (changes = {}) => event({ click: click({ ids: { obclid: CLICK_ID } }), ...changes });
const build = (one = clicked(), warn?: (sentence: string) => void) => outbrain.build([one], settings, { nowMs: OCCURRED_AT_MS, ...(warn && { warn }) });
const queryOf = (one = clicked()) => new URL(build(one).url).searchParams;

describe('what Outbrain is sent', () => {
  it('a Purchase, to the letter', () => {
    expect(build()).toEqual({
      method: 'GET',
      url: `https://tr.outbrain.com/unifiedPixel?ob_click_id=${CLICK_ID}&name=Purchase&orderId=77001&orderValue=10.10&currency=EUR`,
      headers: {},
      body: null,
      sent: [{ name: 'Purchase', clickId: CLICK_ID, orderId: '77001' }],
    });
  });
  it('nothing of what is not known', () => {
    expect(build(clicked({ name: 'Lead', value: null, orderId: '' })).url).toBe(`https://tr.outbrain.com/unifiedPixel?ob_click_id=${CLICK_ID}&name=Lead`);
  });
  it('every value percent-encoded', () => {
    expect(build(clicked({ name: 'My lead&x', orderId: 'a+b' })).url).toContain('&name=My%20lead%26x&orderId=a%2Bb&');
  });
  it('zero is an amount; an amount without a currency is none', () => {
    expect(queryOf(clicked({ value: '0' })).get('orderValue')).toBe('0');
    const heard: string[] = [];
    expect(build(clicked({ currency: null }), (sentence) => void heard.push(sentence)).url).not.toContain('orderValue');
    expect(heard).toEqual([expect.stringContaining('no currency')]);
  });
  it.each(['obclid', 'ob_click_id', 'OutbrainClickId', 'dicbo'])('the click id that came as %s', (name) => {
    expect(queryOf(event({ click: click({ ids: { [name]: CLICK_ID } }) })).get('ob_click_id')).toBe(CLICK_ID);
  });
  it('the click id that is named above the one that was read from the page', () => {
    expect(queryOf(event({ click: click({ ids: { obclid: 'v2-page', dicbo: CLICK_ID } }) })).get('ob_click_id')).toBe(CLICK_ID);
    const landed = click({ ids: { dicbo: CLICK_ID }, landingUrl: 'https://shop.example/l?ob_click_id=v2-page' });
    expect(queryOf(event({ click: landed })).get('ob_click_id')).toBe(CLICK_ID);
  });
  it('the click id that only the address of the landing page has', () => {
    const landed = (landingUrl: string | null) => queryOf(event({ click: click({ ids: {}, landingUrl }) })).get('ob_click_id');
    expect(landed('https://shop.example/l?dicbo=v2-b&ob_click_id=v2-A')).toBe('v2-A');
    expect(landed('https://shop.example/l?dicbo=v2-b')).toBe('v2-b');
    expect(landed('https://shop.example/l?ob_click_id={{ob_click_id}}')).toBeNull();
    expect(landed('/l?dicbo=v2-b')).toBeNull();
  });
  it("keys of the event's own, over what is derived", () => {
    expect(queryOf(clicked({ custom: { orderValue: '3', extra: true } })).toString()).toContain('orderValue=3&currency=EUR&extra=true');
  });
});

describe('why an event cannot go to Outbrain', () => {
  it.each([
    ['no click', unknownVisitor(), /click id/],
    ["a click without Outbrain's id", event(), /click id/],
    ['a macro that nobody filled in', event({ click: click({ ids: { obclid: '{{ob_click_id}}' } }) }), /click id/],
    ['an empty name', clicked({ name: '' }), /event name/],
    ['refused use of user data', event({ click: click({ ids: { obclid: CLICK_ID }, consent: { adUserData: false } }) }), /refused/],
    ['refused storage', event({ click: click({ ids: { obclid: CLICK_ID }, consent: { adStorage: false } }) }), /refused/],
  ])('%s', (_, one, why) => {
    expect(outbrain.missing(one, settings)).toMatch(why);
  });
  it('but a click id alone is enough', () => {
    expect(outbrain.missing(clicked({ value: null, orderId: null }), settings)).toBeNull();
  });
});

describe('what Outbrain answers', () => {
  const kindOf = (body: string, status: number) => outbrain.classify(answer(body, status), request())[0];
  it.each([[200, 'GIF89a'], [204, ''], [200, '']])('HTTP %i with "%s" has arrived', (status, body) => {
    expect(kindOf(body, status)).toEqual({ kind: 'delivered' });
  });
  it.each([[500, 'retry'], [429, 'retry'], [302, 'retry'], [400, 'rejected'], [404, 'misconfigured']])('HTTP %i is %s', (status, kind) => {
    expect(kindOf('', status)).toMatchObject({ kind });
  });
  it('a web page comes from somebody in between', () => {
    expect(kindOf('<html>', 200)).toMatchObject({ kind: 'retry', code: 'http_200_html' });
  });
});
