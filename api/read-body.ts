import type { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';
import { Problem } from './problem.ts';

/** How long, and how much beyond the limit, a body that is refused is still swallowed, so that its sender hears the answer. */
const SWALLOW_MS = 5_000;
const SWALLOW_BYTES = 8 * 1024 * 1024;

export type Body = { bytes: Buffer | null } | { refused: 'too_large' | 'encoded' };

/** Reads a body of at most `maxBytes`, whatever the method. Bytes are null where there is none. */
export async function readBody(req: IncomingMessage, maxBytes: number): Promise<Body> {
  const length = req.headers['content-length'];
  if (req.headers['transfer-encoding'] === undefined && !(Number(length) > 0)) return { bytes: null };
  // A compressed body, or one of two bytes a character, could not be freed of the secret byte by byte; no network sends one.
  const encoding = req.headers['content-encoding'] ?? 'identity';
  const wide = /;\s*charset\s*=\s*"?(utf-?16|utf-?32|ucs|unicode|csunicode)/i.test(req.headers['content-type'] ?? '');
  if (wide || encoding.trim().toLowerCase() !== 'identity') return swallow(req, 'encoded');
  try {
    const bytes = await getRawBody(req, { limit: maxBytes, length });
    return { bytes: bytes.length > 0 ? bytes : null };
  } catch (error) {
    if ((error as { type?: string }).type === 'entity.too.large') return swallow(req, 'too_large');
    throw new Problem(400, 'body_unreadable', 'The connection ended before the body was complete.', { cause: error });
  }
}

function swallow(req: IncomingMessage, refused: 'too_large' | 'encoded'): Promise<Body> {
  return new Promise((resolve) => {
    let left = SWALLOW_BYTES;
    const done = () => {
      clearTimeout(timer);
      req.off('data', count);
      resolve({ refused });
    };
    const count = (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) done();
    };
    const timer = setTimeout(done, SWALLOW_MS);
    req.once('end', done).once('close', done).on('data', count).resume();
  });
}
