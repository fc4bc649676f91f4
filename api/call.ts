import { Binary } from 'mongodb';
import type { Body } from './read-body.ts';

/** A call to a postback URL, with nothing of it read yet. */
export interface Call {
  /** Of the postback or refusal that it becomes. */
  id: string;
  postbackKey: string;
  network: string;
  method: 'GET' | 'POST';
  /** Raw, ASCII. */
  query: string;
  contentType: string | null;
  ip: string;
  userAgent: string | null;
  receivedAt: Date;
  readBody: () => Promise<Body>;
}

/** A call that could not be checked when it came, as it lies in the spool, sealed. */
export type WaitingCall = Omit<Call, 'readBody'> & { body: { bytes: Binary | null } | { refused: 'too_large' | 'encoded' } };

/** The whole call; its secret stays in, since nobody knows yet which one it is. */
export async function toWaiting({ readBody, ...call }: Call): Promise<WaitingCall> {
  const body = await readBody();
  return { ...call, body: 'bytes' in body ? { bytes: body.bytes && new Binary(body.bytes) } : body };
}

export function fromWaiting({ body, ...call }: WaitingCall): Call {
  const read: Body = 'bytes' in body ? { bytes: body.bytes && Buffer.from(body.bytes.value()) } : body;
  return { ...call, readBody: () => Promise.resolve(read) };
}

/** So that a body can be asked for again. */
export function readOnce(call: Call): Call {
  let body: Promise<Body> | undefined;
  return { ...call, readBody: () => (body ??= call.readBody()) };
}
