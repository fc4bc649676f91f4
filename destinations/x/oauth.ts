import { createHash, createHmac } from 'node:crypto';

/** OAuth 1.0a, HMAC-SHA1 (RFC 5849). A JSON body is no part of the signature (3.4.1.3.1): only what is in the address and the header. */

export interface OAuthKeys {
  consumerKey: string;
  consumerSecret: string;
  token: string;
  tokenSecret: string;
}

/** RFC 5849 3.6: everything but letters, digits, `-`, `.`, `_` and `~`. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** RFC 5849 3.4: the signature over the method, the address without its query, and every parameter. */
export const signatureOf = (method: string, url: string, parameters: readonly (readonly [string, string])[], secrets: Pick<OAuthKeys, 'consumerSecret' | 'tokenSecret'>): string => {
  const address = new URL(url);
  const pairs = [...parameters, ...address.searchParams]
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .toSorted(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)));
  const normal = pairs.map(([name, value]) => `${name}=${value}`).join('&');
  const base = [method.toUpperCase(), `${address.origin}${address.pathname}`, normal].map(encode).join('&');
  return createHmac('sha1', `${encode(secrets.consumerSecret)}&${encode(secrets.tokenSecret)}`).update(base).digest('base64');
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Made of the request and its time, so that a request can be built twice and be the same; another request or time has another one. */
const nonceOf = (url: string, body: string, nowMs: number): string =>
  createHash('sha256').update(`${nowMs}\n${url}\n${body}`).digest('hex').slice(0, 32);

/** The Authorization header, and what of it must not be shown. */
export const authorisation = (method: string, url: string, body: string, keys: OAuthKeys, nowMs: number): { header: string; secrets: string[] } => {
  const parameters: [string, string][] = [
    ['oauth_consumer_key', keys.consumerKey],
    ['oauth_nonce', nonceOf(url, body, nowMs)],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', String(Math.floor(nowMs / 1000))],
    ['oauth_token', keys.token],
    ['oauth_version', '1.0'],
  ];
  const signature = signatureOf(method, url, parameters, keys);
  const header = [...parameters, ['oauth_signature', signature] as const].map(([name, value]) => `${name}="${encode(value)}"`).join(', ');
  return { header: `OAuth ${header}`, secrets: [encode(signature), signature, encode(keys.consumerKey), encode(keys.token)] };
};
