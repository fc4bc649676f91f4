import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { destinations } from '../../../destinations/catalog.ts';
import type { OutboundEvent } from '../../../destinations/contract.ts';
import { normaliseEmail, normaliseEmailForGoogle, normaliseEmailForReddit } from '../../../destinations/email.ts';
import { type FieldRule, hashedAs, normalised } from '../../../destinations/fields.ts';
import { nameForGoogle } from '../../../destinations/google/user-data.ts';
import { sha256 } from '../../../destinations/hashing.ts';
import { numberOf, toJson } from '../../../destinations/json-body.ts';
import { binaryGenderCode, compactDate, genderCode, lowerCountry, packedName, plainName, postalCode, regionCode } from '../../../destinations/names.ts';
import { phoneDigits, phoneWithPlus } from '../../../destinations/phone.ts';
import { click, event } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const at = (country: string | null, callingCode: string | null = null) => ({ country, phoneCountry: country, callingCode });
const hashed = (raw: string, normalise: FieldRule['normalise'], country: string | null = null) => normalised(hashedAs(normalise), raw, at(country))?.sha256;
const EMPTY_HASH = createHash('sha256').update('').digest('hex');

describe('hashing', () => {
  it('never hashes nothing', () => {
    for (const nothing of ['', '   ', '\t\n', EMPTY_HASH, EMPTY_HASH.toUpperCase()]) expect(hashed(nothing, (text) => text)).toBeUndefined();
    expect(hashed('---', packedName)).toBeUndefined();
  });
  it('passes on what is hashed already, in lower case, and hashes it no second time', () => {
    const hash = sha256('user@example.com');
    expect(hashed(hash.toUpperCase(), normaliseEmail)).toBe(hash);
  });
  it('takes the published examples of Meta', () => {
    expect(hashed(' John_Smith@gmail.com ', normaliseEmail)).toBe('62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f');
    expect(hashed('(650)555-1212', phoneDigits, 'US')).toBe('e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176');
    expect(hashed('Mary', plainName)).toBe('6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec');
    expect(hashed('정', plainName)).toBe('8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14');
    expect(hashed('Valéry', plainName)).toBe('08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c');
  });
});

describe('e-mail', () => {
  test.each([
    [' User.Name+NYC@Example.com ', 'user.name+nyc@example.com', 'user.name+nyc@example.com'],
    ['Cloudy.SanFrancisco+shopping@gmail.com', 'cloudy.sanfrancisco+shopping@gmail.com', 'cloudysanfrancisco@gmail.com'],
    ['a.b.c+x@googlemail.com', 'a.b.c+x@googlemail.com', 'abc@googlemail.com'],
    [' A.B+x@Gmail.com', 'a.b+x@gmail.com', 'ab@gmail.com'],
    ['not an address', null, null],
    ['@example.com', null, null],
    ['+only@gmail.com', '+only@gmail.com', null],
  ])('%s is %s at Meta and TikTok, %s at Google', (raw, plain, google) => {
    expect(normaliseEmail(raw)).toBe(plain);
    expect(normaliseEmailForGoogle(raw)).toBe(google);
  });
});

describe('e-mail at Reddit', () => {
  test.each([
    ['User.Name+NYC@Example.com', 'username@example.com'],
    ['a.b@gmail.com', 'ab@gmail.com'],
    ['+x@example.com', null],
  ])('%s is %s', (raw, reddit) => expect(normaliseEmailForReddit(raw)).toBe(reddit));
});

describe('phone', () => {
  test.each([
    ['(800)555-0100', 'US', '+18005550100'],
    ['+39 333 123 4567', null, '+393331234567'],
    ['333 123 4567', 'IT', '+393331234567'],
    ['393331234567', 'IT', '+393331234567'],
    ['0039 333 123 4567', 'IT', '+393331234567'],
    ['393331234567', null, '+393331234567'],
    ['333 123 4567', null, '+3331234567'],
    ['+1 (800) 555-0100 ext. 12', null, '+18005550100'],
    ['0000000000', null, null],
    ['call me', 'IT', null],
    ['333 123 4567', 'XX', '+3331234567'],
  ])('%s in %s is %s', (raw, country, e164) => {
    expect(phoneWithPlus(raw, at(country))).toBe(e164);
    expect(phoneDigits(raw, at(country))).toBe(e164?.slice(1) ?? null);
  });
  it('is read with the default calling code where no country is known', () => {
    expect(phoneWithPlus('333 123 4567', at(null, '39'))).toBe('+393331234567');
  });
});

describe('names and places', () => {
  it('lose punctuation, places their spaces too', () => {
    expect(plainName(" O'Neil-Smith  Jr. ")).toBe('oneilsmith jr');
    expect(packedName('San Francisco!')).toBe('sanfrancisco');
    expect(postalCode('94035-1234', 'US')).toBe('94035');
    expect(postalCode('M1 1AE', 'GB')).toBe('m11ae');
    expect(postalCode('94035-1234', null)).toBe('94035');
  });
  it('are the codes of states, countries and genders where they are known', () => {
    expect([regionCode('California', 'US'), regionCode('New  York', null), regionCode('Liguria', 'IT')]).toEqual(['ca', 'ny', 'liguria']);
    expect([lowerCountry('Italy'), lowerCountry('ITA'), lowerCountry('uk'), lowerCountry('Nowhere')]).toEqual(['it', 'it', 'gb', null]);
    expect([genderCode('Female'), genderCode('non-binary'), binaryGenderCode('non-binary'), genderCode('x')]).toEqual(['f', 'n', null, null]);
  });
  it('a date of birth is a day of the calendar', () => {
    expect([compactDate('1990-02-28'), compactDate('19900228'), compactDate('1990-02-30'), compactDate('28/02/1990')]).toEqual(['19900228', '19900228', null, null]);
  });
  it("Google's names lose Mr and Jr and nothing else", () => {
    expect(['Mr. Jo', 'Dr Jo Ann', "O'Doe-Smith, Jr.", 'Drew', 'Junior'].map(nameForGoogle)).toEqual(['jo', 'jo ann', "o'doe-smith", 'drew', 'junior']);
  });
});

describe('numbers in JSON', () => {
  test.each([
    ['10.10', '10.1'],
    ['10', '10'],
    ['1200.50', '1200.5'],
    ['0', '0'],
    ['0.00000001', '0.00000001'],
    ['-5.00', '-5'],
    ['123456789012345678.99', '123456789012345678.99'],
  ])('%s goes out as %s, no digit lost to a float', (decimal, json) => {
    expect(toJson({ value: numberOf(decimal) })).toBe(`{"value":${json}}`);
  });
  it('is JSON.stringify for everything else, without undefined fields', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(toJson(value as never)).toBe(JSON.stringify(value));
      }),
    );
    expect(toJson({ a: undefined, b: [undefined, 1] })).toBe('{"b":[1]}');
  });
});

/** Raw text as networks send it: blanks, junk, hashes, real values. */
const raw = fc.option(
  fc.oneof(fc.constantFrom('', ' ', '-', '+', '@', '...', 'x@y.z', '+0000000000', '333 123 4567', EMPTY_HASH.toUpperCase().replace('E', 'F')), fc.string(), fc.string({ unit: 'grapheme' })),
  { nil: undefined },
);

const anyEvent: fc.Arbitrary<OutboundEvent> = fc
  .record({
    user: fc.record({ email: raw, phone: raw, firstName: raw, lastName: raw, city: raw, region: raw, postalCode: raw, externalId: raw, country: raw, ip: raw, userAgent: raw }),
    clickId: fc.constantFrom('', ' ', 'aB3dEfGhIjKlMnOpQrStUv'),
    clickKnown: fc.boolean(),
    country: fc.option(fc.constantFrom('IT', 'us', '', 'zz', 'Italy')),
  })
  .map(({ user, clickId, clickKnown, country }) =>
    event({ country, click: clickKnown ? click({ clickId, country }) : null, user: Object.fromEntries(Object.entries(user).filter(([, value]) => value !== undefined)) }),
  );

const HASH_FIELDS = new Set(['em', 'ph', 'fn', 'ln', 'ct', 'st', 'zp', 'external_id', 'email', 'phone', 'first_name', 'last_name', 'zip_code', 'emailAddress', 'phoneNumber', 'givenName', 'familyName', 'hashedEmail', 'hashedPhoneNumber', 'hashedFirstName', 'hashedLastName']);

/** Each text under such a name, one by one where there are several. */
const hashFieldsIn = (value: unknown): [string, string][] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, field]): [string, string][] => {
        const texts = [field].flat().filter((each): each is string => typeof each === 'string');
        return HASH_FIELDS.has(key) && texts.length > 0 ? texts.map((text): [string, string] => [key, text]) : hashFieldsIn(field);
      });

describe.each([...destinations.values()])('$platform, for any report whatever', (destination) => {
  it('sends no hash of nothing, and every hashed field is 64 lower-case hex digits', () => {
    fc.assert(
      fc.property(anyEvent, (any) => {
        const { url, body } = destination.build([any], settingsOf(destination.platform), { nowMs: any.occurredAtMs });
        expect(`${url} ${body}`).not.toContain(EMPTY_HASH);
        if (destination.person.email?.hash && body?.startsWith('{')) {
          for (const [key, value] of hashFieldsIn(JSON.parse(body))) expect(value, key).toMatch(/^[0-9a-f]{64}$/);
        }
        // `missing` reads the same fields and says why in a sentence, or nothing.
        const why = destination.missing(any, settingsOf(destination.platform));
        if (why !== null) expect(why).toMatch(/^[A-Z].*\.$/);
      }),
      { numRuns: 300 },
    );
  });
});
