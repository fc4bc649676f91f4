/**
 * The two ways to authenticate: the header X-Pixel-Token, a token of one pixel, and OAuth 1.0a (RFC 5849, HMAC-SHA1).
 * A client application is an account named by its consumer key: `tokens` are its access tokens, `secret` is the signing key `<consumer secret>&<token secret>`.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SandboxRequest } from '../../contract.ts';
import { minute } from '../../checks.ts';
import type { Account, World } from '../../world.ts';

/** X refuses timestamps that are further off. */
const timestampOffMaxMs = 5 * minute;

/** RFC 3986: encodeURIComponent leaves five characters that OAuth wants encoded. */
const encode = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

export const isClient = (account: Account): boolean => account.secret !== undefined;

/** Whether the sender may send to this pixel. A client application may send to all of them; a wrong pixel token is not helped by a signature. */
export function mayUsePixel(request: SandboxRequest, host: string, pixel: Account | undefined, world: World): boolean {
  const pixelToken = request.headers['x-pixel-token'];
  if (pixelToken !== undefined) return typeof pixelToken === 'string' && pixel !== undefined && pixel.tokens.includes(pixelToken);
  return isSigned(request, host, world);
}

function isSigned(request: SandboxRequest, host: string, world: World): boolean {
  const sent = parametersOf(request.headers.authorization);
  if (!sent) return false;
  const { oauth_consumer_key: key, oauth_token: token, oauth_nonce: nonce, oauth_timestamp: timestamp, oauth_signature: signature } = sent;
  const client = world.account('x', key ?? '');
  if (!client || !isClient(client) || !token || !client.tokens.includes(token) || !nonce || !signature) return false;
  if (sent.oauth_signature_method !== 'HMAC-SHA1' || (sent.oauth_version ?? '1.0') !== '1.0') return false;
  if (!/^\d{10}$/.test(timestamp ?? '') || Math.abs(Number(timestamp) * 1000 - world.now()) > timestampOffMaxMs) return false;
  if (!sameText(signature, signatureOf(request, host, sent, client.secret!))) return false;
  // A nonce is good for one request: a signed request that is sent again as it is, is refused.
  return world.firstWithin(JSON.stringify(['x nonce', key, token, timestamp, nonce]), 2 * timestampOffMaxMs);
}

/** The base string covers method, URL, query and the OAuth parameters, and no JSON body. */
function signatureOf(request: SandboxRequest, host: string, sent: Record<string, string>, signingKey: string): string {
  const parameters = [...request.query, ...Object.entries(sent).filter(([name]) => name !== 'oauth_signature' && name !== 'realm')]
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .toSorted(([nameA, valueA], [nameB, valueB]) => (nameA === nameB ? (valueA < valueB ? -1 : 1) : nameA < nameB ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`).join('&');
  const base = [request.method.toUpperCase(), `https://${host}${request.path}`, parameters].map(encode).join('&');
  return createHmac('sha1', signingKey).update(base).digest('base64');
}

const sameText = (a: string, b: string): boolean => Buffer.byteLength(a) === Buffer.byteLength(b) && timingSafeEqual(Buffer.from(a), Buffer.from(b));

function parametersOf(authorization: string | undefined): Record<string, string> | null {
  const list = /^OAuth (.+)$/.exec(authorization ?? '')?.[1];
  if (!list) return null;
  const pairs = list.split(',').map((pair) => /^\s*([\w]+)="([^"]*)"\s*$/.exec(pair));
  if (pairs.some((pair) => !pair)) return null;
  try {
    return Object.fromEntries(pairs.map((pair) => [pair![1]!, decodeURIComponent(pair![2]!)]));
  } catch {
    return null;
  }
}
