import { createHash, timingSafeEqual } from 'node:crypto';
import type { Middleware } from 'koa';
import { ConfigError, type Config } from '../../config.ts';
import { Problem } from '../problem.ts';

/** Who may use /api/v1: bearer tokens of the configuration, each with the name that the audit shows. */

const TOKEN_LENGTH_MIN = 16;
const NAME = /^[\p{L}\p{N}_.@-]{1,64}$/u;
const LONE_TOKEN_NAME = 'operator';

export interface Token {
  who: string;
  digest: Buffer;
}

/** Reads API_TOKENS and API_TOKEN. Throws ConfigError with a sentence that repeats no token. */
export function readTokens({ apiToken, apiTokens }: Pick<Config, 'apiToken' | 'apiTokens'>): Token[] {
  const parts = (apiTokens ?? '').split(',').map((part) => part.trim()).filter(Boolean);
  const named = parts.map((part, index): [string, string] => {
    const colon = part.indexOf(':');
    const who = part.slice(0, Math.max(0, colon));
    if (!NAME.test(who)) throw new ConfigError(`Entry ${index + 1} of API_TOKENS must have the form <name>:<token>.`);
    return [who, part.slice(colon + 1)];
  });
  if (apiToken !== null) named.push([LONE_TOKEN_NAME, apiToken]);
  const names = new Set<string>();
  return named.map(([who, token]) => {
    if (token.length < TOKEN_LENGTH_MIN || /\s/.test(token)) throw new ConfigError(`The API token of ${who} must have at least ${TOKEN_LENGTH_MIN} characters and no blanks.`);
    if (names.has(who)) throw new ConfigError(`There are two API tokens of ${who}.`);
    names.add(who);
    return { who, digest: digestOf(token) };
  });
}

/** Lets through who brings a token, and puts the name of its holder into `ctx.state.who`. */
export const requireToken = (tokens: readonly Token[]): Middleware => async (ctx, next) => {
  ctx.set('Cache-Control', 'no-store');
  if (tokens.length === 0) throw new Problem(503, 'api_disabled', 'No token is configured: set API_TOKEN or API_TOKENS and restart the API.');
  const who = holderOf(tokens, /^Bearer +(\S+) *$/i.exec(ctx.get('authorization'))?.[1]);
  if (who === null) {
    throw new Problem(401, 'token_refused', 'Send one of the configured tokens as `Authorization: Bearer <token>`.', { headers: { 'WWW-Authenticate': 'Bearer realm="tributary"' } });
  }
  ctx.state.who = who;
  await next();
};

/** Compares with every token, whether or not one has matched: the time it takes tells nothing of them. */
function holderOf(tokens: readonly Token[], given: string | undefined): string | null {
  const digest = digestOf(given ?? '');
  let holder: string | null = null;
  for (const { who, digest: expected } of tokens) if (timingSafeEqual(digest, expected)) holder = who;
  return holder;
}

/** Equal lengths, so that the comparison tells nothing of the token's. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
