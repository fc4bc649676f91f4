/**
 * Standard Webhooks: `webhook-signature` holds `v1,<base64 HMAC-SHA256 of id.timestamp.body>`, several of them while a secret is being rotated.
 * The refusals have the words of its reference libraries. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isText, minute } from '../../checks.ts';
import type { Account } from '../../world.ts';

const toleranceMs = 5 * minute;

export interface Signed {
  id: string;
  atMs: number;
  account: string;
}

/** Who was meant, by the secret that made the signature; or what is wrong. */
export function verify(headers: IncomingHttpHeaders, text: string, accounts: Account[], nowMs: number): Signed | { status: 400 | 401; problem: string } {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (!isText(id) || !isText(timestamp) || !isText(signatures)) return { status: 400, problem: 'Missing required headers' };
  if (!/^\d+$/.test(timestamp)) return { status: 400, problem: 'Invalid Signature Headers' };
  const atMs = Number(timestamp) * 1000;
  if (nowMs - atMs > toleranceMs) return { status: 400, problem: 'Message timestamp too old' };
  if (atMs > nowMs + toleranceMs) return { status: 400, problem: 'Message timestamp too new' };
  const owner = accounts.find(({ secret }) => secret && signatures.split(' ').some((signature) => isSame(signature, `v1,${sign(secret, `${id}.${timestamp}.${text}`)}`)));
  return owner ? { id, atMs, account: owner.account } : { status: 401, problem: 'No matching signature found' };
}

const sign = (secret: string, message: string): string => createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).update(message).digest('base64');

function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
