import type { IdRule } from '../fields.ts';
import { hashedAs } from '../fields.ts';
import { normaliseEmailForReddit } from '../email.ts';
import { phoneWithPlus } from '../phone.ts';

/** How Microsoft Advertising wants a person and a click, in both of its APIs. */

/**
 * Microsoft Advertising: "Conversions API (CAPI)", Hashed identifiers: trimmed, lower-case, the dots and the `+alias` before the
 * `@` out at every domain, the same form as Reddit's; of `john@contoso.com` the guide shows ec81f3ac...
 */
export const hashedEmail = hashedAs(normaliseEmailForReddit);

/** The same page: E.164 with its plus; of `+14255551234` the guide shows c59475d9... */
export const hashedPhone = hashedAs(phoneWithPlus);

/** As it came on the landing page; the `_uetmsclkid` cookie puts `_uet` before it. A macro that nobody filled in is none. */
export const clickId: IdRule = (text) => {
  const id = text.replace(/^_uet/, '');
  return /^[\w-]+$/.test(id) ? id : null;
};
