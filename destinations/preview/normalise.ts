import { CLIENT_FIELDS, contextFrom, type FieldRule, normalised, plainAs, USER_FIELDS } from '../fields.ts';
import type { Destination } from '../contract.ts';
import { idName } from './event.ts';
import { defaultsIn, LineError, readLine } from './line.ts';
import { textIn } from './reading.ts';

/** What a platform would get of one value: its normal form, and its hash where it goes out hashed. */

/** Throws LineError. */
export function previewNormalise(line: string): string {
  const { platform, given } = readLine(line);
  const field = given['field'];
  if (typeof field !== 'string' || field === '') throw new LineError('line_invalid', 'The line names no field.');
  const context = contextFrom(null, defaultsIn(given['defaults'], () => undefined));
  const rule = ruleOf(platform, field);
  const form = (value: unknown) => {
    const text = textIn(value, field, () => undefined);
    return rule && text !== null ? normalised(rule, text, context) : null;
  };
  const { value } = given;
  if (!Array.isArray(value)) {
    const normal = form(value);
    return JSON.stringify({ value: normal?.value ?? null, sha256: normal?.sha256 ?? null, omitted: normal === null });
  }
  const normals = value.map(form).filter((normal) => normal !== null);
  return JSON.stringify({ value: normals.map((normal) => normal.value), sha256: normals.map((normal) => normal.sha256), omitted: normals.length === 0 });
}

/** The rule of a field of `user`, `client` or `ids`; null where the platform is not sent it. */
function ruleOf({ person, ids }: Destination, field: string): FieldRule | null {
  const known = [...USER_FIELDS, ...CLIENT_FIELDS].find((each) => each === field);
  if (known) return person[known] ?? null;
  const key = [field, idName(field)].find((name) => Object.hasOwn(ids, name));
  const id = key ? ids[key]! : null;
  return typeof id === 'function' ? plainAs(id) : id;
}
