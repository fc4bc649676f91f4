/** The strict reading of JSON by protobuf message types, in the words of Google's front end. */
import { isObject, isRfc3339 } from '../../checks.ts';

type Scalar = 'string' | 'double' | 'int32' | 'int64' | 'bool' | 'timestamp';
/** An enum carries its full name, which the refusal quotes. */
export type Type = Scalar | { enum: string; values: string[] } | { fields: Record<string, Type> } | { list: Type };

export const list = (type: Type): Type => ({ list: type });
export const message = (fields: Record<string, Type>): Type => ({ fields });

interface Mismatch { field: string; description: string }

/** Where `value` does not fit `type`. Places are written in snake case, as Google does. Stricter than Google: no numbers in quotes, camelCase names alone. */
export function* mismatches(value: unknown, type: Type, at = ''): Generator<Mismatch> {
  if (typeof type === 'string') {
    if (!fits[type](value)) yield invalidValue(at, type === 'timestamp' ? 'type.googleapis.com/google.protobuf.Timestamp' : `TYPE_${type.toUpperCase()}`, value, type);
  } else if ('enum' in type) {
    if (!type.values.includes(value as string)) yield invalidValue(at, `type.googleapis.com/${type.enum}`, value);
  } else if ('list' in type) {
    if (!Array.isArray(value)) yield { field: at, description: `Invalid JSON payload received. "${at}" must be a list.` };
    else for (const [index, one] of value.entries()) yield* mismatches(one, type.list, `${at}[${index}]`);
  } else if (!isObject(value)) {
    yield { field: at, description: 'Invalid JSON payload received. Unexpected token.' };
  } else {
    for (const [name, inner] of Object.entries(value)) {
      const field = type.fields[name];
      const place = at ? `${at}.${snake(name)}` : snake(name);
      if (!field) yield { field: at, description: `Invalid JSON payload received. Unknown name "${name}"${at ? ` at '${at}'` : ''}: Cannot find field.` };
      else if (inner !== null) yield* mismatches(inner, field, place);
    }
  }
}

const fits: Record<Scalar, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  double: (value) => typeof value === 'number',
  int32: (value) => Number.isInteger(value),
  int64: (value) => Number.isInteger(value),
  bool: (value) => typeof value === 'boolean',
  timestamp: isRfc3339,
};

function invalidValue(field: string, type: string, value: unknown, kind?: Scalar): Mismatch {
  const camel = field.slice(field.lastIndexOf('.') + 1).replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const what = kind === 'timestamp' ? `Field '${camel}', Illegal timestamp format; timestamps must end with 'Z' or have a valid timezone offset.` : JSON.stringify(value);
  return { field, description: `Invalid value at '${field}' (${type}), ${what}` };
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** In proto JSON null means that the field is not set. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null).map(([key, inner]) => [key, withoutNulls(inner)]));
}
