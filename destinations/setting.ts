import { z } from 'zod';
import type { SettingMeta } from './contract.ts';

/** A settings field with its marks: they drive the CLI, the dashboard and the docs. */
export const setting = <T extends z.ZodType>(schema: T, meta: SettingMeta): T => schema.meta({ ...meta }) as T;

export const text = z.string().trim().min(1);

/** Text that may be left out; an empty one (`name=` on the command line) is the same as none. */
export const optionalText = z
  .string()
  .trim()
  .transform((value) => value || undefined)
  .optional();

/** A switch, also as the word that a command line gives. */
export const toggle = z.union([z.boolean(), z.stringbool()]);
