/** Normal forms of names and places before hashing. Letters of every script stay; punctuation, symbols and spaces go where the platform says so. */

/** Lower-case without punctuation (Meta: fn, ln). */
export const plainName = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}\s]/gu, '').replace(/\s+/g, ' ').trim();

/** Lower-case without punctuation and spaces: `San Francisco` -> `sanfrancisco` (Meta: ct, st; TikTok: names). */
export const packedName = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]/gu, '');

/** Lower-case without spaces and dashes; of a US code the first five digits (Meta: zp; TikTok: zip_code). */
export const postalCode = (text: string, country: string | null): string => {
  const code = text.toLowerCase().replace(/[\s-]/g, '');
  return country === 'US' ? code.slice(0, 5) : code;
};
