import { z } from 'zod';
import type { SettingMeta } from '../destinations/contract.ts';
import { list, SetupError } from './errors.ts';

/** Settings as data: a zod schema as a list of named fields, which the command line, files and forms are read by. */

export interface SettingField extends SettingMeta {
  name: string;
  required: boolean;
  secret: boolean;
  type: 'text' | 'number' | 'boolean' | 'list' | 'object';
  /** The words that are allowed, where there is a choice. */
  options: string[] | null;
  default: unknown;
}

export type Settings = Record<string, unknown>;

interface JsonSchema extends Partial<SettingMeta> {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  enum?: unknown[];
  default?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
}

/** The fields of a settings schema, in its order. Of alternatives, a field is required if all of them require it. */
export function settingFields(schema: z.ZodType): SettingField[] {
  const fields = new Map<string, SettingField>();
  const branches = branchesOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema);
  for (const branch of branches) {
    for (const [name, json] of Object.entries(branch.properties ?? {})) {
      const required = branches.every((each) => each.required?.includes(name));
      if (!fields.has(name)) fields.set(name, fieldOf(name, json, required));
    }
  }
  return [...fields.values()];
}

/**
 * Lays given settings over the current ones: null takes one away, text becomes the type of its field. Refuses a name that
 * is no setting. `of` names whose settings they are, for the sentence.
 */
export function mergeSettings(fields: SettingField[], current: Settings, given: Settings, of: string): Settings {
  const merged = { ...current };
  for (const [name, value] of Object.entries(given)) {
    const field = fields.find((each) => each.name === name);
    if (!field) throw new SetupError('setting_unknown', `${name} is not a setting of ${of}; it has ${list(fields.map((each) => each.name))}.`, { setting: name });
    if (value === null) delete merged[name];
    else if (value !== undefined) merged[name] = coerce(field, value);
  }
  return merged;
}

/** Parses by the schema or throws one SetupError that names the first fault and carries all of them. */
export function parseSettings<S>(schema: z.ZodType<S>, input: unknown, of: string): S {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => ({ setting: issue.path.join('.'), message: issue.message, missing: isMissing(issue, input) }));
  const [first] = faults as [(typeof faults)[number]];
  if (first.missing) throw new SetupError('setting_missing', `${of} needs the setting ${first.setting}.`, { faults });
  throw new SetupError('setting_invalid', `${first.setting ? `Setting ${first.setting} of ${of}` : of} is not valid: ${first.message.replace(/\.$/, '')}.`, { faults });
}

function isMissing(issue: z.core.$ZodIssue, input: unknown): boolean {
  // A schema's own sentence says more than that something is missing.
  if (issue.path.length === 0 || issue.code === 'custom') return false;
  let value = input as any;
  for (const step of issue.path) value = value?.[step];
  return value === undefined;
}

function branchesOf(json: JsonSchema): JsonSchema[] {
  const inner = json.anyOf ?? json.oneOf ?? json.allOf;
  return json.properties || !inner ? [json] : inner.flatMap(branchesOf);
}

function fieldOf(name: string, json: JsonSchema, required: boolean): SettingField {
  // A nullable field is a choice between its type and null; a switch, between a truth value and the word for it.
  const shape = json.type ? json : ((json.anyOf ?? json.oneOf ?? []).find((each) => each.type !== 'null') ?? json);
  return {
    name,
    label: json.label ?? shape.label ?? name,
    help: json.help ?? shape.help ?? '',
    secret: json.secret ?? shape.secret ?? false,
    required,
    type: TYPES[[shape.type ?? []].flat().find((type) => type !== 'null') ?? ''] ?? 'text',
    options: shape.enum?.map(String) ?? null,
    default: json.default,
  };
}

const TYPES: Record<string, SettingField['type']> = { string: 'text', number: 'number', integer: 'number', boolean: 'boolean', array: 'list', object: 'object' };

/** Text as a value of the field's type. What it cannot read stays text: the schema then says what is wrong. */
function coerce(field: SettingField, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  switch (field.type) {
    case 'number':
      return /^-?\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : value;
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : value;
    case 'list':
      return value.startsWith('[') ? json(value) : value.split(',').map((part) => part.trim()).filter(Boolean);
    case 'object':
      return value.startsWith('{') ? json(value) : pairs(value);
    default:
      return value;
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // not JSON: the schema refuses the text with its own words
  }
}

/** `ok=approved,bad=rejected`. */
function pairs(text: string): unknown {
  const entries = text.split(',').map((part) => part.split('='));
  return entries.every((entry) => entry.length === 2) ? Object.fromEntries(entries.map(([key = '', value = '']) => [key.trim(), value.trim()])) : text;
}
