import { describe, expect, test } from 'vitest';
import { CLICK, errorCode, read } from './read.ts';

const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)));

describe('one parameter said twice', () => {
  test.each([
    ['orderid=1&status=A&status=A', null, 'approved', []],
    ['orderid=1&status=A&status=D', null, 'approved', ['parameter_repeated']],
    ['orderid=1&status=A', 'status=D', 'approved', ['parameter_repeated']],
    ['orderid=1&status=A', 'status=A', 'approved', []],
    ['orderid=1', '{"status":"A","status":"D"}', 'approved', ['parameter_repeated']],
  ])('%s with %s: the query wins, then the first', (query, body, status, flags) =>
    expect(read('kma', { query, body })).toMatchObject({ status, flags }));
});

describe('damage costs its own field alone', () => {
  test.each(['%zz', '%', '%e', '%ff', 'a%00b', '%ED%A0%80', '\ufffd', '\ud800'])('%j', (broken) => {
    expect(read('kma', `orderid=1&status=A&data3=${broken}&sum=5&currency=USD`)).toMatchObject({
      orderId: '1', status: 'approved', amount: '5', clickIdCandidates: [], flags: ['bytes_unreadable'],
    });
  });

  test('in a name', () => expect(read('kma', 'orderid=1&%zz=5&status=A')).toMatchObject({ status: 'approved', flags: ['bytes_unreadable'] }));

  test('as raw bytes of a form', () => {
    const body = bytes('orderid=1&data3=', [0xff, 0xfe], '&status=A&', [0xc3], '=1');
    expect(read('kma', { body })).toMatchObject({ orderId: '1', status: 'approved', clickIdCandidates: [], flags: ['bytes_unreadable'] });
  });

  test('as raw bytes, NUL or half a surrogate in JSON', () => {
    const body = bytes('{"orderid":"1","data3":"', [0xff], '","campaignid":"\\u0000","ip":"\\ud800","status":"A"}');
    expect(read('kma', { body, contentType: 'application/json' })).toMatchObject({ orderId: '1', status: 'approved', offerId: null, ip: null, flags: ['bytes_unreadable'] });
  });
});

describe('bodies', () => {
  test.each([
    ['application/x-www-form-urlencoded', 'orderid=1&status=A'],
    ['application/x-www-form-urlencoded; charset=UTF-8', 'orderid=1&status=A\r\n'],
    ['Application/JSON; charset="utf-8"', '\ufeff{"orderid":1,"status":"A"}'],
    ['application/vnd.network+json', '{"orderid":"1","status":"A"}'],
    ['application/json', '[{"orderid":"1","status":"A"}]'],
    ['text/plain', '{"orderid":"1","status":"A"}'],
    [null, ' {"orderid":"1","status":"A"}'],
    [null, 'orderid=1&status=A'],
    ['multipart/form-data; boundary=XX', '--XX\r\nContent-Disposition: form-data; name="orderid"\r\n\r\n1\r\n--XX\r\nContent-Disposition: form-data; name="status"\r\n\r\nA\r\n--XX--\r\n'],
  ])('%s %j is read, as text and as bytes', (contentType, body) => {
    const expected = { orderId: '1', status: 'approved', flags: [] };
    expect(read('kma', { contentType, body })).toMatchObject(expected);
    expect(read('kma', { contentType, body: Buffer.from(body) })).toMatchObject(expected);
  });

  test('another charset is read where it is known, else flagged', () => {
    const contentType = 'application/x-www-form-urlencoded; charset=windows-1251';
    expect(read('kma', { contentType, body: bytes('orderid=', [0xc0], '%C1') }).orderId).toBe('АБ');
    expect(read('kma', { contentType: 'application/json; charset=klingon', body: '{"orderid":"1"}' })).toMatchObject({ orderId: '1', flags: ['charset_unknown'] });
  });

  test.each([
    ['application/json', 'orderid=1'], ['application/json', '{"orderid":'], ['application/json', '"text"'], ['application/json', 'null'], ['application/json', '5'],
    ['application/json', '[]'], ['application/json', '[{"orderid":1},{"orderid":2}]'], ['application/x-www-form-urlencoded', '{"orderid":"1"}'],
    ['multipart/form-data; boundary=XX', 'orderid=1'], ['multipart/form-data', 'orderid=1'],
  ])('%s %j is not what its content type says', (contentType, body) => expect(errorCode('kma', { query: 'orderid=1', contentType, body })).toBe('body_invalid'));

  test('a body of no known kind is left alone', () => {
    for (const [contentType, body] of [['application/xml', '<a>1</a>'], [null, '{"orderid":'], ['text/plain', 'hello']] as const) {
      expect(read('kma', { query: 'orderid=1&status=A', contentType, body })).toMatchObject({ orderId: '1', flags: ['body_unread'] });
    }
  });

  test('an empty body is none, whatever its type', () => {
    for (const body of [null, '', ' \r\n', new Uint8Array()]) {
      expect(read('kma', { query: 'orderid=1&status=A', contentType: 'application/json', body })).toMatchObject({ orderId: '1', flags: [] });
    }
  });

  test('JSON numbers keep their digits; null is absent; a nested value is no value', () => {
    const body = '{"orderid": 12345678901234567890123, "sum":1200.10 ,"currency":"USD","date_unix":1684692689,"campaignid":{"a":[1,"}"]},"ip":null,"status":"A"}';
    expect(read('kma', { body })).toMatchObject({ orderId: '12345678901234567890123', amount: '1200.10', offerId: null, ip: null, occurredAt: '2023-05-21T18:11:29.000Z', flags: ['value_nested'] });
  });

  test('deep nesting harms nothing', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(read('kma', { body: `{"x":${deep},"orderid":"1","status":"A"}` })).toMatchObject({ orderId: '1', flags: [] });
  });

  test('names of the object prototype are names like any other', () => {
    const query = `__proto__=1&constructor=2&toString=3&orderid=1&status=A&data3=${CLICK}`;
    expect(read('kma', query)).toMatchObject({ orderId: '1', status: 'approved', flags: [] });
    const body = '{"__proto__":{"status":"A"},"constructor":{"prototype":1},"orderid":"1"}';
    expect(read('kma', { body })).toMatchObject({ orderId: '1', status: 'unknown', statusParameter: false, flags: [] });
    expect(read('partnerize', { body: '{"conversion_id":"1","items":[{"__proto__":{"item_id":"9"}}]}' }).items[0]!.id).toBeNull();
    expect(({} as { status?: string }).status).toBeUndefined();
  });

  test('blanks and backticks around names and blanks around values do not count', () =>
    expect(read('kma', ' %60orderid%60+=+1+&+status=%20A%09')).toMatchObject({ orderId: '1', status: 'approved', flags: [] }));
});
