import { expect, test } from 'vitest';
import { countryCodeOf } from '../../../destinations/countries.ts';
import { normaliseEmail } from '../../../destinations/email.ts';

const msOf = (what: () => unknown): number => {
  const startedMs = performance.now();
  what();
  return performance.now() - startedMs;
};

test('a long text that is no address and no country does not hold up the process', () => {
  countryCodeOf('nowhere'); // the names are read once
  expect(msOf(() => normaliseEmail(`a@${'a.'.repeat(100_000)}@`))).toBeLessThan(200);
  expect(msOf(() => countryCodeOf('\u0130'.repeat(100_000)))).toBeLessThan(200);
});

test.each(['a@b.c', 'a@b..c', 'a@.b.c'])('%s is an address', (text) => expect(normaliseEmail(text)).toBe(text));
test.each(['a@b', 'a@b.', 'a@.b', '@b.c', 'a@b@c.d', 'a b@c.d', 'a@..', ''])('"%s" is no address', (text) => expect(normaliseEmail(text)).toBeNull());
