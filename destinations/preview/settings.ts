import type { z } from 'zod';
import type { Destination, SettingMeta } from '../contract.ts';
import { asObject, digitsOf, isNumberText } from '../json-body.ts';
import { absent, objectIn, type Warn } from './reading.ts';

/** Stands for every secret, given or not, so that no secret can come out of a preview. The same in a URL, a form and in JSON. */
export const MASK = '***';

/**
 * Settings for a preview. What is missing, or no text where a text is wanted, and has no default becomes a placeholder
 * (`pixelId` -> `PIXEL_ID`), what is not valid goes out as it was given; both with a warning. Secrets are never looked at.
 */
export function previewSettings(platform: Destination, value: unknown, warn: Warn): Record<string, unknown> {
  const shape = shapeOf(platform);
  const given = objectIn(value, 'settings', Object.keys(shape), warn);
  const settings: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(shape)) {
    const setting = secretOf(schema) ? secretFor(name, schema, given[name], warn) : plainFor(name, schema, given[name], warn);
    if (setting !== undefined) settings[name] = setting;
  }
  const either = EITHER[platform.platform];
  if (either?.every((name) => settings[name] === undefined)) {
    const [name] = either;
    settings[name] = secretOf(shape[name]!) ? secretMissing(name, warn) : placeholder(name, warn);
  }
  return settings;
}

/** Platforms where one of several settings must be there, so that none of them must by itself: the first one gets the placeholder. */
const EITHER: Partial<Record<string, readonly [string, ...string[]]>> = {
  linkedin: ['conversionId', 'conversions'],
  x: ['pixelToken', 'consumerKey'],
};

function plainFor(name: string, schema: z.ZodType, given: unknown, warn: Warn): unknown {
  const value = textOf(given);
  const parsed = [schema.safeParse(value), schema.safeParse(given)].find(({ success }) => success);
  if (parsed) return parsed.data;
  if (value !== undefined) warn(`settings.${name} is not valid: ${schema.safeParse(value).error?.issues[0]?.message ?? 'it cannot be used'}`);
  if (typeof value === 'string') return value;
  const standard = schema.safeParse(undefined);
  return standard.success ? standard.data : placeholder(name, warn);
}

/** Numbers as text, since ids may come as either; what is null or blank counts as missing. */
function textOf(given: unknown): unknown {
  if (typeof given === 'number') return String(given);
  if (isNumberText(given)) return digitsOf(given);
  return absent(given) || (typeof given === 'string' && given.trim() === '') ? undefined : given;
}

function secretFor(name: string, schema: z.ZodType, given: unknown, warn: Warn): unknown {
  if (!absent(given) && given !== '') return MASK;
  if (schema.safeParse(undefined).success) return undefined;
  return secretMissing(name, warn);
}

function secretMissing(name: string, warn: Warn): string {
  warn(`settings.${name} is missing: a placeholder stands for it.`);
  return MASK;
}

function placeholder(name: string, warn: Warn): string {
  const text = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
  warn(`settings.${name} is missing: ${text} stands for it.`);
  return text;
}

const secretOf = (schema: z.ZodType): boolean => (schema.meta() as Partial<SettingMeta> | undefined)?.secret === true;

/** The fields of a settings schema. Every platform has an object, checks on the whole of it or not. */
export function shapeOf({ settings, platform }: Destination): Record<string, z.ZodType> {
  const shape = asObject((settings as { shape?: unknown }).shape);
  if (!shape) throw new Error(`The settings of ${platform} are no object.`);
  return shape as Record<string, z.ZodType>;
}

/** The secrets that were given, which an event's own data may repeat. One of a letter or two would be found everywhere. */
export const secretsIn = (platform: Destination, value: unknown): string[] => {
  const given = asObject(value) ?? {};
  return Object.entries(shapeOf(platform))
    .filter(([name, schema]) => secretOf(schema) && Object.hasOwn(given, name))
    .flatMap(([name]) => (typeof given[name] === 'string' && given[name].length >= 4 ? [given[name]] : []));
};
