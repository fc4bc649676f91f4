import { Readable, Writable } from 'node:stream';
import { describe, expect, it, test } from 'vitest';
import { previewLines } from '../../../cli/destination-preview.ts';
import { destinations } from '../../../destinations/catalog.ts';
import { sha256 } from '../../../destinations/hashing.ts';
import { instantOf } from '../../../destinations/instant.ts';
import { preview, type PreviewName } from '../../../destinations/preview/preview.ts';

const NOW_MS = Date.parse('2026-11-21T10:00:00Z');
const ask = (name: PreviewName, line: unknown) => JSON.parse(preview(name, typeof line === 'string' ? line : JSON.stringify(line), NOW_MS).text);

const EVENT = {
  event: 'Purchase', eventId: 'e-1', orderId: 'o-1', occurredAt: '2026-11-20T10:00:00.123999+02:00', clickedAt: '2026-11-19T10:00:00Z',
  value: { amount: 12.5, currency: 'usd' }, actionSource: 'website', pageUrl: 'https://shop.example/o?fbclid=IwAR0aBc',
  user: { email: 'Jo@Example.com' }, client: { ip: '203.0.113.9', userAgent: 'UA' },
};
const build = (changes: Record<string, unknown> = {}, line: Record<string, unknown> = {}) =>
  ask('build', { platform: 'meta', settings: { pixelId: '123456789012345', accessToken: 'SECRET-TOKEN' }, events: [{ ...EVENT, ...changes }], ...line });
const sent = (changes: Record<string, unknown> = {}, line: Record<string, unknown> = {}) => build(changes, line).requests[0].body.data[0];

describe('destination build', () => {
  it('shows the request as it would go out, with the secret masked and the body as JSON', () => {
    const { requests, skipped, warnings } = build();
    expect({ skipped, warnings }).toEqual({ skipped: [], warnings: [] });
    expect(requests).toMatchObject([{ method: 'POST', url: 'https://graph.facebook.com/v26.0/123456789012345/events', body: { access_token: '***' } }]);
    expect(JSON.stringify(requests)).not.toContain('SECRET');
    expect(requests[0].body.data[0]).toMatchObject({
      event_name: 'Purchase', event_time: Date.parse('2026-11-20T08:00:00Z') / 1000, event_id: 'e-1', action_source: 'website',
      user_data: { em: sha256('jo@example.com'), fbc: `fb.1.${Date.parse('2026-11-19T10:00:00Z')}.IwAR0aBc` },
      custom_data: { value: 12.5, currency: 'USD', order_id: 'o-1' },
    });
  });

  it('keeps every digit of an amount', () => {
    const line = JSON.stringify({ platform: 'meta', events: [{ ...EVENT, value: { amount: '12345678901234567890.12', currency: 'USD' } }] });
    expect(preview('build', line, NOW_MS).text).toContain('"value":12345678901234567890.12');
  });

  it('warns of what is missing or not known, anywhere, and goes on', () => {
    const { requests, warnings } = build({ extra: 1, user: { email: 'a@b.co', shoe: 43 }, ids: { nothing: 'x' } }, { settings: { colour: 'red' }, more: true });
    expect(requests[0].url).toBe('https://graph.facebook.com/v26.0/PIXEL_ID/events');
    for (const part of ['event.extra', 'user.shoe', 'ids.nothing', 'settings.colour', 'more', 'settings.pixelId', 'settings.accessToken']) {
      expect(warnings.filter((warning: string) => warning.includes(part)), part).toHaveLength(1);
    }
  });

  it.each([
    ['no time', { occurredAt: undefined }, /occurredAt is missing/],
    ['a time without an offset', { occurredAt: '2026-11-20T10:00:00' }, /occurredAt cannot be read/],
    ['a time in words', { occurredAt: 'yesterday' }, /occurredAt cannot be read/],
    ['a number for a time', { occurredAt: 1_795_168_800 }, /occurredAt cannot be read/],
    ['an event that is too old', { occurredAt: '2026-11-14T09:59:59Z' }, /older than 7 days/],
    ['an event of the future', { occurredAt: '2026-11-21T10:01:01Z' }, /future/],
    ['refused consent', { consent: { adUserData: 'denied' } }, /refused/],
    ['no name', { event: ' ' }, /no name/],
    ['no value where it is needed', { value: null }, /needs a value/],
  ])('skips %s, with the reason', (_, changes, why) => {
    const { requests, skipped } = build(changes);
    expect(requests).toEqual([]);
    expect(skipped).toEqual([{ index: 0, reason: expect.stringMatching(why) }]);
  });

  it('takes the clock of the line for the age', () => {
    expect(build({}, { now: '2026-11-30T10:00:00Z' }).skipped).toHaveLength(1);
    expect(build({}, { now: 'soon' })).toEqual({ error: { code: 'line_invalid', message: expect.any(String) } });
  });

  it('leaves out a value of the wrong type, and nothing else', () => {
    const { requests, warnings } = build({ user: { email: {}, phone: 5551234567 }, contents: 'many', numItems: 1.5, clickedAt: 'x', consent: { adStorage: true } }, { defaults: { country: 'US' } });
    expect(requests[0].body.data[0].user_data).toMatchObject({ ph: sha256('15551234567') });
    expect(requests[0].body.data[0].user_data).not.toHaveProperty('em');
    for (const part of ['user.email', 'contents', 'numItems', 'clickedAt', 'consent.adStorage', 'fbc']) expect(warnings.join('\n')).toContain(part);
  });

  it('takes zero for a value', () => {
    expect(sent({ value: { amount: 0, currency: 'USD' } }).custom_data.value).toBe(0);
  });

  it('puts an id of the line before one of the page, under its cookie name too', () => {
    expect(sent({ ids: { fbclid: 'Other' } }).user_data.fbc).toMatch(/\.Other$/);
    expect(sent({ ids: { _fbp: 'fb.1.1763458000000.1098115397' } }).user_data.fbp).toBe('fb.1.1763458000000.1098115397');
  });

  it('cuts events into requests of what the platform takes, and keeps the index of those it skips', () => {
    const events = Array.from({ length: 1002 }, (_, index) => ({ ...EVENT, eventId: `e-${index}`, ...(index === 1 && { occurredAt: null }) }));
    const { requests, skipped } = ask('build', { platform: 'meta', events });
    expect(requests.map(({ body }: { body: { data: unknown[] } }) => body.data.length)).toEqual([1000, 1]);
    expect(skipped).toMatchObject([{ index: 1 }]);
  });

  it('says that a platform takes nothing back', () => {
    expect(build({}, { reversal: { kind: 'retract', original: EVENT } })).toMatchObject({ requests: [], skipped: [{ index: 0, reason: expect.stringContaining('cannot take an event back') }] });
  });
});

describe('a line of anybody', () => {
  it('order and event ids go out verbatim, spaces and every digit of a number included', () => {
    expect(sent({ orderId: ' Ä/1 ', eventId: ' e 1 ' })).toMatchObject({ event_id: ' e 1 ', custom_data: { order_id: ' Ä/1 ' } });
    const line = JSON.stringify({ platform: 'meta', events: [{ ...EVENT, orderId: 1, custom: { k: 2 }, ids: { lead_id: 3 } }] });
    const exact = line.replace('"orderId":1', '"orderId":98765432109876543210').replace('"k":2', '"k":12345678901234567.5').replace('"lead_id":3', '"lead_id":12345678901234567');
    const { text } = preview('build', exact, NOW_MS);
    for (const part of ['"order_id":"98765432109876543210"', '"k":12345678901234567.5', '"lead_id":12345678901234567']) expect(text).toContain(part);
  });
  it('an id that is not there is left out, never sent empty', () => {
    for (const eventId of [undefined, null, '', ' ']) expect(sent({ eventId })).not.toHaveProperty('event_id');
  });
  it('names of what every object has are no events, ids, fields or failures', () => {
    for (const word of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(sent({ event: word }).event_name).toBe(word);
      expect(sent({ user: { email: 'a@b.co', region: word, gender: word } }).user_data.ge).toBeUndefined();
      expect(ask('normalise', { platform: 'meta', field: word, value: 'x' })).toMatchObject({ omitted: true });
      expect(ask('classify', { platform: 'meta', transport: word })).toMatchObject({ error: { code: 'line_invalid' } });
      expect(ask('build', { platform: word })).toMatchObject({ error: { code: 'platform_unknown' } });
    }
  });
  it('an event name that is no text is none', () => {
    for (const event of [5, true, {}, []]) expect(build({ event }).skipped).toHaveLength(1);
  });
  it('an amount that no amount could be costs its field, and takes no memory', () => {
    for (const amount of ['1e400', '1e999999999', '1e-999999999', 'NaN', 'Infinity', '0x10']) {
      const { requests, warnings } = build({ event: 'Lead', value: { amount, currency: 'USD' } });
      expect(requests[0].body.data[0].custom_data).toEqual({ order_id: 'o-1' });
      expect(warnings).toEqual([expect.stringContaining('value.amount')]);
    }
  });
  it("a Purchase may have its value from the event's own keys", () => {
    expect(sent({ value: null, custom: { value: 5, currency: 'USD' } }).custom_data).toMatchObject({ value: 5, currency: 'USD' });
  });
  it('a setting that is blank or no text is missing', () => {
    for (const pixelId of ['', ' ', {}, { toString: 1, valueOf: 2 }, [], true]) expect(build({}, { settings: { pixelId } }).requests[0].url).toContain('/PIXEL_ID/events');
    expect(build({}, { settings: { pixelId: 123456789012345 } }).requests[0].url).toContain('/123456789012345/events');
  });
  it('where one of several settings will do, the preview needs none', () => {
    const ids = { li_fat_id: '12345678-1234-1234-1234-123456789012', twclid: 'w1' };
    expect(build({ ids }, { platform: 'linkedin', settings: {} }).requests[0].body.conversion).toContain('CONVERSION_ID');
    expect(build({ ids }, { platform: 'x', settings: {} }).requests[0].headers['x-pixel-token']).toBe('***');
  });
  it('objects where a number or a header belongs are no exception', () => {
    const odd = { toString: 1, valueOf: 2 };
    for (const line of [{ status: odd }, { status: 200, events: odd }, { transport: odd }]) expect(ask('classify', { platform: 'meta', ...line })).toMatchObject({ error: { code: 'line_invalid' } });
    expect(ask('classify', { platform: 'meta', status: 429, headers: { 'retry-after': odd }, body: '' }).outcomes).toMatchObject([{ kind: 'retry' }]);
  });
  it('a list of one is that one, and the hash of nothing is nothing, in clear too', () => {
    expect(sent({ user: { email: ['a@b.co'], phone: ['(800)555-0100'], country: ['US'] } }).user_data).toMatchObject({ em: sha256('a@b.co'), ph: sha256('18005550100'), country: sha256('us') });
    expect(sent({ user: { email: 'a@b.co', gender: ['f', 'm'] } }).user_data.ge).toEqual([sha256('f'), sha256('m')]);
    expect(sent({ ids: { madid: sha256('') } }).user_data).not.toHaveProperty('madid');
  });
  it('says what is left out: an address that is none, a content without an id', () => {
    expect(build({ client: { ip: 'nope', userAgent: 'UA' } }).warnings).toEqual([expect.stringContaining('ip is left out')]);
    expect(build({ contents: [{ quantity: 1 }] }).warnings).toEqual([expect.stringContaining('without an id')]);
  });
});

describe('destination classify', () => {
  const classify = (line: Record<string, unknown>) => ask('classify', { platform: 'meta', ...line }).outcomes;
  it('one outcome for each event, from text or JSON', () => {
    const body = { events_received: 2, messages: [], fbtrace_id: 'A' };
    for (const each of [body, JSON.stringify(body)]) {
      expect(classify({ status: 200, body: each, events: 2 })).toEqual(Array(2).fill({ kind: 'delivered', code: null, message: null, retryAfterMs: null, duplicate: false }));
    }
  });
  it.each(['timeout', 'reset', 'dns', 'tls'])('a transport failure (%s) is tried again', (transport) => {
    expect(classify({ transport, events: 2 })).toMatchObject([{ kind: 'retry' }, { kind: 'retry' }]);
  });
  it('events of a refused batch that are not shown to be at fault are tried again', () => {
    const body = { error: { code: 100, error_subcode: 2804003, message: 'too old' } };
    expect(classify({ status: 400, body })).toMatchObject([{ kind: 'expired' }]);
    expect(classify({ status: 400, body, events: 2 })).toMatchObject([{ kind: 'retry' }, { kind: 'retry' }]);
    expect(classify({ status: 400, body: { error: { ...body.error, message: "Invalid parameter $['data'][1]" } }, events: 2 })).toMatchObject([{ kind: 'retry' }, { kind: 'expired' }]);
  });
  it('says whether a fresh token may cure it', () => {
    expect(classify({ status: 400, body: { error: { code: 190, message: 'x' } } })).toMatchObject([{ kind: 'unauthorised', refreshable: false }]);
    expect(ask('classify', { platform: 'google-data-manager', status: 401, body: {} }).outcomes).toMatchObject([{ kind: 'unauthorised', refreshable: true }]);
  });
  it('no outcome for no event, and a byte order mark before JSON is no harm', () => {
    expect(classify({ status: 200, body: { events_received: 0 }, events: 0 })).toEqual([]);
    expect(classify({ status: 400, body: '\ufeff{"error":{"code":190,"message":"x"}}' })).toMatchObject([{ kind: 'unauthorised' }]);
  });
  it('reads a wait from the headers, whatever their case', () => {
    expect(classify({ status: 429, headers: { 'Retry-After': '30' }, body: '' })).toMatchObject([{ kind: 'retry', retryAfterMs: 30_000 }]);
  });
  it('refuses a line that says neither status nor transport', () => {
    for (const line of [{}, { status: 'x' }, { transport: 'pigeon' }, { status: 200, events: -1 }, { status: 200, call: 'phone' }]) {
      expect(ask('classify', { platform: 'meta', ...line })).toMatchObject({ error: { code: 'line_invalid' } });
    }
  });
});

describe('destination normalise', () => {
  const normalise = (line: Record<string, unknown>) => ask('normalise', { platform: 'meta', ...line });
  it('a value and its hash, one that is sent in clear, a hash, and nothing usable', () => {
    expect(normalise({ field: 'email', value: ' Jo@Example.com' })).toEqual({ value: 'jo@example.com', sha256: sha256('jo@example.com'), omitted: false });
    expect(normalise({ field: 'ip', value: '203.0.113.9' })).toEqual({ value: '203.0.113.9', sha256: null, omitted: false });
    expect(normalise({ field: 'email', value: sha256('x').toUpperCase() })).toEqual({ value: null, sha256: sha256('x'), omitted: false });
    for (const value of ['', ' ', null, {}, sha256('')]) expect(normalise({ field: 'email', value })).toEqual({ value: null, sha256: null, omitted: true });
    expect(normalise({ field: 'shoe', value: '43' })).toMatchObject({ omitted: true });
  });
  it('a list without what is omitted', () => {
    expect(normalise({ field: 'email', value: ['a@b.co', '', 'nobody'] })).toEqual({ value: ['a@b.co'], sha256: [sha256('a@b.co')], omitted: false });
    expect(normalise({ field: 'email', value: [null] })).toEqual({ value: [], sha256: [], omitted: true });
  });
  it.each([
    ['phone', '(800)555-0100', { country: 'US' }, '18005550100'],
    ['phone', '(800)555-0100', { callingCode: '+1' }, '18005550100'],
    ['phone', '(800)555-0100', {}, '8005550100'],
    ['phone', '+44 844 412 4653 ext. 9', { country: 'US' }, '448444124653'],
    ['phone', '0044 844 412 4653', {}, '448444124653'],
    ['phone', '123', { country: 'US' }, '123'],
    ['region', 'California', { country: 'US' }, 'ca'],
    ['country', 'United States', {}, 'us'],
    ['country', 'DEU', {}, 'de'],
    ['country', 'Deutschland', {}, 'de'],
    ['country', 'Россия', {}, 'ru'],
    ['country', 'The Netherlands', {}, 'nl'],
    ['country', 'Syria', {}, 'sy'],
    ['country', 'Nowhere', {}, null],
    ['region', 'New-York', {}, 'ny'],
    ['region', 'Washington, D.C.', {}, 'dc'],
    ['region', 'US-CA', {}, 'ca'],
    ['gender', 'Female', {}, 'f'],
    ['dateOfBirth', '1990-02-28', {}, '19900228'],
    ['postalCode', '94043-1234', { country: 'US' }, '94043'],
    ['city', 'San Francisco', {}, 'sanfrancisco'],
    ['fbclid', 'IwAR_Case', {}, 'IwAR_Case'],
  ])('%s %s with %j is %s', (field, value, defaults, normal) => {
    expect(normalise({ field, value, defaults }).value).toBe(normal);
  });
});

describe.each([...destinations.keys()])('%s', (platform) => {
  it('can be shown without any setting, and masks what is secret', () => {
    const ids = Object.fromEntries(Object.keys(destinations.get(platform)!.ids).map((id) => [id, 'x'.repeat(70)]));
    const { error, warnings } = ask('build', { platform, events: [{ ...EVENT, ids: { ...ids, fbclid: 'a', gclid: 'Cj0', ttclid: 'E.C', msclkid: 'a'.repeat(32), ga_client_id: '1.2' } }] });
    expect(error).toBeUndefined();
    expect(warnings).toBeInstanceOf(Array);
  });
  it('shows nothing of a secret that is given', () => {
    const shape = (destinations.get(platform)!.settings as unknown as { shape: Record<string, { meta(): { secret?: boolean } | undefined }> }).shape;
    const secrets = Object.fromEntries(Object.entries(shape).filter(([, field]) => field.meta()?.secret).map(([name]) => [name, 'SECRET-VALUE']));
    expect(preview('build', JSON.stringify({ platform, settings: secrets, events: [EVENT] }), NOW_MS).text).not.toMatch(/SECRET-VALUE|SECRET%2DVALUE/);
  });
  it('an HTML page where JSON belongs, a broken connection and a 503 are tried again', () => {
    for (const line of [{ transport: 'reset' }, { status: 503, body: '<html>Bad gateway</html>', headers: { 'content-type': 'text/html' } }, { status: 503, body: '' }]) {
      expect(ask('classify', { platform, ...line, events: 1 }).outcomes).toMatchObject([{ kind: 'retry' }]);
    }
  });
});

test('one line out for each line in, errors for bad lines alone, and ten thousand of them in one start', async () => {
  const lines = Array.from({ length: 10_000 }, (_, index) => (index === 7 ? 'not json' : index === 8 ? '{"platform":"myspace"}' : JSON.stringify({ platform: 'meta', field: 'phone', value: `+1800555${index}` })));
  let out = '';
  const log: string[] = [];
  await previewLines('normalise', Readable.from([lines.join('\n')]), new Writable({ write: (chunk, _encoding, done) => { out += String(chunk); done(); } }), (message) => log.push(message));
  const answers = out.split('\n').slice(0, -1).map((line) => JSON.parse(line) as { error?: { code: string } });
  expect(answers).toHaveLength(10_000);
  expect(answers.flatMap(({ error }, index) => (error ? [[index, error.code]] : []))).toEqual([[7, 'line_invalid'], [8, 'platform_unknown']]);
  expect(log).toEqual(['10000 lines read, 2 with an error.']);
});

it.each([
  ['2026-11-20T10:00:00Z', '2026-11-20T10:00:00.000Z'],
  ['2026-11-20T10:00:00.9999999999+05:30', '2026-11-20T04:30:00.999Z'],
  ['2026-11-20T10:00:00,019-0800', '2026-11-20T18:00:00.019Z'],
  ['2026-11-20 10:00:00+02', '2026-11-20T08:00:00.000Z'],
  ['20261120T100000Z', '2026-11-20T10:00:00.000Z'],
  ['2026-02-30T10:00:00Z', null],
  ['2026-11-20T25:00:00Z', null],
  ['2026-11-20', null],
])('the time %s is %s', (text, instant) => {
  const ms = instantOf(text);
  expect(ms === null ? null : new Date(ms).toISOString()).toBe(instant);
});
