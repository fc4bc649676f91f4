import type { Middleware } from 'koa';

/**
 * Request targets as bytes, one Latin-1 character each. Every byte that a URL may not hold as it is (outside ASCII, blanks,
 * controls, and `#`, which has no meaning in a request) is percent-encoded: pure ASCII, and every parameter keeps its value.
 */

const FORBIDDEN = /[^\x21-\x22\x24-\x7e]/g;
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i;

export const asciiUrl = (url: string): string =>
  url.replace(FORBIDDEN, (character) => `%${(character.charCodeAt(0) & 0xff).toString(16).toUpperCase().padStart(2, '0')}`);

/** The query string without `?`; empty where there is none. */
export function queryOf(url: string): string {
  const mark = url.indexOf('?');
  return mark === -1 ? '' : url.slice(mark + 1);
}

/** First in line: whatever reads the URL after it sees ASCII that starts with a slash, so that no parser of URLs throws. */
export const normaliseUrl: Middleware = (ctx, next) => {
  const url = asciiUrl(ctx.req.url ?? '/').replace(ORIGIN, '');
  ctx.req.url = url.startsWith('/') ? url : `/${url}`;
  return next();
};
