import { Binary } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { newId, newKey, randomBase62 } from '../../store/ids.ts';
import { newKeyText, open, parseKeys, reseal, seal, SecretsError } from '../../store/secrets.ts';

const oldKey = newKeyText('2026');
const newKeyring = `${newKeyText('2027')},${oldKey}`;
const keys = parseKeys(oldKey);
const CONTEXT = 'destination/1';

const codeOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(SecretsError);
    return (error as SecretsError).code;
  }
  return 'no error';
};
const flipped = (binary: Binary): Binary => {
  const bytes = Buffer.from(binary.value());
  bytes[0]! ^= 1;
  return new Binary(bytes);
};

describe('sealed secrets', () => {
  test('open to the same text, whatever its characters, and never seal alike twice', () => {
    for (const text of ['', 'token', 'Київ 🔑', 'x'.repeat(5000)]) expect(open(keys, seal(keys, text, CONTEXT), CONTEXT)).toBe(text);
    expect(seal(keys, 'a', CONTEXT).data).not.toEqual(seal(keys, 'a', CONTEXT).data);
  });

  test('do not open once any part of them was altered', () => {
    const sealed = seal(keys, 'token', CONTEXT);
    for (const part of ['iv', 'tag', 'data'] as const) {
      expect(codeOf(() => open(keys, { ...sealed, [part]: flipped(sealed[part]) }, CONTEXT))).toBe('credentials_unreadable');
    }
    // A tag cut short would be easier to forge.
    expect(codeOf(() => open(keys, { ...sealed, tag: new Binary(sealed.tag.value().subarray(0, 4)) }, CONTEXT))).toBe('credentials_unreadable');
  });

  test('do not open in another document', () => {
    expect(codeOf(() => open(keys, seal(keys, 'token', CONTEXT), 'destination/2'))).toBe('credentials_unreadable');
  });

  test('tell a key that is missing from a key that is another one of the same id', () => {
    const sealed = seal(keys, 'token', CONTEXT);
    expect(codeOf(() => open(parseKeys(newKeyText('2027')), sealed, CONTEXT))).toBe('credentials_key_unknown');
    expect(codeOf(() => open(parseKeys(newKeyText('2026')), sealed, CONTEXT))).toBe('credentials_unreadable');
  });

  test('move under the first key at rotation, and only once', () => {
    const sealed = seal(keys, 'token', CONTEXT);
    const both = parseKeys(newKeyring);
    const moved = reseal(both, sealed, CONTEXT);
    expect(moved?.keyId).toBe('2027');
    expect(open(both, moved!, CONTEXT)).toBe('token');
    expect(open(both, sealed, CONTEXT)).toBe('token');
    expect(reseal(both, moved!, CONTEXT)).toBeNull();
  });
});

describe('the credentials key', () => {
  test.each(['', ' , ', 'nocolon', ':AAAA', '1:short', `1:${'A'.repeat(42)}`, `1:${'!'.repeat(43)}=`, `${oldKey},${oldKey}`, `a b:${oldKey.slice(5)}`])(
    'refuses %j and says nothing of its value',
    (text) => {
      expect(codeOf(() => parseKeys(text))).toBe('credentials_key_invalid');
      try {
        parseKeys(text);
      } catch (error) {
        expect((error as Error).message).not.toContain(oldKey.slice(5));
      }
    },
  );

  test('is 32 bytes, with or without padding', () => {
    expect(parseKeys(oldKey.replace('=', '')).byId.get('2026')).toEqual(keys.byId.get('2026'));
    expect(keys.byId.get('2026')).toHaveLength(32);
  });
});

describe('ids', () => {
  test('keys are 12 base62 characters, each character as likely as the others', () => {
    expect(newKey()).toMatch(/^[0-9A-Za-z]{12}$/);
    const counts = new Map<string, number>();
    for (const character of randomBase62(62_000)) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(62);
    // Modulo bias would give the first eight characters 1,250 each.
    for (const count of counts.values()) expect(count).toBeLessThan(1200);
  });

  test('document ids sort by time', () => {
    const ids = [0, 1, 61, 62, 1_800_000_000_000, 1_800_000_000_001].map(newId);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids.map((id) => id.length))).toEqual(new Set([18]));
  });
});
