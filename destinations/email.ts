const PARTS = /^[^\s@]+@([^\s@]+)$/;

/** A name, an `@`, and a domain with a dot inside. In two steps, since one expression for all of it would try every dot of a long text. */
const isAddress = (text: string): boolean => PARTS.exec(text)?.[1]?.slice(1, -1).includes('.') ?? false;

/** Trimmed and lower-case, dots and suffixes kept (Meta: Customer Information Parameters; TikTok: Events API). Null if it is no address. */
export const normaliseEmail = (raw: string): string | null => {
  const email = raw.trim().toLowerCase();
  return isAddress(email) ? email : null;
};

/**
 * Google's form (Data Manager API: "Format user data"): all whitespace out, lower-case; at gmail.com and googlemail.com the dots
 * and the `+suffix` before the `@` are out too, at other domains they stay.
 */
export const normaliseEmailForGoogle = (raw: string): string | null => {
  const email = raw.replace(/\s+/g, '').toLowerCase();
  return /@(gmail|googlemail)\.com$/.test(email) ? withBareName(email) : normaliseEmail(email);
};

/** Reddit's form (Conversions API: "Match keys"): trimmed, lower-case, the dots and the `+suffix` before the `@` out at every domain. */
export const normaliseEmailForReddit = (raw: string): string | null => withBareName(raw.trim().toLowerCase());

const withBareName = (email: string): string | null => {
  if (!isAddress(email)) return null;
  const [name = '', domain = ''] = email.split('@');
  const bare = name.replace(/\+.*$/, '').replaceAll('.', '');
  return bare ? `${bare}@${domain}` : null;
};
