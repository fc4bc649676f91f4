import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { destinations } from '../../destinations/catalog.ts';
import { mergeSettings, parseSettings, settingFields } from '../../setup/fields.ts';

const schema = z.strictObject({
  id: z.string().regex(/^\d+$/, 'It has digits only.').meta({ label: 'Id', help: 'Digits.' }),
  token: z.string().min(1).meta({ label: 'Token', help: 'Hush.', secret: true }).optional(),
  limit: z.number().int().default(3).meta({ label: 'Limit', help: 'How many.' }),
  test: z.union([z.boolean(), z.stringbool()]).meta({ label: 'Test', help: 'Whether.' }).optional(),
  kind: z.enum(['a', 'b']).meta({ label: 'Kind', help: 'Which.' }).optional(),
  tags: z.array(z.string()).meta({ label: 'Tags', help: 'Words.' }).optional(),
  words: z.record(z.string(), z.string()).nullable().meta({ label: 'Words', help: 'By word.' }).optional(),
});
const fields = settingFields(schema);
const merge = (given: Record<string, unknown>, current = {}) => mergeSettings(fields, current, given, 'Test');

describe('fields of a settings schema', () => {
  test('carry label, help, secret mark, type, choices and whether they are required', () => {
    expect(fields.map(({ name, type, secret, required }) => [name, type, secret, required])).toEqual([
      ['id', 'text', false, true], ['token', 'text', true, false], ['limit', 'number', false, false], ['test', 'boolean', false, false],
      ['kind', 'text', false, false], ['tags', 'list', false, false], ['words', 'object', false, false],
    ]);
    expect(fields.find((field) => field.name === 'kind')?.options).toEqual(['a', 'b']);
    expect(fields[0]).toMatchObject({ label: 'Id', help: 'Digits.' });
  });

  test.each([...destinations.values()].map((each) => [each.platform, each] as const))('every setting of %s has a label and help', (_id, platform) => {
    const own = settingFields(platform.settings);
    for (const field of own) {
      expect(field.label, field.name).not.toBe(field.name);
      expect(field.help, field.name).not.toBe('');
    }
  });
});

describe('settings that were given', () => {
  test('become the type of their field, and an id of digits stays text', () => {
    expect(merge({ id: '0123456789012345678', limit: '7', test: 'true', tags: 'a, b,', words: 'x=1,y=2' })).toEqual({
      id: '0123456789012345678', limit: 7, test: true, tags: ['a', 'b'], words: { x: '1', y: '2' },
    });
    expect(merge({ tags: '["a,b"]', words: '{"x":"1"}' })).toEqual({ tags: ['a,b'], words: { x: '1' } });
  });

  test('leave alone what is not named; null takes away', () => {
    expect(merge({ kind: null, limit: '1' }, { id: '1', kind: 'a' })).toEqual({ id: '1', limit: 1 });
  });

  test('an unknown name is refused with the names that exist', () => {
    expect(() => merge({ pixel: '1' })).toThrowError(expect.objectContaining({ code: 'setting_unknown', message: expect.stringContaining('id, token, limit') }));
  });

  test('a missing one, a wrong one and a rule over several have different codes', () => {
    expect(() => parseSettings(schema, {}, 'Test')).toThrowError(expect.objectContaining({ code: 'setting_missing', message: 'Test needs the setting id.' }));
    expect(() => parseSettings(schema, { id: 'x' }, 'Test')).toThrowError(expect.objectContaining({ code: 'setting_invalid', message: 'Setting id of Test is not valid: It has digits only.' }));
    expect(() => parseSettings(schema, { id: '1', limit: 'many' }, 'Test')).toThrowError(expect.objectContaining({ code: 'setting_invalid' }));
    const either = schema.refine((value) => value.token, { message: 'Give a token.', path: ['token'] });
    expect(() => parseSettings(either, { id: '1' }, 'Test')).toThrowError(expect.objectContaining({ message: 'Setting token of Test is not valid: Give a token.' }));
  });
});
