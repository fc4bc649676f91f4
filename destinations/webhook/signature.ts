import { Webhook } from 'standardwebhooks';

const PREFIX = 'whsec_';

const keyOf = (secret: string): Buffer => (secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret, 'utf8'));

/**
 * The headers of Standard Webhooks. `id` is the same over all tries of a message, so that a receiver can tell a repeat; the
 * time is that of the try, since receivers refuse what is older than five minutes.
 */
export function signedHeaders(secret: string | undefined, id: string, nowMs: number, body: string): { headers: Record<string, string>; secrets: string[] } {
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(nowMs / 1000)) };
  const key = keyOf(secret ?? '');
  if (key.length === 0) return { headers, secrets: [] };
  const signature = new Webhook(key, { format: 'raw' }).sign(id, new Date(nowMs), body);
  return { headers: { ...headers, 'webhook-signature': signature }, secrets: [signature] };
}
