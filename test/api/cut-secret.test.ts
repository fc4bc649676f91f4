import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutFromBody, cutFromJson, cutFromPairs, sweepSecret } from '../../api/cut-secret.ts';

/** The secret goes, every other byte stays. */

test.each([
  ['a=1&key=S&b=2', 'a=1&key=&b=2', ['S']],
  ['key=S', 'key=', ['S']],
  ['%6Bey=S%20x&k%45y=T+y&KEY=U', '%6Bey=&k%45y=&KEY=', ['S x', 'T y', 'U']],
  ['key=a=b%zz&key=%c3%a9&key', 'key=&key=&key', ['a=b%zz', 'é']],
  ['keys=1&akey=2&a=key=3&%zzkey=4&&=', 'keys=1&akey=2&a=key=3&%zzkey=4&&=', []],
  ['+`k_e-y`+=S', '+`k_e-y`+=', ['S']],
])('query: %s', (query, text, values) => {
  expect(cutFromPairs(query, 'key')).toEqual({ text, values });
});

test.each([
  ['{"a":1,"key":"S","b":2}', '{"a":1,"key":"","b":2}', ['S']],
  ['{"key":12.50,"a":1.10}', '{"key":"","a":1.10}', ['12.50']],
  ['{ "k\\u0065y" : "S\\"x\\u00e9" }', '{ "k\\u0065y" : "" }', ['S"xé']],
  ['[{"key":{"x":["}"]}}]', '[{"key":""}]', ['{"x":["}"]}']],
  ['{"items":[{"key":"S"}],"key":"T","key":null}', '{"items":[{"key":""}],"key":"","key":""}', ['T', 'null']],
  ['{"a":"\\"key\\":\\"S\\"","b":"key"}', '{"a":"\\"key\\":\\"S\\"","b":"key"}', []],
  ['{"key":"S', '{"key":""', ['S']],
  ['{"key":', '{"key":""', ['']],
])('JSON: %s', (json, text, values) => {
  expect(cutFromJson(json, 'key')).toEqual({ text, values });
});

test('a body that is not JSON although it says so, or a form although it does not, is cut all the same', () => {
  const cut = (body: string, type: string | null) => cutFromBody(Buffer.from(body), type, 'key').bytes.toString();
  expect(cut('a=1&key=S', 'application/json')).toBe('a=1&key=');
  expect(cut('{"key":"S"}', 'application/x-www-form-urlencoded')).toBe('{"key":""}');
  expect(cut('\ufeff{"key":"S"}', null)).toBe('\ufeff{"key":""}');
  expect(cut('--b\nContent-Disposition: form-data; name=key\n\nS\n--b--', 'multipart/form-data; boundary="b"')).not.toContain('S');
  expect(cut('{"url":"http://x/?a=1&key=2","b":2}', 'application/json')).toBe('{"url":"http://x/?a=1&key=2","b":2}');
});

test('bytes that are not the secret come through, whatever they are', () => {
  fc.assert(fc.property(fc.uint8Array(), fc.constantFrom('application/json', 'text/plain', null, 'multipart/form-data; boundary=b'), (bytes, type) => {
    expect(cutFromBody(bytes, type, 'a parameter that is not there').bytes).toEqual(Buffer.from(bytes));
  }));
});

test('valid JSON stays valid, and loses nothing but the values of that name', () => {
  const without = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(without)
      : value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, name === 'key' ? '' : without(each)]))
        : value;
  const values = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.array(tie('value')), tie('object')),
    object: fc.dictionary(fc.constantFrom('key', 'a', 'ke"y', 'é', '{'), tie('value')),
  }));
  fc.assert(fc.property(values.object, fc.constantFrom(0, 2), (object, indent) => {
    const body = Buffer.from(JSON.stringify(object, null, indent));
    const expected = JSON.parse(JSON.stringify(without(object))) as unknown;
    expect(JSON.parse(cutFromBody(body, 'application/json', 'key').bytes.toString())).toEqual(expected);
  }));
});

test('a sweep empties the secret in any spelling, but no short word', () => {
  expect(sweepSecret('x s3cret& y s3cret%26 z', 's3cret&')).toBe('x  y  z');
  expect(sweepSecret('a=abc', 'abc')).toBe('a=abc');
});

test('hostile text of the largest size is cut, since the work grows with the text alone', () => {
  for (const unit of ['"key":', '{"key":[', '"', '\\"', '&key=', '%6', '" '.repeat(4)]) {
    const text = unit.repeat(512 * 1024 / unit.length);
    expect(cutFromBody(Buffer.from(text), null, 'key').bytes.length, unit).toBeLessThanOrEqual(text.length);
  }
});
