import type { Context } from 'koa';
import { z } from 'zod';
import { Problem } from '../problem.ts';
import { readBody } from '../read-body.ts';

/** What callers of /api/v1 send, read whole or refused with a sentence that names the field. */

const BODY_MAX_BYTES = 64 * 1024;

/** The query, each parameter once; names that the schema does not know are refused, since a misspelt filter would list everything. */
export const readQuery = <T>(ctx: Context, schema: z.ZodType<T>): T => parse(schema, { ...ctx.query });

/** A JSON body; none is an empty object. */
export async function readJson<T>(ctx: Context, schema: z.ZodType<T>): Promise<T> {
  const body = await readBody(ctx.req, BODY_MAX_BYTES);
  if ('refused' in body) {
    throw body.refused === 'too_large'
      ? new Problem(413, 'body_too_large', `A body may have ${BODY_MAX_BYTES} bytes.`)
      : new Problem(415, 'body_encoded', 'Send the body without a content encoding, in UTF-8.');
  }
  return parse(schema, body.bytes === null ? {} : jsonOf(body.bytes));
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Problem(400, 'request_invalid', 'The body is not JSON.');
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue!.path.join('.');
  const sentence = issue!.code === 'unrecognized_keys' ? `there is no ${issue!.keys.join(', ')} here` : issue!.message;
  throw new Problem(400, 'request_invalid', `${place ? `${place}: ` : ''}${sentence}.`);
}

/** Who acts is the token's holder; why is what they say, for the audit. */
export const why = z.string().trim().min(1, 'say why, for the audit').max(500);

/** A date, which is its first moment in UTC, or an instant with a zone. */
export const instant = z.union([z.iso.datetime({ offset: true }), z.iso.date()], 'an instant with a zone (2026-11-20T10:00:00Z) or a date is expected').transform((text) => new Date(text));

export const paging = { limit: z.coerce.number().int().min(1).max(200).default(50), cursor: z.string().max(1000).optional() };

/** A repeat with the same key is the same operation: `Idempotency-Key`, else a new one for each call. */
export function operationIdOf(ctx: Context): string {
  const key = ctx.get('idempotency-key');
  if (key === '') return crypto.randomUUID();
  if (!/^[\x21-\x7e]{8,128}$/.test(key)) throw new Problem(400, 'request_invalid', 'Idempotency-Key: 8 to 128 visible ASCII characters are expected.');
  return key;
}
