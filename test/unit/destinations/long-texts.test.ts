import { expect, test } from 'vitest';
import { countryCodeOf } from '../../../destinations/countries.ts';
import { normaliseEmail } from '../../../destinations/email.ts';
import { webhook } from '../../../destinations/webhook/webhook.ts';
import { answer, event } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

/** Long enough that work which grows with the square of the text, or faster, would not end while anybody waits. */
const LONG = 1_000_000;

test('a long text that is no address and no country does not hold up the process', () => {
  expect(normaliseEmail(`a@${'a.'.repeat(LONG)}@`)).toBeNull();
  expect(countryCodeOf('\u0130'.repeat(LONG))).toBeNull();
});

test('nor does a pattern of success that would take for ever elsewhere', () => {
  const request = webhook.build([event()], settingsOf('webhook', { successPattern: '^(a+)+$' }) as never, { nowMs: 0 });
  expect(webhook.classify(answer(`${'a'.repeat(3_000)}!`), request)).toMatchObject([{ kind: 'rejected' }]);
});

test.each(['a@b.c', 'a@b..c', 'a@.b.c'])('%s is an address', (text) => expect(normaliseEmail(text)).toBe(text));
test.each(['a@b', 'a@b.', 'a@.b', '@b.c', 'a@b@c.d', 'a b@c.d', 'a@..', ''])('"%s" is no address', (text) => expect(normaliseEmail(text)).toBeNull());
